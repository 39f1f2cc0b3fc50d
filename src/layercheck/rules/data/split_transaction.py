"""Commit once for one operation.

An operation that commits between its steps can stop half way: the order is stored, its lines are not, and nothing rolls the first
half back. It often happens because each helper commits for itself, and a caller uses two of them.

How to fix: let helpers only `add` and `flush` (a flush gives ids and checks constraints), and commit once, in the function that
knows where the operation ends; or wrap the steps in one `with session.begin():`.

Two commits count when one path through the function reaches both, by itself or through what it calls. The finding stands at the
second one, in the lowest function that reaches both. Commits on exclusive branches, in `except`, in loops (commit-in-loop has those),
of different sessions and those that a context manager makes at the end of its block do not make a pair. Start-up code, scripts,
code run by a queue, commits that only end a read or mark a status before the work, calls that by name read (`get_case`) or report
(`notify_progress`), and functions or files whose name says `saga` or `outbox` are left alone.

```python bad app/services/orders.py
from sqlalchemy.orm import Session

from app.models import Invoice, Order


def place_order(session: Session, number: str) -> Order:
    order = Order(number=number)
    session.add(order)
    session.commit()
    session.add(Invoice(order_id=order.id))
    session.commit()
    return order
```
```python good app/services/orders.py
from sqlalchemy.orm import Session

from app.models import Invoice, Order


def place_order(session: Session, number: str) -> Order:
    order = Order(number=number)
    session.add(order)
    session.flush()
    session.add(Invoice(order_id=order.id))
    session.commit()
    return order
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, Stmt
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.callgraph import in_loop
from layercheck.queries.commits import Commit, commits, different, event_text, is_step, two_steps
from layercheck.queries.effects import chain
from layercheck.queries.file_kinds import no_script
from layercheck.queries.occasions import may_commit_twice
from layercheck.queries.roles import is_startup, is_worker
from layercheck.queries.words import only_in, only_with
from layercheck.tuples import NamedTuple

RULE = Rule(
    code="LC615",
    name="split-transaction",
    message="{second} commits again after {first}{chain}: make the steps one transaction (flush in them, commit once at the end)",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DATA-9",),
    since="0.1",
)
_MARKED = ("saga", "outbox")


@only_in(no_script)
@only_with(where=may_commit_twice)
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each function with a path that commits one session twice: one finding, at the first second commit."""
    events = [c for c in commits(project, body.key) if not in_loop(body, c.context) and is_step(project, c)]
    if len(events) < 2 or project.get(Function, body.key) is None:
        return
    if is_worker(project, body.key):
        return
    if is_startup(project, body.key) or any(word in body.key.lower() for word in _MARKED):
        return
    pair = Paths(project, body, events).first_pair()
    if pair is None:
        return
    first, second = pair
    steps = [Step(body.place(first.at), "the first commit"), *(_steps(project, body, first))]
    steps += _steps(project, body, second)
    names = [s.text.removeprefix("calls ").removesuffix("()") for s in _steps(project, body, second)]
    text = f" ({' -> '.join(names)})" if names else ""
    fields = {"second": event_text(body, second), "first": event_text(body, first), "chain": text}
    yield Fault(body.place(second.at), fields, tuple(steps))


def _steps(project: Project, body: Body, event: Commit) -> tuple[Step, ...]:
    return chain(project, body.key, event.effect) if event.effect.callee else ()


class Reached(NamedTuple):
    """A commit that may have happened, and the tests that must have come out so."""

    event: Commit
    tests: frozenset[tuple[Expr, bool]]


State = tuple[Reached, ...] | None
"""The commits that may lie behind; None where no path arrives."""


