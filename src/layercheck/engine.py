"""The only place that knows the order of things: discover, extract, link, check, show."""

from __future__ import annotations

import gc
import marshal
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from layercheck import own_code, suppress
from layercheck.answers import GROUNDS, NOTHING, READS
from layercheck.cache import Cache, digest
from layercheck.checks import FAILED, RUNNING, Checks, StoredFinding
from layercheck.config import Settings, fingerprint, selected
from layercheck.facts.code import Code, use_spool
from layercheck.facts.rows import ROW_TYPES, Broken
from layercheck.last_run import LastRun, state_of, unpacked_rows
from layercheck.model import Finding, Place, Related, Span, Step
from layercheck.pool import default_jobs, stream
from layercheck.project import Project
from layercheck.queries.sealing import Sealer
from layercheck.registry import import_all, rules
from layercheck.source import extract
from layercheck.tuples import NamedTuple

if TYPE_CHECKING:
    from layercheck.edits import Edits

_RECURSION = 20_000
"""Questions about code ask questions about other code; Python-to-Python calls take no C stack from 3.11 on."""
UNUSED_SUPPRESSION = "LC008"
_ANSWERS = 2_000_000
"""How many answers a first check remembers at most, about a gigabyte. Dropping them costs: a million lines, 1.3 million answers, took half as
long again with 300,000."""
_BIG = 2_000
"""The files of a project from which on heavy answers are swept: looking at each answer costs a tenth of the calls that the checks make, and what a
smaller project remembers is no burden."""
_HEAVY = 4
"""How many heavy answers for each file are given between two sweeps: what goes from file to file for one question after the other
asks for the same again after as many as there are files, and for more than one kind."""


class Stats:
    """How much work was done: counters for tests, --verbose and benchmarks."""

    def __init__(self) -> None:
        self.files = 0
        self.parsed = 0
        self.from_cache = 0
        self.checked = 0
        self.seconds: dict[str, float] = {}


class Problem(NamedTuple):
    """Something about the run that is no finding: an unreadable folder, a damaged cache."""

    path: str
    text: str


class Failure(NamedTuple):
    """A rule that did not get through a file: a fault of ours. What it and all others found stays."""

    code: str
    path: str
    error: str
    """The kind of error and what it says."""
    trace: str
    """Where it happened, for --verbose."""


