"""Which check is called for what: the rules that run on a file, over its items, and in its code over what has their words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from layercheck.facts.rows import ROW_TYPES, Body, path_of
from layercheck.ir import last_name
from layercheck.model import Fault, LayercheckError, Span
from layercheck.project import Project, late_query
from layercheck.queries.items import FILES_WITH, ITEMS, OF_CODE, CallSite
from layercheck.queries.words import known_as
from layercheck.registry import LoadedRule
from layercheck.tuples import NamedTuple

if TYPE_CHECKING:
    from layercheck.queries.callgraph import Site

FAILED = "failed"
"""Stands in the place of a finding's level for a rule that failed."""
StoredFinding = tuple[str, str, str, Any, tuple[Any, ...]]
"""(code, level, message, where, steps): what a check leaves; places are symbolic."""
Check = tuple[LoadedRule, Callable[..., Iterable[Fault]]]


class CodeCheck(NamedTuple):
    """A check of functions, classes and modules, and what it waits for (see `only_with`, `only_in`); None where it does not wait."""

    item: str
    check: Check
    words: frozenset[str] | None
    like: Callable[[str], bool] | None
    texts: Callable[[str], bool] | None
    where: Callable[[Any], bool] | None
    triggers: frozenset[str] | None
    """For checks of calls: the last names of callees."""
    files: Callable[[Project, str], bool] | None

    @property
    def waits(self) -> bool:
        """Whether something has to occur in a body before it is called."""
        return self.words is not None or self.like is not None or self.texts is not None


class Wanted(dict[str, tuple[int, ...]]):
    """A name or text of a body -> the checks that want to see such a one. Found out where it is first met: code repeats itself."""

    def __init__(self, asked: list[tuple[int, Callable[[str], bool]]]) -> None:
        self._asked = asked

    def __missing__(self, text: str) -> tuple[int, ...]:
        if len(self) >= _TEXTS:
            self.clear()
        found = []
        for number, says_yes in self._asked:
            try:
                if says_yes(text):
                    found.append(number)
            except Exception:  # layercheck: ignore[LC304] the check is called as if it had not asked
                found.append(number)
        made = self[text] = tuple(found)
        return made


_TEXTS = 1 << 16


class Plan(NamedTuple):
    """The checks that may run on a file."""

    files: list[tuple[str, list[Check]]]
    """Those of items that belong to no code: (item, its checks)."""
    code: list[CodeCheck]
    """Those of code, the ones of calls last. They go by their numbers in this list."""
    calls: int
    """The number of the first one of calls."""
    named: Wanted
    """Those that want names like some, and"""
    written: Wanted
    """texts like some."""
    asking: list[tuple[Callable[[Project, str], bool], frozenset[int]]]
    """What checks ask of a file, and which do."""


_Runs = tuple[Callable[[Any], bool] | None, Check]


class Deck(NamedTuple):
    """The checks of code that run in a file, by what they wait for."""

    always: tuple[tuple[str, tuple[_Runs, ...]], ...]
    """(item, its checks): those that wait for nothing in a body. None of calls."""
    waiting: dict[str, tuple[int, ...]]
    """A name in a body -> the checks that wait for it."""
    triggered: dict[str, tuple[int, ...]]
    """The last name of a callee -> the checks of calls that want it."""
    of_calls: frozenset[int]
    """The checks of calls that wait for nothing in a body."""
    any_call: frozenset[int]
    """The checks of calls that want every name."""


RUNNING = "checks.running"
"""The name of the question what runs on a file. What all its code stands on, it is kept from run to run: a new function changes much that
is read for the answer, and seldom the answer."""
Running = tuple[bool, frozenset[int]]
"""(whether it is application code, the numbers of the checks of code): what of the selected rules runs on a file."""


