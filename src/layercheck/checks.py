"""Which check is called for what: the rules that run on a file, over its items, and in its code over what has their words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from layercheck.facts.rows import ROW_TYPES, Body, path_of
from layercheck.ir import last_name
from layercheck.model import Fault, LayercheckError, Span
from layercheck.project import Project
from layercheck.queries.callgraph import sites
from layercheck.queries.file_kinds import is_application
from layercheck.queries.items import FILES_WITH, ITEMS, OF_CODE, CallSite
from layercheck.queries.words import known_as
from layercheck.registry import LoadedRule

FAILED = "failed"
"""Stands in the place of a finding's level for a rule that failed."""
StoredFinding = tuple[str, str, str, Any, tuple[Any, ...]]
"""(code, level, message, where, steps): what a check leaves; places are symbolic."""
Check = tuple[LoadedRule, Callable[..., Iterable[Fault]]]


class CodeCheck(NamedTuple):
    """A check of functions, classes and modules, and what it waits for; None where it does not wait."""

    item: str
    check: Check
    words: frozenset[str] | None
    """Names that a body has to have,"""
    where: Callable[[Any], bool] | None
    """or what it asks of the item itself, or of the body around the call."""
    triggers: frozenset[str] | None
    """For checks of calls: the last names of callees."""
    files: Callable[[Project, str], bool] | None
    """What it asks of the file."""


class Plan(NamedTuple):
    """The checks that may run on a file."""

    files: list[tuple[str, list[Check]]]
    """Those of items that belong to no code: (item, its checks)."""
    code: list[CodeCheck]
    """Those of code, the ones of calls last. They go by their numbers in this list."""
    calls: int
    """The number of the first one of calls."""


class Deck(NamedTuple):
    """The checks of code that run in a file, by what they wait for."""

    always: tuple[int, ...]
    looking: tuple[tuple[int, Callable[[Body], bool]], ...]
    """What checks of bodies and of calls ask of the body."""
    asking: dict[int, Callable[[Any], bool]]
    """What checks of other items ask of the item."""
    waiting: dict[str, tuple[int, ...]]
    """A name in a body -> the checks that wait for it."""
    triggered: dict[str, tuple[int, ...]]
    """The last name of a callee -> the checks of calls that want it."""
    any_call: frozenset[int]
    """The checks of calls that want every name."""


Running = tuple[frozenset[str], bool, frozenset[int]]
"""(the selected codes, whether it is application code, the numbers of the checks of code): what runs on a file."""


