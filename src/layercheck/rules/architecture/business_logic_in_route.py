"""Let a handler translate, and a service decide.

A rule that lives in a handler can only be reached over HTTP: the nightly job repeats it, the second route forgets half of it, and its test
needs a client, a token and a database.

How to fix: move the decisions and the computing into a function of a service that takes plain values, and let the handler call it.

What counts: `if`, `elif`, ternaries, match cases, loops, `except`, the `if` of a comprehension, and each `and`/`or` after the first (a run of
the same operator is one). Not counted: guard clauses (`if x: raise ...`, or leaving with an error response or with nothing), `except`
branches that only translate an exception, loops that only copy, build, delete or send, logging, what merely stands in for a missing value
(`x.name if x else None`, `limit or 20`), and markup that is built by nested `with` blocks.

```python bad app/routes/orders.py
from fastapi import APIRouter

from app.services import orders

router = APIRouter()


@router.get("/orders/total")
def read_total(user_id: int):
    total = 0
    for order in orders.of_user(user_id):
        total += order.price * order.quantity
    return {"total": total}
```
```python good app/routes/orders.py
from fastapi import APIRouter

from app.services import orders

router = APIRouter()


@router.get("/orders/total")
def read_total(user_id: int):
    return {"total": orders.total_of_user(user_id)}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.ir import Expr, Stmt, dotted
from layercheck.model import Fault, Level, Option, Profile, Rule, Step
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.answers import is_response_class, only_responses
from layercheck.queries.error_answers import says_error
from layercheck.queries.items import Handler
from layercheck.queries.logging_calls import log_calls
from layercheck.queries.statuses import status_value
from layercheck.queries.symbols import resolve
from layercheck.rules.architecture._computing import computes, plain_loop, unawaited
from layercheck.tuples import NamedTuple

RULE = Rule(
    code="LC105",
    name="business-logic-in-route",
    message="{handler} decides too much for a route ({figures}): move it into a service and call that",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ARCH-3",),
    since="0.1",
    options=(
        Option("branches", 4, "branch points that a handler may have"),
        Option("statements", 25, "statements that a handler may have, at any depth"),
    ),
)
_ERROR = pattern(r"error|fail|refus|denied|forbidden|unauthori|not_?found|invalid|bad_?request")
_CLEANING = frozenset({"rollback", "close", "aclose", "unlink", "print_exc", "capture_exception", "add_note"})


class _Reader(NamedTuple):
    """What the walk over one handler needs to know."""

    project: Project
    key: str
    logs: frozenset[int]
    """The ordinals of its log calls."""


class _Count:
    """The running figures of one handler."""

    def __init__(self) -> None:
        self.branches = 0
        self.operators = 0
        self.statements = 0
        self.markup = 0
        """How many plain `with` blocks that bind nothing are open: two or more build markup."""
        self.loop: int | None = None


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """A handler whose body has too many branch points or statements, or a loop that computes."""
    body = project.get(Body, handler.function.key)
    if body is None or not _worth_counting(body):
        return
    reader = _Reader(project, body.key, frozenset(log_calls(project, body.key)))
    count = _Count()
    _block(reader, body.statements, count)
    branches = count.branches + max(0, count.operators - 1)
    figures = []
    if branches > _limit(project, "branches"):
        figures.append(f"{branches} branch points")
    if count.statements > _limit(project, "statements"):
        figures.append(f"{count.statements} statements")
    steps: tuple[Step, ...] = ()
    if count.loop is not None:
        figures.append("a loop that computes over rows")
        steps = (Step(body.place(count.loop), "this loop computes"),)
    if figures:
        yield Fault(handler.place, {"handler": handler.function.name, "figures": ", ".join(figures)}, steps)


def _limit(project: Project, name: str) -> int:
    value = project.settings.option(RULE, name)
    return value if isinstance(value, int) else 0


def _worth_counting(body: Body) -> bool:
    """Whether a body has any control structure, or enough statements, to be over a limit."""
    return len(body.raw_contexts) > 1 or len(body.statements) > 1


# ------------------------------------------------------------------------------------------------------------ counting


def _block(reader: _Reader, block: tuple[Stmt, ...], count: _Count) -> None:
    for statement in block:
        _statement(reader, statement, count)


def _statement(reader: _Reader, statement: Stmt, count: _Count) -> None:
    kind = statement[0]
    if kind in ("import", "pass", "def", "class", "global") or _is_silent(reader, statement):
        return
    if kind == "if":
        _if(reader, statement, count)
        return
    if kind == "with":
        _with(reader, statement, count)
        return
    if kind != "expr" or count.markup < 2:
        count.statements += 1
    for e in ir.own_expressions(statement):
        _expression(e, count)
    if kind in ("for", "while"):
        if kind == "for" and count.loop is None and computes(statement):
            count.loop = statement[-1]
        if not plain_loop(statement):
            count.branches += 1
    if kind == "try":
        _try(reader, statement, count)
        return
    if kind == "match":
        count.branches += sum(not _refuses(reader, inner) for *_, inner in statement[2])
    for block in ir.blocks(statement):
        _block(reader, block, count)


def _if(reader: _Reader, statement: Stmt, count: _Count) -> None:
    """Each branch that does more than refuse is a branch point; an `if` of guards alone is not even a statement."""
    deciding = 0
    for test, block in statement[1]:
        if _refuses(reader, block):
            continue
        deciding += 1
        _expression(test, count)
        _block(reader, block, count)
    count.branches += deciding
    if deciding or (statement[2] and not _refuses(reader, statement[2])):
        count.statements += 1
    if not _refuses(reader, statement[2]):
        _block(reader, statement[2], count)


def _try(reader: _Reader, statement: Stmt, count: _Count) -> None:
    _block(reader, statement[1], count)
    for _, _, inner, _ in statement[2]:
        if not _refuses(reader, inner):
            count.branches += 1
            _block(reader, inner, count)
    _block(reader, statement[3], count)
    _block(reader, statement[4], count)


def _with(reader: _Reader, statement: Stmt, count: _Count) -> None:
    """`with tag.div():` is no statement of its own, two inside each other hold markup, and what is deeper is nothing else."""
    nests = not statement[3] and all(target is None for _, target in statement[1])
    if nests and count.markup >= 2:
        return
    for e in ir.own_expressions(statement):
        _expression(e, count)
    count.markup += nests
    count.statements += not nests
    _block(reader, statement[2], count)
    count.markup -= nests


def _expression(e: Expr, count: _Count) -> None:
    """Adds the ternaries, comprehension conditions and boolean operators of an expression."""
    for node in ir.walk(e):
        match node:
            case ("ifexp", test, one, other):
                if not _stands_in(test, one, other):
                    count.branches += 1
            case ("comp", _, _, generators, _):
                count.branches += sum(len(conditions) for _, _, conditions, _ in generators)
            case ("bool", operator, operands):
                if operator == "and" or not _is_empty(operands[-1]):
                    count.operators += 1


def _stands_in(test: Expr, one: Expr, other: Expr) -> bool:
    """`x.name if x else None`, `None if x is None else x.name`: absence handed on, not a decision."""
    if ir.is_a(test, "un") and test[1] == "not":
        return _stands_in(test[2], other, one)
    if ir.is_a(test, "cmp"):
        if len(test[2]) != 1 or test[2][0][1] != ("const", None):
            return False
        return _is_empty(other) or _is_empty(one) or test[1] in (one, other)
    return _is_value(test) and (_is_empty(other) or one == test)


def _is_value(e: Expr) -> bool:
    """A name, an attribute, an item or a call: tested for being there."""
    return e.__class__ is str or e[0] in ("ref", "attr", "item", "call", "await")


def _is_empty(e: Expr) -> bool:
    """A constant or an empty container: what stands for a missing value."""
    return ir.is_a(e, "const") or (e.__class__ is tuple and e[0] in ("list", "dict", "tuple", "set") and not e[1])


# ---------------------------------------------------------------------------------------------------- what is not counted


def _is_silent(reader: _Reader, statement: Stmt) -> bool:
    """A docstring or a log call."""
    if statement[0] != "expr":
        return False
    e = unawaited(statement[1])
    return ir.text_of(e) is not None or e == ("const", ...) or (ir.is_a(e, "call") and e[4] in reader.logs)


def _refuses(reader: _Reader, block: tuple[Stmt, ...]) -> bool:
    """A block that only ends the request: logs, cleans up, then raises, returns an error response or returns nothing."""
    if not block:
        return False
    *before, last = block
    if last[0] == "if" and last[2]:
        if not all(_refuses(reader, inner) for _, inner in last[1]) or not _refuses(reader, last[2]):
            return False
    elif last[0] != "raise" and not (last[0] == "return" and _is_refusal(reader, last[1], before)):
        return False
    return all(_prepares(reader, statement) for statement in before)


def _prepares(reader: _Reader, statement: Stmt) -> bool:
    if _is_silent(reader, statement) or statement[0] in ("assign", "ann", "import", "pass"):
        return True
    if statement[0] == "if":
        return not statement[2] and all(
            _refuses(reader, inner) or all(_is_silent(reader, one) for one in inner) for _, inner in statement[1]
        )
    if statement[0] != "expr":
        return False
    e = unawaited(statement[1])
    return ir.is_a(e, "call") and ir.last_name(e[1]) in _CLEANING


def _is_refusal(reader: _Reader, e: Expr | None, before: list[Stmt]) -> bool:
    """Nothing, a payload that says error, a response with an error status, or a name that was just given one."""
    e = unawaited(e)
    if e is None or e == ("const", None) or says_error(e):
        return True
    if e.__class__ is str:
        values = [statement[2] for statement in before if statement[0] == "assign" and e in statement[1]]
        return len(values) == 1 and values[0].__class__ is tuple and _is_refusal(reader, values[0], [])
    if not ir.is_a(e, "call"):
        return False
    name = dotted(e[1])
    symbol = resolve(reader.project, reader.key, name) if name is not None else None
    if symbol is None:
        return False
    if not is_response_class(reader.project, symbol) and not only_responses(reader.project, symbol):
        return False
    given = ir.keyword(e, "status_code")
    status = status_value(reader.project, reader.key, given) if given is not None else None
    return (
        (status >= 400 or status in (204, 304))
        if status is not None
        else bool(_ERROR.search(symbol.rpartition(":")[2].lower()))
    )