class Checks:
    """The checks of all rules. Knows neither disks nor how findings are shown."""

    def __init__(self, rules: tuple[LoadedRule, ...], selected: Callable[[str], frozenset[str]]) -> None:
        """`selected` says which codes run on a file."""
        self._rules = rules
        self._selected = selected
        self._plans: dict[tuple[frozenset[str], bool], Plan] = {}
        self._numbers: dict[frozenset[int], frozenset[int]] = {}
        """What runs on some file, each once: few files differ in it."""
        self.files = 0
        """How many files were checked (not remembered)."""

    def of_file(self, project: Project, path: str) -> tuple[StoredFinding, ...]:
        """All faults of the selected rules in one file; a query, so it is asked again only when what it read has changed.

        What is found in the code of one function, class or module is a query of its own, and so is what is found beside code: an edit asks
        again for the function that it is in, and for what the change reaches.
        """
        return project.ask("checks.of_file", self._of_file, (), (path,))

    def _of_file(self, project: Project, path: str) -> tuple[StoredFinding, ...]:
        self.files += 1
        found: list[StoredFinding] = []
        bodies = project.said_in(path)
        if bodies and project.ask(RUNNING, self.running, None, (path,))[1]:
            for body in bodies:
                found.extend(project.ask("checks.of_code", self._of_code, (), (body.key,)))
        found.extend(project.ask("checks.of_items", self._of_items, (), (path,)))
        return tuple(dict.fromkeys(found))

    def _of_items(self, project: Project, path: str) -> tuple[StoredFinding, ...]:
        """The faults in what a file has beside code."""
        found: list[StoredFinding] = []
        for name, checks in self.plan(self._selected(path), _is_application(project, path)).files:
            for item in _items(project, name, path):
                _run([(None, check) for check in checks], item, project, path, found)
        return tuple(found)

    def _of_code(self, project: Project, key: str) -> tuple[StoredFinding, ...]:
        """The faults in one body and in the function or class that it is the body of."""
        body = project.get(Body, key)
        assert body is not None
        path = path_of(key)
        application, running = project.ask(RUNNING, self.running, None, (path,))
        codes = self._selected(path)
        deck = project.ask("checks.deck", self._deck, None, (codes, application, running))
        plan = self.plan(codes, application)
        more: set[int] = set()
        more.update(*map(plan.named.__getitem__, body.words), *map(plan.written.__getitem__, body.texts))
        more &= running
        for word in deck.waiting.keys() & body.words:
            more.update(deck.waiting[word])
        found: list[StoredFinding] = []
        items: dict[str, tuple[Any, ...]] = {"Body": (body,)}
        for name, runs in deck.always:
            if name not in items:
                items[name] = tuple(OF_CODE[name](project, key))
            for item in items[name]:
                _run(runs, item, project, path, found)
        for number in sorted(more):
            if number < plan.calls:
                name, check, _, _, _, where, _, _ = plan.code[number]
                if name not in items:
                    items[name] = tuple(OF_CODE[name](project, key))
                for item in items[name]:
                    _run(((where, check),), item, project, path, found)
        of_calls = deck.of_calls.union(more) if more else deck.of_calls
        for position, numbers in _awaited_calls(body, of_calls, deck):
            call = CallSite(_site(project, key, position), body)
            _run([(None, plan.code[number].check) for number in numbers], call, project, path, found)
        return tuple(found)

    def running(self, project: Project, path: str) -> Running:
        """What runs on a file; a query, by the name RUNNING."""
        codes, application = self._selected(path), _is_application(project, path)
        plan = self.plan(codes, application)
        numbers = set(range(len(plan.code)))
        for asked, those in plan.asking:
            try:
                if not asked(project, path):
                    numbers -= those
            except Exception:  # layercheck: ignore[LC304] who asks is called as if it had not asked
                continue
        made = frozenset(numbers)
        return application, self._numbers.setdefault(made, made)

    def _deck(self, project: Project, codes: frozenset[str], application: bool, numbers: frozenset[int]) -> Deck:
        """The checks with these numbers, by what they wait for."""
        waiting: dict[str, list[int]] = {}
        triggered: dict[str, list[int]] = {}
        always: dict[str, list[_Runs]] = {}
        plan = self.plan(codes, application)
        for number in sorted(numbers):
            entry = plan.code[number]
            for word in known_as(project, entry.words) if entry.words else ():
                waiting.setdefault(word, []).append(number)
            for name in known_as(project, entry.triggers) if entry.triggers else ():
                triggered.setdefault(name, []).append(number)
            if not entry.waits and number < plan.calls:
                always.setdefault(entry.item, []).append((entry.where, entry.check))
        of_calls = frozenset(number for number in numbers if number >= plan.calls)
        return Deck(
            tuple((name, tuple(runs)) for name, runs in always.items()),
            {name: tuple(those) for name, those in waiting.items()},
            {name: tuple(those) for name, those in triggered.items()},
            frozenset(number for number in of_calls if not plan.code[number].waits),
            frozenset(number for number in of_calls if plan.code[number].triggers is None),
        )

    def plan(self, codes: frozenset[str], application: bool) -> Plan:
        """The checks of the selected rules, grouped by the item they want; `application` is no for tests and the like."""
        found = self._plans.get((codes, application))
        if found is None:
            found = self._plans[codes, application] = self._planned(codes, application)
        return found

    def _planned(self, codes: frozenset[str], application: bool) -> Plan:
        files: dict[str, list[Check]] = {}
        code: list[CodeCheck] = []
        running = [r for r in self._rules if r.rule.code in codes and (application or r.rule.tests)]
        for loaded, item, function in ((r, *check) for r in running for check in r.checks):
            if item not in OF_CODE:
                files.setdefault(item, []).append((loaded, function))
                continue
            marks = {mark: getattr(function, mark, None) for mark in ("words", "like", "texts", "where", "files")}
            triggers = loaded.triggers if item == "CallSite" else None
            code.append(CodeCheck(item, (loaded, function), triggers=triggers, **marks))
        code.sort(key=lambda entry: entry.item == "CallSite")
        calls = sum(entry.item != "CallSite" for entry in code)
        named = Wanted([(number, entry.like) for number, entry in enumerate(code) if entry.like is not None])
        written = Wanted([(number, entry.texts) for number, entry in enumerate(code) if entry.texts is not None])
        asking: dict[Callable[[Project, str], bool], list[int]] = {}
        for number, entry in enumerate(code):
            for asked in (entry.files, FILES_WITH.get(entry.item)):
                if asked is not None:
                    asking.setdefault(asked, []).append(number)
        asked_of_files = [(asked, frozenset(numbers)) for asked, numbers in asking.items()]
        return Plan(sorted(files.items()), code, calls, named, written, asked_of_files)


