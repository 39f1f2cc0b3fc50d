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
from layercheck.queries.items import ITEMS, OF_CODE, CallSite
from layercheck.queries.words import known_as
from layercheck.registry import LoadedRule

FAILED = "failed"
"""Stands in the place of a finding's level for a rule that failed."""
StoredFinding = tuple[str, str, str, Any, tuple[Any, ...]]
"""(code, level, message, where, steps): what a check leaves; places are symbolic."""
Check = tuple[LoadedRule, Callable[..., Iterable[Fault]]]


class Plan(NamedTuple):
    """The checks that run on a file."""

    files: list[tuple[str, list[Check]]]
    """Those of items that belong to no code: (item, its checks)."""
    code: list[tuple[str, Check]]
    """Those of functions, classes and modules: (item, check)."""
    waiting: list[tuple[int, frozenset[str]]]
    """(number of a check of code, the names that it waits for)"""
    looking: list[tuple[int, Callable[[Body], bool]]]
    """(number of a check of code, what it asks of a body)"""
    always: frozenset[int]
    """The checks of code that wait for nothing."""


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
        codes, application = self._selected(path), is_application(project, path)
        plan = self.plan(codes, application)
        table = project.ask("checks.awaited", self._awaited, {}, (codes, application))
        wanted = {*plan.always, *(number for number, where in plan.looking if where(body))}
        for word in table.keys() & body.words:
            wanted.update(table[word])
        found: list[StoredFinding] = []
        items: dict[str, tuple[Any, ...]] = {}
        for number in sorted(wanted):
            name, check = plan.code[number]
            if name == "CallSite":
                continue
            if name not in items:
                items[name] = tuple(OF_CODE[name](project, key))
            for item in items[name]:
                _run(check, item, project, path, found)
        of_calls = frozenset(number for number in wanted if plan.code[number][0] == "CallSite")
        for position, numbers in _awaited_calls(body, of_calls & plan.always, of_calls, table):
            item = CallSite(sites(project, key)[position], body)
            for number in numbers:
                _run(plan.code[number][1], item, project, path, found)
        return tuple(found)

    def _awaited(self, project: Project, codes: frozenset[str], application: bool) -> dict[str, tuple[int, ...]]:
        """Which checks of code wait for a name: name -> their numbers in the plan."""
        found: dict[str, list[int]] = {}
        for number, words in self.plan(codes, application).waiting:
            for word in known_as(project, words) if words else ():
                found.setdefault(word, []).append(number)
        return {word: tuple(numbers) for word, numbers in found.items()}

    def plan(self, codes: frozenset[str], application: bool) -> Plan:
        """The checks of the selected rules, grouped by the item they want; `application` is no for tests and the like."""
        found = self._plans.get((codes, application))
        if found is None:
            found = self._plans[codes, application] = self._planned(codes, application)
        return found

    def _planned(self, codes: frozenset[str], application: bool) -> Plan:
        files: dict[str, list[Check]] = {}
        plan = Plan([], [], [], [], frozenset())
        always = set()
        running = [r for r in self._rules if r.rule.code in codes and (application or r.rule.tests)]
        for loaded, item, function in ((r, *check) for r in running for check in r.checks):
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
        return plan._replace(files=sorted(files.items()), always=frozenset(always))


def _awaited_calls(
    body: Body, always: frozenset[int], numbers: frozenset[int], table: dict[str, tuple[int, ...]]
) -> list[tuple[int, list[int]]]:
    """(position of a call in a body, the checks that want it); the calls of other names need not be resolved."""
    found = []
    for position, call in enumerate(body.raw_calls if numbers else ()):
        named = numbers.intersection(table.get(last_name(call[0][1]), ()))
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
