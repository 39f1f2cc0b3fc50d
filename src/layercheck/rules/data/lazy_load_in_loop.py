"""Load with the query what the loop reads.

A relationship that is declared lazy is fetched at the moment somebody reads it: one query for the list, then one more for each row
(N+1). Nothing shows it, since the access looks like an attribute. Under asyncio the access fails instead.

How to fix: name the relationship in the query, `select(Order).options(selectinload(Order.lines))` (or `joinedload` for a single
related row), or load it eagerly where it is declared (`lazy="selectin"`). The finding says which option to add, and to which query.

Three things must hold: the rows come from a query that layercheck can find, in whatever function; the relationship is declared lazy;
and no loader option of the query loads it. The access may be in the loop itself, in a property, in a function that the loop calls, in
a schema that is made from each row, or in the response model of a handler that returns the rows.

Other things that are not in the row cost the same and are reported too: a deferred column, or one that `load_only` or `defer` leaves out; a
column of a subclass with a table of its own; any column after `session.commit()` has expired the rows (where nothing in the project says
`expire_on_commit`, and the sessions come from no library with settings of its own); the collections that `session.delete` deletes with a row; a
collection that is replaced, since the old one is read; what `immediateload` fetches row by row. The row that a loop fetches itself counts
where query-in-loop reports the fetching.

Spared are `lazy="raise"`, dynamic and write-only relationships, rows of unknown origin, and reads that need no query: `line.order` of the
lines of one order, a related row that the session has because a name holds all rows of its table, or all that `in_` lists, the rows of
`limit(5)`, what the same round has read before. Spared are too, beyond the catalogue's wording, scripts, start-up and seed code, where
nobody waits, and a read after which the loop is left; queue workers are not. Not seen are the collections that a flush reads because
the children of a deleted row have to forget it.

The nested collection of a single result costs one query and is not reported, in no profile (the catalogue has it for the strict one);
a collection of each of its items is one query an item, and is reported. Climbing a tree (`while node.parent: node = node.parent`) is a
loop too. Over an async session a lazy load fails, so code that runs has its single related rows and its columns in the session already: there
only collections count, and what is awaited through `awaitable_attrs`. What one call or one response model reads is one finding; a loop's own
reads are one for each relationship.

```python bad app/services/orders.py
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship()


def names(session: Session) -> list[str]:
    return [order.customer.name for order in session.scalars(select(Order))]
```
```python good app/services/orders.py
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship()


def names(session: Session) -> list[str]:
    statement = select(Order).options(joinedload(Order.customer))
    return [order.customer.name for order in session.scalars(statement)]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.handlers import Registration
from layercheck.queries.instance_sources import may_read_rows, own_flow
from layercheck.queries.instances import Access, Fields, Late, Rows, Value, element
from layercheck.queries.items import Handler
from layercheck.queries.loops import comes_before, left_after
from layercheck.queries.models import is_schema
from layercheck.queries.occasions import may_note
from layercheck.queries.repeated import repeated
from layercheck.queries.roles import is_startup
from layercheck.queries.schema_reads import Read, nested_reads, read_name, schema_reads
from layercheck.queries.schemas import classes_in, schema_fields
from layercheck.queries.tables import maps_anything, relationship
from layercheck.queries.tables_rows import Relationship
from layercheck.queries.words import only_in, only_with

RULE = Rule(
    code="LC602",
    name="lazy-load-in-loop",
    message="{text} loads {owner}.{relation}{more} with one query a row: add {option} to the query{where}",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("DATA-5",),
    since="0.1",
)
_SHOWN = 3
_DECLARED = {
    "": "is declared lazy",
    "deferred": "is deferred",
    "left out": "is left out by the query",
    "inherited": "is a column of a subclass",
    "expired": "is read again",
    "deleted": "is deleted with its owner",
    "singly": "is fetched for each row",
}
_MESSAGES = {
    "expired": "{text} reads each {owner} again with one query a row, after a commit: read the rows before it, or fetch them again "
    "with one query",
    "deleted": "{text} loads {owner}.{relation}{more} with one query a row: add {option} to the query{where}, or leave it to the "
    "database (passive_deletes=True and ondelete)",
    "singly": "{text} fetches {owner}.{relation}{more} with one query a row: use {option} in the query{where}",
}


@only_in(may_read_rows)
@only_with(where=may_note)
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each lazy relationship that a loop reads of its rows; one finding a loop and relationship."""
    if project.get(Function, body.key) is None:
        return
    found = own_flow(project, body.key).accesses
    if not found or is_startup(project, body.key):
        return
    groups: dict[tuple[object, ...], list[Access]] = {}
    for access in found:
        if access.row.given or left_after(body, access.row.loop, access.at):
            continue
        if access.row.fetched and access.row.fetched - 1 not in repeated(project, body.key):
            continue  # the loop that fetches the row is none over data
        direct = (access.row.loop, access.row.path, access.relationship.attribute)
        if _kind(access) == "expired":
            direct = (access.row.loop, access.row.path, "")  # the first column that is read brings all
        alone = access.steps or _kind(access) == "deleted"
        groups.setdefault((access.at,) if alone else direct, []).append(access)
    seen: dict[tuple[object, ...], list[int]] = {}
    for group in sorted(groups.values(), key=lambda group: group[0].at):
        what = {(a.row.loop, a.row.source, a.row.path, a.relationship.attribute) for a in group}
        if not all(any(comes_before(body, at, group[0].at) for at in seen.get(one, ())) for one in what):
            yield _fault(project, body.place(group[0].at), body.key, group)  # else the rows have it already
        for one in what:
            seen.setdefault(one, []).append(group[0].at)


