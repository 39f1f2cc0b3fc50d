"""The only place that knows the order of things: discover, extract, link, check, show."""

from __future__ import annotations

import gc
import marshal
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from layercheck import suppress
from layercheck.cache import Cache, digest
from layercheck.config import Settings, fingerprint, selected
from layercheck.discover import discover
from layercheck.edits import Edits
from layercheck.facts.rows import ROW_TYPES, Body, Broken, path_of
from layercheck.ir import last_name
from layercheck.model import Fault, Finding, LayercheckError, Place, Related, Span, Step
from layercheck.pool import default_jobs, run, stream
from layercheck.project import Project
from layercheck.queries.callgraph import sites
from layercheck.queries.depends import provider_symbols
from layercheck.queries.file_kinds import is_application
from layercheck.queries.items import ITEMS, OF_CODE, CallSite
from layercheck.queries.routes import route_table
from layercheck.queries.sealing import Sealer
from layercheck.queries.tables import all_tables
from layercheck.queries.words import known_as
from layercheck.registry import LoadedRule, rules
from layercheck.source import extract

_RECURSION = 20_000
"""Questions about code ask questions about other code; Python-to-Python calls take no C stack from 3.11 on."""
UNUSED_SUPPRESSION = "LC008"
_FAILED = "failed"
"""Stands in the place of a finding's level for a rule that failed."""
_SHARED: tuple[Callable[[Project], Any], ...] = (route_table, all_tables, provider_symbols)
"""Questions over the whole project that every worker would ask."""

StoredFinding = tuple[str, str, str, Any, tuple[Any, ...]]
"""(code, level, message, where, steps): what a check leaves; places are symbolic."""
_Check = tuple[LoadedRule, Callable[..., Iterable[Fault]]]