class Engine:
    """One project: load it once, then ask for findings, lay unsaved text over files, ask again."""

    def __init__(
        self,
        settings: Settings,
        *,
        jobs: int | None = None,
        cache_dir: str | None = None,
        use_cache: bool = True,
        progress: Callable[[int, int], None] | None = None,
        lasting: bool = True,
    ) -> None:
        """`lasting` is for who goes on after the first findings (a server): files can be edited then."""
        self.settings = settings
        self.jobs = jobs or default_jobs()
        self.stats = Stats()
        self.problems: list[Problem] = []
        self.failures: dict[tuple[str, str], Failure] = {}
        """(code, path) -> how the rule failed there, for what was shown so far."""
        self.inputs: list[tuple[str, int, int]] = []
        """(path, mtime in ns, size) of the files that discovery found."""
        self.project = Project(settings, READS if lasting else GROUNDS if use_cache else NOTHING)
        self._progress = progress
        self._rules = rules()
        self._known = frozenset(r.rule.code for r in self._rules)
        self._names = {r.rule.name: r.rule.code for r in self._rules}
        self._name_of = {r.rule.code: r.rule.name for r in self._rules}
        self._levels = {r.rule.code: r.rule.level for r in self._rules}
        self._selected: dict[str, frozenset[str]] = {}
        self.checks = Checks(self._rules, self.selected)
        self.project.introduce(RUNNING, self.checks.running)
        self._suppressions: dict[str, tuple[Any, ...]] = {}
        self._overlay: set[str] = set()
        self._edits: Edits | None = None
        """How files are extracted that are edited, once one is."""
        self.digests: dict[str, bytes] = {}
        """File -> the digest of its content."""
        self._broken = (0, False)
        self._loaded = self._looked = self._discovered = False
        self._listing: tuple[list[tuple[str, int, int]], dict[str, bytes]] | None = None
        """What discovery would find, where somebody knows, and digests."""
        self._contents: dict[str, bytes] = {}
        """The files that were read to find out their digests, until they are extracted."""
        self._full = _ANSWERS
        """How many questions may have been asked before answers are dropped."""
        mark = fingerprint(settings) + own_code.fingerprint()
        self._cache = Cache(settings.root, cache_dir or settings.cache_dir, mark) if use_cache else None
        self._last = LastRun(self._cache, self.project) if self._cache is not None and not lasting else None
        if not lasting:
            use_spool()
        if sys.getrecursionlimit() < _RECURSION:
            sys.setrecursionlimit(_RECURSION)

    # --------------------------------------------------------------------------------------------------- loading

    def load(self) -> None:
        """Discover the files, extract what is not remembered, link everything. Does nothing the second time."""
        if self._loaded:
            return
        self._loaded = True
        collecting = gc.isenabled()
        gc.disable()
        try:
            self._load()
        finally:
            if collecting:
                _keep_out_of_collections()

    def take_listing(self, inputs: list[tuple[str, int, int]], digests: dict[str, bytes]) -> None:
        """Do without discovery: these are the files that it would find, as `inputs` has them, and the digests of those whose content is
        known. Before anything is asked."""
        self._listing = (inputs, digests)

    def _discover(self) -> None:
        """Find the files, the first time, and read the head of the cache."""
        if self._discovered:
            return
        self._discovered = True
        if self._listing is not None:
            self.inputs = self._listing[0]
        else:
            from layercheck.discover import discover  # a run after a change does without

            found = discover(self.settings)
            self.inputs = found.files
            self.problems.extend(Problem(path, text) for path, text in found.problems)
        if self._cache is not None:
            self._cache.load()

    def discovered(self) -> list[str]:
        """The paths of all files that belong to the project, without reading them; those laid over it included."""
        self._discover()
        found = [path for path, _, _ in self.inputs]
        return sorted({*found, *self._overlay}) if self._overlay else found

    def _look(self) -> None:
        """Find out the digests of the files that discovery found, the first time. What has to be read for that is kept for who extracts it."""
        if self._looked:
            return
        self._looked = True
        self._discover()
        cache, inputs = self._cache, self.inputs
        if self._listing is not None and not self._overlay:
            self.digests.update(self._listing[1])
            inputs = [one for one in inputs if one[0] not in self.digests]
        for path, mtime, size in inputs:
            if path in self._overlay:
                continue
            found = None if cache is None else cache.digest_of(path, mtime, size)
            if found is None:
                content = self._read(path)
                if content is None:
                    continue
                found = digest(content) if cache is None else cache.note(path, mtime, content)
                self._contents[path] = content
            self.digests[path] = found

    def _load(self) -> None:
        self._look()
        saved = {p: d for p, d in self.digests.items() if p not in self._overlay} if self._overlay else self.digests
        known, missing = ({}, list(saved)) if self._cache is None else self._cache.known_of(saved)
        mtimes = {path: mtime for path, mtime, _ in self.inputs} if missing else {}
        waiting: list[tuple[str, bytes]] = []
        for path in missing:
            content = self._contents.pop(path, None)
            if content is None:
                content = self._read_anew(path, mtimes[path])
            if content is not None:
                waiting.append((path, content))
        self._contents.clear()
        for kinds, paths in known.items():
            self._expect(paths, kinds)
        self.stats.from_cache = len(self.digests) - len(waiting)
        if self._last is not None and not self._overlay:
            self._last.before(self.digests)
        self._extract_all(waiting)
        if self._last is not None:
            self._last.take_over(self.digests)
        self.stats.files = len(self.project.files())
        if self.stats.files >= _BIG:
            self.project.sweep_after = _HEAVY * self.stats.files
        if self._cache is not None:
            self._cache.forget({path for path, _, _ in self.inputs})

    def _extract_all(self, waiting: list[tuple[str, bytes]]) -> None:
        total = len(waiting)
        progress = None
        if self._progress is not None:
            show = self._progress

            def progress(done: int) -> None:
                show(done, total)

        paths = [path for path, _ in waiting]
        items = [((path, content), len(content)) for path, content in waiting]
        waiting.clear()
        self.stats.parsed += sum(1 for path in paths if path.endswith(".py"))
        # What is looked at in this process need not be unpacked first; but packed code is quickly compared with that of an edited file.
        if self.jobs <= 1 and self.project.noting != READS:
            extracting = _extract_here if self._cache is None else _extract_both
            for index, (rows, comments) in stream(extracting, items, 1, progress):
                path = paths[index]
                if self._cache is not None:
                    self._cache.store(path, self.digests[path], *_packed_extraction(rows, comments))
                self._suppressions[path] = comments
                self._add(path, rows)
            return
        for index, (kinds, blob) in stream(_extract_item, items, self.jobs, progress):
            path = paths[index]
            if self._cache is not None:
                self._cache.store(path, self.digests[path], kinds, blob)
                self._expect([path], kinds)
            else:
                self._accept(path, blob)

    def _accept(self, path: str, blob: bytes) -> None:
        packed, self._suppressions[path] = marshal.loads(blob)
        self._add(path, unpacked_rows(packed) if self.project.noting == READS else packed)

    def _add(self, path: str, rows: Any) -> None:
        if self.project.noting == READS:
            self.project.replace(path, rows)
        else:
            self.project.expect(path, rows)

    def _expect(self, paths: list[str], kinds: int) -> None:
        """Let the project know of files whose rows the cache has; `kinds` as `_extract_item` gives them."""
        if self.project.noting == READS:
            for path in paths:
                self.project.replace(path, unpacked_rows(self._fetch(path)))
        else:
            names = [name for number, name in enumerate(ROW_TYPES) if kinds >> number & 1]
            self.project.expect_all(paths, names, self._fetch)

    def _fetch(self, path: str) -> dict[str, bytes]:
        """What was extracted from a file, from the cache, or anew where that turns out to be damaged."""
        blob = self._cache.rows(path, self.digests[path]) if self._cache is not None else None
        if blob is None:
            content = self._read(path)
            if content is None:
                return {}
            _, blob = _extract_item((path, content))
        packed: dict[str, bytes]
        packed, self._suppressions[path] = marshal.loads(blob)
        return packed

    def _read(self, path: str) -> bytes | None:
        try:
            with open(os.path.join(self.settings.root, path), "rb") as handle:
                return handle.read()
        except OSError as error:
            problem = Problem(path, error.strerror or str(error))
            if problem not in self.problems:
                self.problems.append(problem)
            return None

    def _read_anew(self, path: str, mtime: int) -> bytes | None:
        """The content of a file whose digest came from its stamp, and the digest of what it is now: both belong together."""
        content = self._read(path)
        if content is None:
            del self.digests[path]
        elif self._cache is not None:
            self.digests[path] = self._cache.note(path, mtime, content)
        return content

    def update(self, path: str, text: str) -> None:
        """Lay unsaved text over a file (path relative to the root); the project then is as if it were saved so."""
        self._overlay.add(path)
        data = text.encode("utf-8", "surrogatepass")
        self.digests[path] = digest(data)
        self.stats.parsed += path.endswith(".py")
        if self._edits is None:
            from layercheck.edits import Edits

            self._edits = Edits(Sealer)
        rows, self._suppressions[path] = self._edits.extract(path, data)
        self.project.replace(path, rows)
        self.project.follow(path)

    def remove(self, path: str) -> None:
        """The file is gone."""
        self.digests.pop(path, None)
        self._suppressions.pop(path, None)
        if self._edits is not None:
            self._edits.forget(path)
        self.project.replace(path, None)

    def files(self) -> list[str]:
        """The Python files of the project, sorted, relative to its root."""
        self.load()
        return [path for path in self.project.files() if path.endswith(".py")]

    # -------------------------------------------------------------------------------------------------- checking

    def selected(self, path: str) -> frozenset[str]:
        """The codes of the rules that run on a file."""
        if path not in self._selected:
            self._selected[path] = selected(self.settings, [r.rule for r in self._rules], path)
        return self._selected[path]

    def findings(self, path: str) -> list[Finding]:
        """The findings in one file, suppressions applied, in order of place."""
        self.load()
        return self._show(path, self._raw(path))

    def findings_all(self, paths: Iterable[str] | None = None) -> list[Finding]:
        """The findings in the given files (relative paths), or in all files of the project."""
        shown = self._remembered()
        if shown is None:
            self.load()
            wanted = self.project.files() if paths is None else sorted(set(paths))
            packed: dict[str, Any] = {}
            shown = {}
            for path, found in self._check_all(wanted).items():
                if found is not None:
                    shown[path] = self._show(path, found)
                    if shown[path]:
                        packed[path] = [_packed(finding) for finding in shown[path]]
                elif self._last is not None and (before := self._last.shown(path)):
                    shown[path] = [_unpacked(finding) for finding in before]
                    packed[path] = before
            if self._last is not None and not self._overlay and not self.failures:
                self._last.leave(self.digests, self._holds_broken_file())
            if paths is None and self._cache is not None and not self._overlay and not self.failures:
                self._cache.store_findings(self._state(), packed)
        else:
            wanted = sorted(shown if paths is None else set(paths))
        if self._cache is not None:
            self._cache.save()
            self.problems.extend(Problem("", text) for text in self._cache.warnings)
            self._cache.warnings = []
        return [finding for path in wanted for finding in shown.get(path, ())]

    def _state(self) -> bytes:
        return state_of(self.digests)

    def _remembered(self) -> dict[str, list[Finding]] | None:
        """What was found in the project as it is now, by file, if that is remembered; looks at stamps and contents only."""
        if self._cache is None or self._overlay or self._loaded:
            return None
        self._look()
        if self._cache.findings is None or len(self.digests) < len(self.inputs):
            return None
        key, stored = self._cache.findings
        if key != self._state():
            return None
        self.stats.files = self.stats.from_cache = len(self.inputs)
        return {path: [_unpacked(finding) for finding in found] for path, found in stored.items()}

    def _check_all(self, wanted: list[str]) -> dict[str, tuple[StoredFinding, ...] | None]:
        """What is found in each of the files; None where that is what was shown the last time."""
        collecting = gc.isenabled()
        gc.disable()
        try:
            if self._last is not None and self._last.known:
                broken, last = self._holds_broken_file(), self._last
                same = last.shown_the_same(wanted, broken)
                return {path: None if path in same else self._raw(path) for path in wanted}
            if self.project.noting != READS or (self.jobs > 1 and not self.project.asked):
                return self._check_apart(wanted)
            return {path: self._raw(path) for path in wanted}
        finally:
            if collecting:
                _keep_out_of_collections()

    def _check_apart(self, wanted: list[str]) -> dict[str, tuple[StoredFinding, ...] | None]:
        """The first check of a whole project, dealt out to workers if there are to be any.

        DESIGN: what a file's findings are does not depend on who asked before (law 3), so each worker answers for its share. What
        nearly every rule asks of the whole project is answered before the fork, and every worker inherits it. The answers
        stay in the workers: an engine that goes on (a server) asks again what it needs, file by file.
        """
        import_all()
        sizes = {path: size for path, _, size in self.inputs}
        items = [(path, sizes.get(path, 0)) for path in wanted]
        if self.jobs > 1:
            _ask_shared(self.project)
        if self._last is not None:
            self._last.gather_apart(self.jobs > 1)
        stored: dict[str, tuple[StoredFinding, ...] | None] = {}
        for index, (found, exported) in stream(self._raw_apart, items, self.jobs):
            stored[wanted[index]] = found
            if self._last is not None:
                self._last.gather(exported)
        self.stats.checked = max(self.stats.checked, len(wanted))
        return stored

    def _raw_apart(self, path: str) -> tuple[tuple[StoredFinding, ...], Any]:
        """What a worker finds in a file, and what it leaves for the next run."""
        found = self._raw(path)
        exported = None if self._last is None else self._last.export()
        if self.project.noting != READS and self.project.asked >= self._full:
            self._full = self.project.asked + _ANSWERS
            self.project.forget()
        return found, exported

    def _raw(self, path: str) -> tuple[StoredFinding, ...]:
        before = self.checks.files
        found = self.checks.of_file(self.project, path)
        self.stats.checked += self.checks.files - before
        return found

    # --------------------------------------------------------------------------------------------------- showing

    def _show(self, path: str, stored: tuple[StoredFinding, ...]) -> list[Finding]:
        found = [self._finding(*entry) for entry in stored if entry[1] != FAILED]
        failed: set[str] = set()
        for key in [key for key in self.failures if key[1] == path]:
            del self.failures[key]  # it may be mended
        for code, level, error, _, steps in stored:
            if level == FAILED:
                failed.add(code)
                self.failures.setdefault((code, path), Failure(code, path, error, steps[0][1]))
        judged = frozenset() if self._holds_broken_file() else self.selected(path) - failed
        kept, unused = suppress.apply(found, self._suppressions_in(path), judged, self._names, self._levels)
        if UNUSED_SUPPRESSION in self.selected(path):
            kept = [*kept, *self._unused(path, unused)]
        return sorted(kept)

    def _suppressions_in(self, path: str) -> tuple[Any, ...]:
        if path not in self._suppressions and path in self.digests:
            self._fetch(path)
        return self._suppressions.get(path, ())

    def _holds_broken_file(self) -> bool:
        """Whether some file cannot be read: what a comment would suppress then is unknown, so no comment is called unused."""
        revision, answer = self._broken
        if revision != self.project.revision:
            answer = next(self.project.all(Broken), None) is not None
            self._broken = (self.project.revision, answer)
        return answer

    def _unused(self, path: str, unused: Iterable[Any]) -> Iterator[Finding]:
        rule = next(r.rule for r in self._rules if r.rule.code == UNUSED_SUPPRESSION)
        for entry in unused:
            yield Finding(
                path,
                entry.line,
                entry.column,
                entry.line,
                entry.end_column,
                rule.code,
                rule.name,
                entry.message,
                rule.level,
            )

    def _finding(self, code: str, level: str, message: str, where: Any, steps: tuple[Any, ...]) -> Finding:
        span = self._resolve(where)
        chain = []
        for place, text in steps:
            at = self._resolve(place)
            chain.append(Related(at.path, at.line, at.column + 1, text))
        return Finding(
            span.path,
            span.line,
            span.column + 1,
            span.end_line,
            span.end_column + 1,
            code,
            self._name_of[code],
            message,
            level,
            tuple(chain),
        )

    def _resolve(self, where: tuple[Any, ...]) -> Span:
        return self.project.span(Span._make(where) if len(where) == 5 else Place._make(where))