_is_application = late_query("layercheck.queries.file_kinds.is_application")


def _site(project: Project, key: str, position: int) -> Site:
    from layercheck.queries.callgraph import sites  # a run after a change seldom asks

    return sites(project, key)[position]


def _awaited_calls(body: Body, numbers: frozenset[int], deck: Deck) -> list[tuple[int, list[int]]]:
    """(position of a call in a body, those of the checks that want it); the calls of other names need not be resolved."""
    always = deck.any_call & numbers
    if not always and deck.triggered.keys().isdisjoint(body.words):
        return []
    found = []
    triggered = deck.triggered
    for position, call in enumerate(body.raw_calls):
        wanting = triggered.get(last_name(call[0][1]))
        if wanting is None and not always:
            continue
        named = numbers.intersection(wanting or ())
        if named or always:
            found.append((position, sorted(always | named)))
    return found


def _run(runs: Iterable[_Runs], item: Any, project: Project, path: str, found: list[StoredFinding]) -> None:
    """Checks of one item. Where a rule fails, that is noted among what was found, so that it hides nothing of others."""
    for where, (loaded, function) in runs:
        try:
            if where is not None and not where(item):
                continue
            for fault in function(item, project):
                found.append(_stored(loaded, fault, path))
        except Exception as error:
            import traceback

            at = (path, 1, 0, 1, 0)
            trace = "".join(traceback.format_exception(error))
            found.append((loaded.rule.code, FAILED, f"{type(error).__name__}: {error}", at, ((at, trace),)))


def _items(project: Project, name: str, path: str) -> Iterable[Any]:
    kind = ROW_TYPES.get(name)
    return project.of_file(kind, path) if kind is not None else ITEMS[name](project, path)


def _stored(loaded: LoadedRule, fault: Fault, path: str) -> StoredFinding:
    rule = loaded.rule
    where = fault.where
    home = where.path if isinstance(where, Span) else where.key.partition(":")[0]
    if home != path:
        raise LayercheckError(f"internal error: {rule.code} checked {path} and reported in {home}")
    message = (fault.message or rule.message).format(**fault.fields)
    steps = tuple([(tuple(step.where), step.text) for step in fault.steps])
    return (rule.code, fault.level or rule.level, message, tuple(where), steps)