class _Plan(NamedTuple):
    """The checks that run on a file."""

    files: list[tuple[str, list[_Check]]]
    """Those of items that belong to no code: (item, its checks)."""
    code: list[tuple[str, _Check]]
    """Those of functions, classes and modules: (item, check)."""
    waiting: list[tuple[int, frozenset[str]]]
    """(number of a check of code, the names that it waits for)"""
    looking: list[tuple[int, Callable[[Body], bool]]]
    """(number of a check of code, what it asks of a body)"""
    always: frozenset[int]
    """The checks of code that wait for nothing."""


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
        self.project = Project(settings, recording=lasting)
        self._progress = progress
        self._rules = rules()
        self._known = frozenset(r.rule.code for r in self._rules)
        self._names = {r.rule.name: r.rule.code for r in self._rules}
        self._levels = {r.rule.code: r.rule.level for r in self._rules}
        self._selected: dict[str, frozenset[str]] = {}
        self._plans: dict[tuple[frozenset[str], bool], _Plan] = {}
        self._suppressions: dict[str, tuple[Any, ...]] = {}
        self._overlay: set[str] = set()
        self._edits = Edits(Sealer)
        self.digests: dict[str, bytes] = {}
        """File -> the digest of its content."""
        self._broken = (0, False)
        self._loaded = self._discovered = False
        mark = fingerprint(settings) + _code_fingerprint()
        self._cache = Cache(settings.root, cache_dir or settings.cache_dir, mark) if use_cache else None
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

    def _discover(self) -> None:
        """Find the files, the first time, and read the head of the cache."""
        if self._discovered:
            return
        self._discovered = True
        found = discover(self.settings)
        self.inputs = found.files
        self.problems.extend(Problem(path, text) for path, text in found.problems)
        if self._cache is not None:
            self._cache.load()
            self._cache.forget({path for path, _, _ in found.files})

    def discovered(self) -> list[str]:
        """The paths of all files that belong to the project, without reading them; those laid over it included."""
        self._discover()
        return sorted({path for path, _, _ in self.inputs} | self._overlay)

    def _load(self) -> None:
        self._discover()
        waiting: list[tuple[str, bytes]] = []
        for path, mtime, size in self.inputs:
            if path in self._overlay:
                continue
            found = self._cache.digest_of(path, mtime, size) if self._cache is not None else None
            stored = self._cache.rows(path, found) if found is not None and self._cache is not None else None
            if found is None or stored is None:
                content = self._read(path)
                if content is None:
                    continue
                found = self._cache.note(path, mtime, content) if self._cache is not None else digest(content)
                stored = self._cache.rows(path, found) if self._cache is not None else None
                if stored is None:
                    waiting.append((path, content))
            self.digests[path] = found
            if stored is not None:
                self._accept(path, stored)
        self.stats.from_cache = len(self.digests) - len(waiting)
        self._extract_all(waiting)
        self.stats.files = len(self.project.files())
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
        for index, blob in stream(_extract_item, items, self.jobs, progress):
            path = paths[index]
            if self._cache is not None:
                self._cache.store(path, self.digests[path], blob)
            self._accept(path, blob)

    def _accept(self, path: str, blob: bytes) -> None:
        rows, suppressions = marshal.loads(blob)
        self.project.replace(path, rows)
        self._suppressions[path] = suppressions

    def _read(self, path: str) -> bytes | None:
        try:
            with open(os.path.join(self.settings.root, path), "rb") as handle:
                return handle.read()
        except OSError as error:
            problem = Problem(path, error.strerror or str(error))
            if problem not in self.problems:
                self.problems.append(problem)
            return None

    def update(self, path: str, text: str) -> None:
        """Lay unsaved text over a file (path relative to the root); the project then is as if it were saved so."""
        self._overlay.add(path)
        data = text.encode("utf-8", "surrogatepass")
        self.digests[path] = digest(data)
        self.stats.parsed += path.endswith(".py")
        rows, self._suppressions[path] = self._edits.extract(path, data)
        self.project.replace(path, rows)

    def remove(self, path: str) -> None:
        """The file is gone."""
        self.digests.pop(path, None)
        self._suppressions.pop(path, None)
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
            stored = self._check_all(wanted)
            shown = {path: self._show(path, stored.get(path, ())) for path in wanted}
            if paths is None and self._cache is not None and not self._overlay and not self.failures:
                plain = {path: [_packed(finding) for finding in found] for path, found in shown.items() if found}
                self._cache.store_findings(self._state(), plain)
        else:
            wanted = sorted(shown if paths is None else set(paths))
        if self._cache is not None:
            self._cache.save()
            self.problems.extend(Problem("", text) for text in self._cache.warnings)
            self._cache.warnings = []
        return [finding for path in wanted for finding in shown.get(path, ())]

    def _state(self) -> bytes:
        return digest(repr(sorted(self.digests.items())).encode("utf-8", "surrogatepass"))

    def _remembered(self) -> dict[str, list[Finding]] | None:
        """What was found in the project as it is now, by file, if that is remembered; looks at stamps and contents only."""
        if self._cache is None or self._overlay or self._loaded:
            return None
        self._discover()
        if self._cache.findings is None:
            return None
        for path, mtime, size in self.inputs:
            found = self._cache.digest_of(path, mtime, size)
            if found is None:
                content = self._read(path)
                if content is None:
                    return None
                found = self._cache.note(path, mtime, content)
            self.digests[path] = found
        key, stored = self._cache.findings
        if key != self._state():
            return None
        self.stats.files = self.stats.from_cache = len(self.inputs)
        return {path: [_unpacked(finding) for finding in found] for path, found in stored.items()}

    def _check_all(self, wanted: list[str]) -> dict[str, tuple[StoredFinding, ...]]:
        collecting = gc.isenabled()
        gc.disable()
        try:
            if self.jobs > 1 and not self.project.asked:
                return self._check_apart(wanted)
            return {path: self._raw(path) for path in wanted}
        finally:
            if collecting:
                _keep_out_of_collections()

    def _check_apart(self, wanted: list[str]) -> dict[str, tuple[StoredFinding, ...]]:
        """The first check of a whole project, dealt out to workers.

        DESIGN: what a file's findings are does not depend on who asked before (law 3), so each worker answers for its share. What
        nearly every rule asks of the whole project is answered before the fork, and every worker inherits it. The answers
        stay in the workers: an engine that goes on (a server) asks again what it needs, file by file.
        """
        sizes = {path: size for path, _, size in self.inputs}
        items = [(path, sizes.get(path, 0)) for path in wanted]
        for question in _SHARED:
            question(self.project)
        found = run(self._raw, items, self.jobs)
        self.stats.checked = max(self.stats.checked, len(wanted))
        return dict(zip(wanted, found, strict=True))

    def _raw(self, path: str) -> tuple[StoredFinding, ...]:
        return self.project.ask("engine.check", self._check, (), (path,))

    def _check(self, project: Project, path: str) -> tuple[StoredFinding, ...]:
        """All faults of the selected rules in one file; a query, so it is asked again only when what it read has changed.

        What is found in the code of one function, class or module is a query of its own: an edit asks again for the function that it
        is in, and for what the change reaches.
        """
        self.stats.checked += 1
        found: list[StoredFinding] = []
        for body in project.of_file(Body, path):
            found.extend(project.ask("engine.check_code", self._check_code, (), (body.key,)))
        for name, checks in self._plan(self.selected(path), is_application(project, path)).files:
            for item in _items(project, name, path):
                for check in checks:
                    _run(check, item, project, path, found)
        return tuple(dict.fromkeys(found))

    def _check_code(self, project: Project, key: str) -> tuple[StoredFinding, ...]:
        """The faults in one body and in the function or class that it is the body of."""
        body = project.get(Body, key)
        assert body is not None
        path = path_of(key)
        codes, application = self.selected(path), is_application(project, path)
        plan = self._plan(codes, application)
        table = project.ask("engine.awaited", self._awaited, {}, (codes, application))
        wanted = {*plan.always, *(number for number, where in plan.looking if where(body))}
        for word in table.keys() & body.words:
            wanted.update(table[word])
        found: list[StoredFinding] = []
        items: dict[str, tuple[Any, ...]] = {}
        calls = []
        for number in sorted(wanted):
            name, check = plan.code[number]
            if name == "CallSite":
                calls.append(number)
                continue
            if name not in items:
                items[name] = tuple(OF_CODE[name](project, key))
            for item in items[name]:
                _run(check, item, project, path, found)
        if calls:
            self._check_calls(project, body, plan, calls, table, found)
        return tuple(found)

    def _check_calls(
        self,
        project: Project,
        body: Body,
        plan: _Plan,
        numbers: list[int],
        table: dict[str, tuple[int, ...]],
        found: list[StoredFinding],
    ) -> None:
        """The checks of calls in a body; the calls are resolved when there is one whose name some check waits for."""
        always = [n for n in numbers if n in plan.always]
        named: list[tuple[int, list[int]]] = []
        for position, call in enumerate(body.raw_calls):
            waiting = table.get(last_name(call[0][1]), ())
            checks = sorted([*always, *(n for n in waiting if n in numbers)]) if waiting else always
            if checks:
                named.append((position, checks))
        if not named:
            return
        resolved = sites(project, body.key)
        path = path_of(body.key)
        for position, checks in named:
            item = CallSite(resolved[position], body)
            for number in checks:
                _run(plan.code[number][1], item, project, path, found)

    def _awaited(self, project: Project, codes: frozenset[str], application: bool) -> dict[str, tuple[int, ...]]:
        """Which checks of code wait for a name: name -> their numbers in the plan."""
        found: dict[str, list[int]] = {}
        for number, words in self._plan(codes, application).waiting:
            for word in known_as(project, words) if words else ():
                found.setdefault(word, []).append(number)
        return {word: tuple(numbers) for word, numbers in found.items()}

    def _plan(self, codes: frozenset[str], application: bool) -> _Plan:
        """The checks of the selected rules, grouped by the item they want; `application` is no for tests and the like."""
        if (codes, application) not in self._plans:
            files: dict[str, list[_Check]] = {}
            plan = _Plan([], [], [], [], frozenset())
            always = set()
            for loaded in self._rules:
                if loaded.rule.code in codes and (application or loaded.rule.tests):
                    for item, function in loaded.checks:
                        if item not in OF_CODE:
                            files.setdefault(item, []).append((loaded, function))
                            continue
                        words = loaded.triggers if item == "CallSite" else getattr(function, "words", None)
                        where = getattr(function, "where", None)
                        if where is not None:
                            plan.looking.append((len(plan.code), where))
                        if words is not None:
                            plan.waiting.append((len(plan.code), words))
                        elif where is None:
                            always.add(len(plan.code))
                        plan.code.append((item, (loaded, function)))
            self._plans[codes, application] = plan._replace(files=sorted(files.items()), always=frozenset(always))
        return self._plans[codes, application]

    # --------------------------------------------------------------------------------------------------- showing

    def _show(self, path: str, stored: Iterable[StoredFinding]) -> list[Finding]:
        names = {r.rule.code: r.rule.name for r in self._rules}
        found = [self._finding(names, *entry) for entry in stored if entry[1] != _FAILED]
        failed = {entry[0] for entry in stored if entry[1] == _FAILED}
        for code, level, error, _, steps in stored if failed else ():
            if level == _FAILED:
                self.failures.setdefault((code, path), Failure(code, path, error, steps[0][1]))
        judged = frozenset() if self._holds_broken_file() else self.selected(path) - failed
        kept, unused = suppress.apply(found, self._suppressions.get(path, ()), judged, self._names, self._levels)
        if UNUSED_SUPPRESSION in self.selected(path):
            kept = [*kept, *self._unused(path, unused)]
        return sorted(kept)

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

    def _finding(
        self, names: dict[str, str], code: str, level: str, message: str, where: Any, steps: tuple[Any, ...]
    ) -> Finding:
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
            names[code],
            message,
            level,
            tuple(chain),
        )

    def _resolve(self, where: tuple[Any, ...]) -> Span:
        return self.project.span(Span._make(where) if len(where) == 5 else Place._make(where))