class Checks:
    """The checks of all rules. Knows neither disks nor how findings are shown."""

    def __init__(self, rules: tuple[LoadedRule, ...], selected: Callable[[str], frozenset[str]]) -> None:
        """`selected` says which codes run on a file."""
        self._rules = rules
        self._selected = selected
        self._plans: dict[tuple[frozenset[str], bool], Plan] = {}
        self.files = 0
        """How many files were checked (not remembered)."""

    def of_file(self, project: Project, path: str) -> tuple[StoredFinding, ...]:
        """All faults of the selected rules in one file; a query, so it is asked again only when what it read has changed.

        What is found in the code of one function, class or module is a query of its own: an edit asks again for the function that it
        is in, and for what the change reaches.
        """
        return project.ask("checks.of_file", self._of_file, (), (path,))

    def _of_file(self, project: Project, path: str) -> tuple[StoredFinding, ...]:
        self.files += 1
        found: list[StoredFinding] = []
        for body in project.of_file(Body, path):
            found.extend(project.ask("checks.of_code", self._of_code, (), (body.key,)))
        for name, checks in self.plan(self._selected(path), is_application(project, path)).files:
            for item in _items(project, name, path):
                for check in checks:
                    _run(check, item, project, path, found)
        return tuple(dict.fromkeys(found))

    def _of_code(self, project: Project, key: str) -> tuple[StoredFinding, ...]:
        """The faults in one body and in the function or class that it is the body of."""
        body = project.get(Body, key)
        assert body is not None
        path = path_of(key)
        running = project.ask("checks.running", self._running, None, (path,))
        deck = project.ask("checks.deck", self._deck, None, running)
        more = [number for number, where in deck.looking if where(body)]
        for word in deck.waiting.keys() & body.words:
            more += deck.waiting[word]
        plan = self.plan(*running[:2])
        found: list[StoredFinding] = []
        items: dict[str, tuple[Any, ...]] = {}
        of_calls = []
        for number in sorted({*deck.always, *more}) if more else deck.always:
            if number >= plan.calls:
                of_calls.append(number)
                continue
            name, check, *_ = plan.code[number]
            if name not in items:
                items[name] = tuple(OF_CODE[name](project, key))
            where = deck.asking.get(number)
            for item in items[name]:
                if where is None or where(item):
                    _run(check, item, project, path, found)
        for position, numbers in _awaited_calls(body, frozenset(of_calls), deck) if of_calls else ():
            call = CallSite(sites(project, key)[position], body)
            for number in numbers:
                _run(plan.code[number].check, call, project, path, found)
        return tuple(found)

    def _running(self, project: Project, path: str) -> Running:
        """What runs on a file."""
        codes, application = self._selected(path), is_application(project, path)
        answers: dict[Any, bool] = {}
        numbers = []
        for number, entry in enumerate(self.plan(codes, application).code):
            for asked in (FILES_WITH.get(entry.item), entry.files):
                if asked is not None and asked not in answers:
                    answers[asked] = asked(project, path)
            if answers.get(FILES_WITH.get(entry.item), True) and answers.get(entry.files, True):
                numbers.append(number)
        return codes, application, frozenset(numbers)

    def _deck(self, project: Project, codes: frozenset[str], application: bool, numbers: frozenset[int]) -> Deck:
        """The checks with these numbers, by what they wait for."""
        waiting: dict[str, list[int]] = {}
        triggered: dict[str, list[int]] = {}
        looking, asking, always, any_call = [], {}, [], set()
        code = self.plan(codes, application).code
        for number in sorted(numbers):
            entry = code[number]
            of_body = entry.item in ("Body", "CallSite")
            if entry.where is not None and of_body:
                looking.append((number, entry.where))
            elif entry.where is not None:
                asking[number] = entry.where
            for word in known_as(project, entry.words) if entry.words else ():
                waiting.setdefault(word, []).append(number)
            if not entry.words and (entry.where is None or not of_body):
                always.append(number)
            for name in known_as(project, entry.triggers) if entry.triggers else ():
                triggered.setdefault(name, []).append(number)
            if entry.item == "CallSite" and entry.triggers is None:
                any_call.add(number)
        return Deck(tuple(always), tuple(looking), asking, _frozen(waiting), _frozen(triggered), frozenset(any_call))

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
            words, where, asked = (getattr(function, name, None) for name in ("words", "where", "files"))
            triggers = loaded.triggers if item == "CallSite" else None
            code.append(CodeCheck(item, (loaded, function), words, where, triggers, asked))
        code.sort(key=lambda entry: entry.item == "CallSite")
        calls = sum(entry.item != "CallSite" for entry in code)
        return Plan(sorted(files.items()), code, calls)


def _frozen(table: dict[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(numbers) for name, numbers in table.items()}


def _awaited_calls(body: Body, numbers: frozenset[int], deck: Deck) -> list[tuple[int, list[int]]]:
    """(position of a call in a body, those of the checks that want it); the calls of other names need not be resolved."""
    always = deck.any_call & numbers
    if not always and deck.triggered.keys().isdisjoint(body.words):
        return []
    found = []
    for position, call in enumerate(body.raw_calls):
        named = numbers.intersection(deck.triggered.get(last_name(call[0][1]), ()))
        if named or always:
            found.append((position, sorted(always | named)))
    return found


def _run(check: Check, item: Any, project: Project, path: str, found: list[StoredFinding]) -> None:
    """One check of one item. Where the rule fails, that is noted among what was found, so that it hides nothing of others."""
    loaded, function = check
    try:
        for fault in function(item, project):
            found.append(_stored(loaded, fault, path))
    except Exception as error:
        import traceback

        where = (path, 1, 0, 1, 0)
        trace = "".join(traceback.format_exception(error))
        found.append((loaded.rule.code, FAILED, f"{type(error).__name__}: {error}", where, ((where, trace),)))


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