class Paths:
    """The paths through a body: which commits may lie behind each commit."""

    def __init__(self, project: Project, body: Body, events: list[Commit]) -> None:
        self.project = project
        self.calls = {e.at: e for e in events if not e.exits}
        self.exits = {e.at: e for e in events if e.exits}
        self.body = body
        self.pair: tuple[Commit, Commit] | None = None
        counts: dict[str, int] = {}
        for raw in body.raw_binds:
            counts[raw[0]] = counts.get(raw[0], 0) + 1
        self.flags = {raw[0] for raw in body.raw_binds} - {raw[0] for raw in body.raw_binds if not _is_flag(raw)}
        self.rebound = {name for name, count in counts.items() if count > 1} - self.flags
        self.exceptional = 0

    def first_pair(self) -> tuple[Commit, Commit] | None:
        """(first, second) of the first second commit in the order of the code, or None."""
        self._block(self.body.statements, (), frozenset())
        return self.pair

    def _block(self, statements: tuple[Stmt, ...], state: State, tests: frozenset[Any]) -> State:
        for statement in statements:
            if state is None:
                return None
            state = self._statement(statement, state, tests)
            for name, value in self._set_flags(statement):
                tests = tests - {(name, True), (name, False)}
                if value is not None:
                    tests |= {(name, value)}
                    state = tuple(
                        [r._replace(tests=r.tests - {(name, not value)} | {(name, value)}) for r in state or ()]
                    )
        return state

    def _set_flags(self, statement: Stmt) -> Iterator[tuple[str, bool | None]]:
        """The flags that a statement sets, None for those that it sets somewhere within."""
        if statement[0] == "assign":
            for target in statement[1]:
                if target in self.flags:
                    yield target, statement[2][1]
        elif self.flags:
            for inner in (s for block in ir.blocks(statement) for s in ir.statements(block)):
                if inner[0] == "assign":
                    yield from ((target, None) for target in inner[1] if target in self.flags)

    def _statement(self, statement: Stmt, state: tuple[Reached, ...], tests: frozenset[Any]) -> State:
        match statement:
            case ("if", branches, orelse, _):
                return self._branches(branches, orelse, state, tests)
            case ("for" | "while", *_):
                for e in ir.own_expressions(statement):
                    state = self._expression(e, state, tests)
                block = statement[3] if statement[0] == "for" else statement[2]
                orelse = statement[4] if statement[0] == "for" else statement[3]
                after = self._block(block, state, tests)
                return self._block(orelse, _join(state, after) or (), tests)
            case ("try", inner, handlers, orelse, final, _):
                return self._attempt(inner, handlers, orelse, final, state, tests)
            case ("with", items, inner, _, at):
                return self._managed(items, inner, at, state, tests)
            case ("match", subject, cases, _):
                state = self._expression(subject, state, tests)
                out: State = state
                for _, _, _, block in cases:
                    out = _join(out, self._block(block, state, tests))
                return out
        for e in ir.own_expressions(statement):
            state = self._expression(e, state, tests)
        return None if statement[0] in ("return", "raise", "break", "continue") else state

    def _branches(
        self, branches: Any, orelse: tuple[Stmt, ...], state: tuple[Reached, ...], tests: frozenset[Any]
    ) -> State:
        out: State = None
        for test, block in branches:
            state = self._expression(test, state, tests)
            shape = self._stable(test)
            taken = tests if shape is None else tests | {shape}
            out = _join(out, self._block(block, _compatible(state, shape), taken))
            if shape is not None:
                opposite = (shape[0], not shape[1])
                state = _compatible(state, opposite)
                tests = tests | {opposite}
        return _join(out, self._block(orelse, state, tests))

    def _attempt(
        self, inner: Any, handlers: Any, orelse: Any, final: Any, state: tuple[Reached, ...], tests: frozenset[Any]
    ) -> State:
        """Handlers start where the `try` did, and what they commit makes up for what failed: it is no part of a pair."""
        out = self._block(inner, state, tests)
        out = self._block(orelse, out, tests)
        for _, _, block, _ in handlers:
            self.exceptional += 1
            out = _join(out, self._block(block, state, tests))
            self.exceptional -= 1
        after = self._block(final, state if out is None else out, tests)
        return None if out is None else after

    def _managed(self, items: Any, inner: Any, at: int, state: tuple[Reached, ...], tests: frozenset[Any]) -> State:
        exits = [self.exits[at]] if at in self.exits else []
        for manager, _ in items:
            state = self._expression(manager, state, tests)
            exits += [self.exits[call[4]] for call in ir.calls(manager) if call[4] in self.exits]
        before = {r.event for r in state}
        after = self._block(inner, state, tests)
        if after is None or any(r.event not in before for r in after):
            return after  # the block has committed; what its end commits is the same unit of work
        for event in exits:
            after = self._commit(event, after, tests)
        return after

    def _expression(self, e: Expr, state: tuple[Reached, ...], tests: frozenset[Any]) -> tuple[Reached, ...]:
        """The calls of an expression, arguments before the call."""
        if e.__class__ is not tuple or e[0] in ("lambda", "comp"):
            return state
        if e[0] == "ifexp":  # one arm or the other
            state = self._expression(e[1], state, tests)
            one, other = (self._expression(arm, state, tests) for arm in e[2:])
            return _join(one, other) or ()
        for child in ir.children(e):
            state = self._expression(child, state, tests)
        if e[0] == "call" and e[4] in self.calls:
            state = self._commit(self.calls[e[4]], state, tests)
        return state

    def _commit(self, event: Commit, state: tuple[Reached, ...], tests: frozenset[Any]) -> tuple[Reached, ...]:
        if self.exceptional:
            return state
        guards = frozenset(event.effect.guards)
        mine = tests | guards
        for reached in state:
            if self.pair is None and not different(reached.event.session, event.session):
                if any((shape, not truth) in reached.tests for shape, truth in mine):
                    continue
                if two_steps(self.project, self.body.key, reached.event, event):
                    self.pair = (reached.event, event)
        return (*state, Reached(event, mine))

    def _stable(self, test: Expr) -> tuple[Expr, bool] | None:
        """(the test without its places, True), when it is made of names that never change; None otherwise."""
        if ir.is_a(test, "un") and test[1] == "not":
            inner = self._stable(test[2])
            return None if inner is None else (inner[0], not inner[1])
        for node in ir.walk(test):
            if node.__class__ is str and node.partition(".")[0] in self.rebound:
                return None
            if ir.is_a(node, "ref") and node[1].partition(".")[0] in self.rebound:
                return None
            if node.__class__ is tuple and node[0] in ("call", "await", "walrus", "comp", "lambda", "yield"):
                return None
        return _shape(test), True


def _is_flag(bind: tuple[Any, ...]) -> bool:
    """Whether a name is given True or False: `done = False`."""
    return bind[1] == "=" and bind[2] in (("const", True), ("const", False))


def _shape(e: Expr) -> Expr:
    if ir.is_a(e, "ref"):
        return e[1]
    if ir.is_a(e, "cmp"):
        return ("cmp", _shape(e[1]), tuple((operator, _shape(right)) for operator, right in e[2]))
    if e.__class__ is tuple and e[0] in ("bool", "op"):
        return (e[0], e[1], tuple(map(_shape, e[2])))
    return e


def _compatible(state: tuple[Reached, ...], test: tuple[Expr, bool] | None) -> tuple[Reached, ...]:
    """The commits that may lie behind where a test has come out so."""
    if test is None:
        return state
    return tuple(r for r in state if (test[0], not test[1]) not in r.tests)


def _join(one: State, other: State) -> State:
    if one is None or other is None:
        return one if other is None else other
    return tuple(dict.fromkeys((*one, *other)))
