"""Select the column that you use, not the whole row.

`[book.id for book in session.scalars(select(Book))]` fetches every column of every row, long texts and documents included, makes an
object of each and keeps it in the session, only to throw all but one value away.

How to fix: select the column: `session.scalars(select(Book.id))`.

What counts: many rows of one table class, fetched by a query that is built in the same function, of which loops and comprehensions read
one and the same column and nothing else is done with them. Not reported: rows that are changed, returned or passed on, whole or in a
list; relationships and properties; queries with loader options (`load_only`), with `distinct()` or locks; tables of two columns; single
rows, which cost next to nothing and often are in the session already.

```python bad app/repositories/books.py
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Book


def identifiers(session: Session, author_id: int) -> list[int]:
    return [book.id for book in session.scalars(select(Book).where(Book.author_id == author_id))]
```
```python bad app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int]
    summary: Mapped[str]
```
```python good app/repositories/books.py
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Book


def identifiers(session: Session, author_id: int) -> list[int]:
    return list(session.scalars(select(Book.id).where(Book.author_id == author_id)))
```
```python good app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int]
    summary: Mapped[str]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, Stmt, dotted
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callgraph import with_nested
from layercheck.queries.reads import Read, looped_read
from layercheck.queries.tables import table_of
from layercheck.queries.words import only_with
from layercheck.tuples import NamedTuple

RULE = Rule(
    code="LC605",
    name="over-fetching-query",
    message="{column} is all that is used of these rows: select({column}) instead of the whole {entity}",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("PERF-2",),
    since="0.1",
)
_STARTS = frozenset({"all", "exec", "execute", "fetchall", "list", "query", "scalars", "sorted", "tuple"})
_KEEPING = frozenset({
    "all", "execution_options", "fetchall", "filter", "filter_by", "join", "limit", "offset", "order_by", "outerjoin", "scalars",
    "select_from", "slice", "unique", "where", "yield_per",
})  # fmt: skip
"""Methods that mean the same when a column is selected."""
_MUTATORS = frozenset({
    "add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update",
})  # fmt: skip
_FEW = 2


class _Loop(NamedTuple):
    """One loop over rows: the variable, what is iterated over, and everything in which the variable stands for a row."""

    variable: str
    iterable: Expr
    scope: tuple[Expr, ...]
    targets: tuple[Expr, ...] | None
    """What statements in the loop assign to or delete; None for a comprehension, whose variable ends with it."""


@only_with(*_STARTS)
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each query for whole rows of which only one column is read."""
    if not any(ir.last_name(call[1]) in _STARTS for call, *_ in body.raw_calls):
        return
    loops = list(_loops(body))
    contexts = {raw[0][4]: raw[1] for raw in body.raw_calls}
    for loop in loops:
        call = _call(loop.iterable)
        if call is not None:
            yield from _report(
                project, body, looped_read(project, body, loop.iterable, contexts.get(call[4], 0)), call, [loop]
            )
    for name in dict.fromkeys(loop.iterable for loop in loops if loop.iterable.__class__ is str):
        binds = [raw for raw in body.raw_binds if raw[0] == name]
        over = [loop for loop in loops if loop.iterable == name]
        call = _call(binds[0][2]) if len(binds) == 1 and binds[0][1] == "=" else None
        if call is not None and _only_looped(project, body, name, len(over)):
            yield from _report(project, body, looped_read(project, body, binds[0][2], binds[0][4]), call, over)


def _report(project: Project, body: Body, read: Read | None, call: Expr, loops: list[_Loop]) -> Iterator[Fault]:
    if read is None or not read.methods <= _KEEPING:
        return
    used: set[str] = set()
    for loop in loops:
        found = _attributes(body, loop)
        if found is None:
            return
        used |= found
    table = table_of(project, read.cls)
    if len(used) != 1 or table is None or len(table.columns) <= _FEW:
        return
    (attribute,) = used
    if any(column.attribute == attribute for column in table.columns):
        entity = read.cls.rpartition(":")[2].rpartition(".")[2]
        yield Fault(body.place(call[4]), {"column": f"{entity}.{attribute}", "entity": entity})


def _call(e: Expr) -> Expr | None:
    inner = e[1] if ir.is_a(e, "await") else e
    return inner if ir.is_a(inner, "call") else None


def _loops(body: Body) -> Iterator[_Loop]:
    """Every loop and comprehension whose variable is one name."""
    for statement in ir.statements(body.statements):
        if statement[0] == "for" and statement[1].__class__ is str:
            inside = (*statement[3], *statement[4])
            yield _Loop(statement[1], statement[2], tuple(ir.expressions(inside)), tuple(_assigned(inside)))
    for e in ir.expressions(body.statements):
        if not ir.is_a(e, "comp"):
            continue
        for index, (target, iterable, conditions, _) in enumerate(e[3]):
            if target.__class__ is str:
                after = [part for _, it, tests, _ in e[3][index + 1 :] for part in (it, *tests)]
                parts = (e[2], *conditions, *after)
                yield _Loop(target, iterable, tuple(node for part in parts for node in ir.walk(part)), None)


def _assigned(inside: tuple[Stmt, ...]) -> Iterator[Expr]:
    for statement in ir.statements(inside):
        match statement:
            case ("assign", targets, *_) | ("del", targets, _):
                yield from targets
            case ("ann" | "aug" | "for", target, *_):
                yield target
            case ("with", items, *_):
                yield from (target for _, target in items if target is not None)


def _attributes(body: Body, loop: _Loop) -> set[str] | None:
    """The attributes of the row that a loop reads; None when the row is used in any other way."""
    name = loop.variable
    if loop.targets is not None and (
        not _bound_by_loops_alone(body, name)
        or any(_root(node) == name for target in loop.targets for node in ir.walk(target))
    ):
        return None
    if any(ir.is_a(node, "comp") and any(t == name for t, *_ in node[3]) for node in loop.scope):
        return None
    found: set[str] = set()
    for node in loop.scope:
        if _root(node) != name:
            continue
        parts = (dotted(node) or "").split(".")
        if len(parts) == 1 or parts[-1] in _MUTATORS:
            return None
        found.add(parts[1])
    return found


def _bound_by_loops_alone(body: Body, name: str) -> bool:
    """Whether the variable of a `for` has one binding (beside comprehensions) and never stands for the row after the loop."""
    binds = [raw[1] for raw in body.raw_binds if raw[0] == name]
    bare = sum(1 for node in ir.expressions(body.statements) if node == name)
    return binds.count("for") == 1 and set(binds) <= {"for", "comp"} and bare == len(binds)


def _root(node: Expr) -> str:
    return (dotted(node) or "").partition(".")[0]


def _only_looped(project: Project, body: Body, name: str, loops: int) -> bool:
    """Whether a list is only iterated over, counted and tested for being empty."""
    uses = 0
    harmless = 1 + loops  # the binding itself
    for statement in ir.statements(body.statements):
        if statement[0] == "if":
            harmless += sum(1 for test, _ in statement[1] if test == name)
    for node in ir.expressions(body.statements):
        if _root(node) == name:
            uses += 1
        elif node == ("un", "not", name) or (ir.is_a(node, "call") and node[1:4] == ("len", (name,), ())):
            harmless += 1
    return uses == harmless and not _used_inside(project, body, name)


def _used_inside(project: Project, body: Body, name: str) -> bool:
    function = project.get(Function, body.key)
    for key in with_nested(project, body.key) if function is not None and function.nested else ():
        inner = project.get(Body, key)
        if key != body.key and inner is not None and any(_root(e) == name for e in ir.expressions(inner.statements)):
            return True
    return False