def _run(check: _Check, item: Any, project: Project, path: str, found: list[StoredFinding]) -> None:
    """One check of one item. Where the rule fails, that is noted among what was found, so that it hides nothing of others."""
    loaded, function = check
    try:
        for fault in function(item, project):
            found.append(_stored(loaded, fault, path))
    except Exception as error:
        import traceback

        where = (path, 1, 0, 1, 0)
        trace = "".join(traceback.format_exception(error))
        found.append((loaded.rule.code, _FAILED, f"{type(error).__name__}: {error}", where, ((where, trace),)))


def _keep_out_of_collections() -> None:
    """Turn the collector on again, without what was just made: rows and answers live as long as the engine, and walking
    over all of them in the middle of an edit takes longer than the edit."""
    gc.freeze()
    gc.enable()


def _items(project: Project, name: str, path: str) -> Iterable[Any]:
    kind = ROW_TYPES.get(name)
    return project.of_file(kind, path) if kind is not None else ITEMS[name](project, path)


def _packed(finding: Finding) -> tuple[Any, ...]:
    """A finding as plain tuples."""
    return (*finding[:-1], tuple(map(tuple, finding.chain)))


def _unpacked(plain: tuple[Any, ...]) -> Finding:
    """A finding as it was before it was stored."""
    return Finding._make((*plain[:-1], tuple(map(Related._make, plain[-1]))))


def _stored(loaded: LoadedRule, fault: Fault, path: str) -> StoredFinding:
    rule = loaded.rule
    where = fault.where
    home = where.path if isinstance(where, Span) else where.key.partition(":")[0]
    if home != path:
        raise LayercheckError(f"internal error: {rule.code} checked {path} and reported in {home}")
    message = (fault.message or rule.message).format(**fault.fields)
    steps = tuple([(tuple(step.where), step.text) for step in fault.steps])
    return (rule.code, fault.level or rule.level, message, tuple(where), steps)


def _extract_item(item: tuple[str, bytes]) -> bytes:
    path, content = item
    extracted = extract(path, content, Sealer())
    return marshal.dumps((extracted.rows, extracted.suppressions))


def _code_fingerprint() -> str:
    """Changes whenever layercheck's own code does: an editable install must not serve findings of yesterday's rules."""
    root = os.path.dirname(os.path.abspath(__file__))
    marks = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if f != "__pycache__")
        for file in sorted(files):
            if file.endswith(".py"):
                status = os.stat(os.path.join(folder, file))
                marks.append((file, status.st_mtime_ns, status.st_size))
    return digest(repr(marks).encode()).hex()


__all__ = ["Engine", "Failure", "Problem", "Stats", "Step"]