def _ask_shared(project: Project) -> None:
    """Ask questions over the whole project that every worker would ask."""
    from layercheck.queries.depends import provider_symbols
    from layercheck.queries.routes import route_table
    from layercheck.queries.tables import all_tables

    for question in (route_table, all_tables, provider_symbols):
        question(project)


def _keep_out_of_collections() -> None:
    """Turn the collector on again, without what was just made: rows and answers live as long as the engine, and walking
    over all of them in the middle of an edit takes longer than the edit."""
    gc.freeze()
    gc.enable()


def _packed(finding: Finding) -> tuple[Any, ...]:
    """A finding as plain tuples."""
    return (*finding[:-1], tuple(map(tuple, finding.chain))) if finding.chain else tuple(finding)


def _unpacked(plain: tuple[Any, ...]) -> Finding:
    """A finding as it was before it was stored."""
    return Finding._make((*plain[:-1], tuple(map(Related._make, plain[-1]))) if plain[-1] else plain)


def _extract_item(item: tuple[str, bytes]) -> tuple[int, bytes]:
    """The types of the rows in a file, a bit for each, and its extraction as it is stored."""
    path, content = item
    return _packed_extraction(*extract(path, content, Sealer()))


def _packed_extraction(rows: dict[str, list[Any]], comments: tuple[Any, ...]) -> tuple[int, bytes]:
    packed = {name: marshal.dumps(list(map(_stored, found))) for name, found in rows.items() if found}
    kinds = sum(1 << number for number, name in enumerate(ROW_TYPES) if name in packed)
    return kinds, marshal.dumps((packed, comments))


def _stored(row: Any) -> Any:
    """A row as it is stored: its code packed."""
    code = row[1][0] if row[1] else None
    return (row[0], (code.packed(), *row[1][1:]), row[2]) if isinstance(code, Code) else row


def _extract_here(item: tuple[str, bytes]) -> tuple[dict[str, list[Any]], tuple[Any, ...]]:
    return _extracted(item, Code.of)


def _extract_both(item: tuple[str, bytes]) -> tuple[dict[str, list[Any]], tuple[Any, ...]]:
    return _extracted(item, Code.ready_to_store)


def _extracted(
    item: tuple[str, bytes], code: Callable[[tuple[Any, ...]], Any]
) -> tuple[dict[str, list[Any]], tuple[Any, ...]]:
    path, content = item
    rows, comments = extract(path, content, Sealer(), code=code)
    return {name: found for name, found in rows.items() if found}, comments


__all__ = ["Engine", "Failure", "Problem", "Stats", "Step"]