def check_responses(handler: Handler, project: Project) -> Iterator[Fault]:
    """Each lazy relationship that the response model of a handler reads of the rows it returns."""
    function = handler.function
    if not maps_anything(project) or not handler.registrations:
        return
    annotation, scope = _declared(handler.registrations[0], function)
    found = []
    for at, value in own_flow(project, function.key).returns:
        for read in _responses(project, scope, annotation, value):
            where = (read.field.place.key, read.field.place.at, f"{read.schema_name}.{read.field.name} reads it")
            found.append(Access(at, read.row, read.relationship, f"{read.schema_name}.{read.field.name}", (where,)))
    if found:
        yield _fault(project, function.place(), function.key, found)


def _declared(registration: Registration, function: Function) -> tuple[Expr | None, str]:
    value = ir.keyword(registration.call, "response_model")
    if value is not None:
        return (None if value == ("const", None) else value), registration.scope
    return function.returns, function.key


def _responses(
    project: Project, scope: str, annotation: Expr | None, value: Value, given: tuple[str, ...] = ()
) -> Iterator[Read]:
    """What a response annotation reads of the value that a handler returns; `given` are the arguments of a generic schema around it."""
    if annotation is None:
        return
    schemas = tuple(s for s in classes_in(project, scope, annotation) if is_schema(project, s)) or given
    if isinstance(value, Rows):
        row = element(value, 1) if value.shape == "many" else value
        if value.shape == "keyed":
            row, value = value._replace(shape="one", loop=1), value._replace(shape="many")
        if isinstance(row, Rows) and row.shape == "one":
            reads = schema_reads if value.shape == "many" else nested_reads
            for schema in schemas:
                yield from reads(project, row, schema)
    elif isinstance(value, Fields) and not value.schema:
        for schema in schemas:
            arguments = tuple(s for s in schemas if s != schema)
            for field in schema_fields(project, schema):
                yield from _responses(project, field.owner, field.annotation, value.get(read_name(field)), arguments)


def _fault(project: Project, where: Place, key: str, group: list[Access]) -> Fault:
    """One finding for what one place reads; the relationships beyond the first are counted, their options named."""
    first = group[0]
    row, found = first.row, first.relationship
    same = [a for a in group if a.row.source == row.source]
    options = list(dict.fromkeys(option(project, a.row, a.relationship) for a in same))
    late = found if isinstance(found, Late) else None
    others = len(dict.fromkeys((a.row.source, a.row.path, a.relationship.attribute) for a in group)) - 1
    fields = {
        "text": first.text,
        "owner": found.owner.rpartition(":")[2],
        "relation": found.attribute,
        "more": f" (and {others} more)" if others else "",
        "option": ", ".join(options[:_SHOWN]) + (", ..." if len(options) > _SHOWN else ""),
        "where": _query_text(row, key),
    }
    steps = [Step(row.place, "the query")]
    steps += [Step(Place(_row(project, key_), key_, at), text) for key_, at, text in first.steps]
    steps += [
        Step(a.relationship.place, f"{a.relationship.attribute} {_DECLARED[_kind(a)]}")
        for a in {(a.relationship.place, a.relationship.attribute): a for a in group}.values()
    ]
    if late is None or late.kind not in _MESSAGES:
        return Fault(where, fields, tuple(steps))
    if late.kind == "expired":
        steps.insert(1, Step(Place("Body", key, row.expired - 1), "expires the rows"))
    return Fault(where, fields, tuple(steps), message=_MESSAGES[late.kind])


def _kind(access: Access) -> str:
    return access.relationship.kind if isinstance(access.relationship, Late) else ""


def _row(project: Project, key: str) -> str:
    return "Body" if project.get(Function, key) is not None else "Class"


def _query_text(row: Rows, key: str) -> str:
    source = row.source[0]
    return "" if source == key else f" in {source.partition(':')[2]}() ({source.partition(':')[0]})"


def option(project: Project, row: Rows, read: Relationship | Late) -> str:
    """The loader option that is missing: `selectinload(Order.lines).joinedload(Line.book)`, `undefer(Book.text)`."""
    parts = []
    entity: str | None = row.root
    column = isinstance(read, Late) and read.kind in ("deferred", "left out", "inherited")
    for name in row.path if column else (*row.path, read.attribute):
        found = relationship(project, entity, name) if entity is not None else None
        loader = "joinedload" if found is not None and found.uselist is False else "selectinload"
        parts.append(f"{loader}({(entity or '?').rpartition(':')[2]}.{name})")
        entity = found.target if found is not None else None
    if isinstance(read, Late) and column:
        own = row.entity.rpartition(":")[2]
        cls = read.owner.rpartition(":")[2]
        inherited = read.kind == "inherited"
        parts.append(f"selectin_polymorphic({own}, [{cls}])" if inherited else f"undefer({own}.{read.attribute})")
    return ".".join(parts)
