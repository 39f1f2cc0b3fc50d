"""ORM instances as values: which query they come from, along which relationships, and what that query loads with them.

DESIGN: an abstract value is a `Rows` (a statement, its result, many instances or one), `Fields` (a dictionary, tuple or object whose
parts are known), `Each` (an iterable of such), EMPTY (None or an empty collection: it joins with anything), `Chosen` (loader options), or None: not known, about
which nothing is ever said. `path` leads from the queried entity to the instances: an order's lines have ("lines",).
"""

from __future__ import annotations

from typing import Any, TypeAlias

from layercheck.model import Place
from layercheck.project import Project
from layercheck.queries.loading import Loads
from layercheck.queries.tables import relationship, table_of
from layercheck.queries.tables_rows import Relationship
from layercheck.tuples import NamedTuple

GIVEN = -1
"""The loop of a row that was handed in: the caller knows which."""
MAX_PATH = 4
MAX_NESTING = 2
_LAZY = frozenset({"select", "lazy"})


class Rows(NamedTuple):
    """Instances of a mapped class, or the statement that gives them."""

    shape: str
    """"statement", "result" (rows not yet unpacked), "many", "pages" (lists of them), "one", "keyed" (a dictionary with instances as
    values), "groups" (one with lists of them)."""
    entity: str
    root: str
    """The entity of the query."""
    path: tuple[str, ...]
    loads: Loads
    fixed: frozenset[str]
    """Columns of the root that the query holds equal to one value."""
    source: tuple[str, int]
    """(body, ordinal) of the query."""
    owner: str = ""
    """The class at the other end of the last step of `path`."""
    loop: int = 0
    """The loop whose variable it is or hangs on: 0 none, GIVEN handed in, else one more than the ordinal of the loop."""
    given: bool = False
    """Whether it was handed in as an argument."""
    columns: tuple[str, ...] = ()
    """The entity at each position of its rows, "" for anything else, where a query asks for more than one thing."""
    asks: int = 0
    """For the query that a dynamic relationship is: the loop whose row it hangs on."""
    few: bool = False
    """A handful, by a number that is written down: `limit(5)`."""
    extent: str = "all"
    """How much of the table the query gives: "all", "listed" (what `in_` lists), "some"."""
    guarded: bool = False
    """Fetched over an async session: a lazy load would fail, so single related rows may be taken to be in the session already."""
    session: str = ""
    """The session that sent the query, as the body that holds the rows writes it: "self.db"; "" when not known."""
    expired: int = 0
    """One more than the ordinal of the commit after which the session reads a row again when it is looked at; 0: none."""
    sent: int = 0
    """One more than the ordinal of the call that sent the query, in the body that holds the rows; 0 when not known."""
    fetched: int = 0
    """The same for the one row that a loop fetches in every round; 0 for all others."""

    @property
    def place(self) -> Place:
        """The query."""
        return Place("Body", *self.source)


class Fields(NamedTuple):
    """Named parts: keys of a dictionary, positions of a tuple ("0", "1"), keywords of a schema."""

    items: tuple[tuple[str, Any], ...]
    schema: str = ""
    """The schema class that it is an instance of."""

    def get(self, name: str) -> Value:
        """The part of this name, None when not known."""
        return next((value for key, value in self.items if key == name), None)

    def part(self, name: str) -> Value:
        """The part of this name, EMPTY when there is none."""
        return next((value for key, value in self.items if key == name), EMPTY)


class Each(NamedTuple):
    """An iterable whose elements have known parts: `enumerate(rows)`, `by_id.items()`."""

    element: Any


class Const(NamedTuple):
    """True, False or None: what decides a branch."""

    held: bool
    none: bool = False


class Chosen(NamedTuple):
    """Loader options that a function is handed."""

    loads: Loads


class Empty(NamedTuple):
    """None, or a collection without elements."""


EMPTY = Empty()
Value: TypeAlias = Rows | Fields | Each | Const | Chosen | Empty | None


class Sent(NamedTuple):
    """A query that looks like something else, sent for each row of a loop: a dynamic relationship, a property that asks its session."""

    at: int
    loop: int
    text: str
    """As written: "team.size"."""
    callee: str = ""
    """The function of the project that sends it."""
    plain: bool = False
    """Whether the loop is over anything else than rows: then its kind decides."""
    fetched: int = 0
    """As in Rows: one more than the ordinal of the call that fetched the row, for one that the loop itself fetches."""
    once: bool = False
    """Whether the row remembers the answer."""


class Late(NamedTuple):
    """What is not in the row but costs a query for each, and is no lazy relationship that somebody reads."""

    attribute: str
    owner: str
    """Key of the class that declares it."""
    place: Place
    kind: str
    """"deferred", "left out" (by an option), "inherited" (a column of a subclass), "expired" (by a commit), "deleted" (a collection
    that deleting reads), "singly" (a relationship that `immediateload` fetches row by row)."""
    uselist: bool = False


class Access(NamedTuple):
    """One read on a row of a loop that sends a query: of a relationship that is loaded lazily, or of something else that is late."""

    at: int
    """The ordinal in the body that the flow was asked of."""
    row: Rows
    relationship: Relationship | Late
    text: str
    """As written: "order.customer"."""
    steps: tuple[tuple[str, int, str], ...] = ()
    """(body, ordinal, text) down to the read itself, when that is in another function."""


def join(one: Value, other: Value) -> Value:
    """What a name may hold after two branches: the same rows, with everything that either branch loads; None on contradiction."""
    if one == other or other == EMPTY:
        return one
    if one == EMPTY:
        return other
    if isinstance(one, Rows) and isinstance(other, Rows):
        if (one.shape, one.entity, one.root, one.path, one.columns) != (
            other.shape, other.entity, other.root, other.path, other.columns,
        ):  # fmt: skip
            return None
        return one._replace(
            loads=one.loads.either(other.loads), fixed=one.fixed & other.fixed, given=one.given or other.given,
            loop=one.loop or other.loop, guarded=one.guarded or other.guarded, extent=max(one.extent, other.extent), few=one.few and other.few,
            session=one.session if one.session == other.session else "", expired=min(one.expired, other.expired),
            fetched=min(one.fetched, other.fetched), sent=min(one.sent, other.sent),
        )  # fmt: skip
    if isinstance(one, Fields) and isinstance(other, Fields):
        names = dict.fromkeys([*(k for k, _ in one.items), *(k for k, _ in other.items)])
        parts = tuple((n, join(one.part(n), other.part(n))) for n in names)
        return Fields(parts, one.schema if one.schema == other.schema else "")
    return None


def element(value: Value, loop: int) -> Value:
    """What iterating over a value gives, as the variable of a loop."""
    if isinstance(value, Rows):
        if value.shape == "result" or (value.shape == "statement" and value.columns):
            return unpacked(value, loop)
        if value.shape in ("many", "statement"):
            return value._replace(shape="one", loop=loop, fetched=0)
        return value._replace(shape="many") if value.shape == "pages" else None
    return in_loop(value.element, loop) if isinstance(value, Each) else None


def unpacked(result: Rows, loop: int) -> Fields:
    """One row of a result: its parts by position, and by the names of their classes."""
    parts: list[tuple[str, Value]] = []
    for position, entity in enumerate(result.columns or (result.entity,)):
        if entity:
            fetched = 0 if loop else result.fetched
            one = result._replace(shape="one", entity=entity, root=entity, loop=loop, columns=(), fetched=fetched)
            parts += [(str(position), one), (entity.rpartition(":")[2], one)]
    return Fields(tuple(parts))


def in_loop(value: Value, loop: int) -> Value:
    """A value as it is inside a loop: its single rows change from round to round."""
    if isinstance(value, Rows):
        return value._replace(loop=loop, fetched=0) if value.shape == "one" else value
    if isinstance(value, Fields):
        return value._replace(items=tuple((k, in_loop(v, loop)) for k, v in value.items))
    return value


def leaving(value: Value, loop: int) -> Value:
    """A value as it is after a loop: the row of the last round."""
    if isinstance(value, Rows):
        return value._replace(loop=0, fetched=0) if value.loop == loop else value
    if isinstance(value, Fields):
        return value._replace(items=tuple((k, leaving(v, loop)) for k, v in value.items))
    return value


def related(project: Project, row: Rows, found: Relationship) -> Value:
    """The value of a relationship attribute of one row."""
    if found.target is None or len(row.path) >= MAX_PATH or found.uselist is None:
        return None
    many = found.uselist
    if _leads_back(project, row, found) and len(row.path) == 1:
        return row._replace(entity=row.root, path=(), owner="", loop=0, expired=0)  # the row that it came from
    return row._replace(
        shape="many" if many else "one", entity=found.target, path=(*row.path, found.attribute), owner=row.entity,
        loop=0 if many or _held(project, row, found) else row.loop, few=row.few and not many, expired=0,
        fetched=0 if many else row.fetched,
    )  # fmt: skip


def is_lazy(project: Project, row: Rows, found: Relationship) -> bool:
    """Whether reading a relationship of one row after the other sends a query for each."""
    if row.few:
        return False
    path = (*row.path, found.attribute)
    if (found.lazy not in _LAZY and path not in row.loads.lazy) or not row.loads.sure or path in row.loads.paths:
        return False
    if row.guarded and not found.uselist:
        return False
    return not (
        _leads_back(project, row, found)
        or _held(project, row, found)
        or _beside(project, row, found)
        or (not found.uselist and not row.path and row.extent == "all" and found.target == row.root)
    )


def _leads_back(project: Project, row: Rows, found: Relationship) -> bool:
    """`for line in order.lines: line.order`: the session has that order already."""
    if not row.path or found.uselist or found.target != row.owner:
        return False
    other = relationship(project, row.owner, row.path[-1])
    return other is None or found.back_populates in (None, other.attribute) or other.back_populates == found.attribute


def _beside(project: Project, row: Rows, found: Relationship) -> bool:
    """`instance.project` of the instances of a fleet whose own project is loaded: most likely the same one."""
    if not row.path or found.uselist:
        return False
    for path in row.loads.paths:
        if len(path) == 1:
            other = relationship(project, row.root, path[0])
            if other is not None and other.target == found.target and not other.uselist:
                return True
    return False


def _held(project: Project, row: Rows, found: Relationship) -> bool:
    """`where(Line.order_id == order_id)` ... `line.order`: the same one for every row, fetched once."""
    if row.path or found.uselist or not row.fixed:
        return False
    if found.attribute in row.fixed:
        return True
    if found.foreign_keys is not None:
        return any(part.strip().rpartition(".")[2] in row.fixed for part in found.foreign_keys.split(","))
    return found.target is not None and bool(_keys_of(project, row.entity, found.target) & row.fixed)


def has_key_of(project: Project, entity: str, target: str) -> bool:
    """Whether a row of an entity holds the key of the related row: that one is looked up in the session first."""
    return bool(_keys_of(project, entity, target))


def _keys_of(project: Project, entity: str, target: str) -> set[str]:
    """The columns and attributes of an entity that are foreign keys to another."""
    here, there = table_of(project, entity), table_of(project, target)
    if here is None or there is None or there.full_name is None:
        return set()
    return {
        name for c in here.columns if any(t.rpartition(".")[0] == there.full_name for t in c.foreign_keys)
        for name in (c.attribute, c.name)
    }  # fmt: skip


def handed_in(value: Value, depth: int = 0) -> Value:
    """A value as the callee sees it: what nests too deep is not followed."""
    if isinstance(value, Rows):
        return value._replace(given=True, loop=GIVEN if value.loop else 0, session="", sent=0)
    if isinstance(value, (Fields, Each)) and depth >= MAX_NESTING:
        return None
    if isinstance(value, Fields):
        return value._replace(items=tuple((k, handed_in(v, depth + 1)) for k, v in value.items))
    return Each(handed_in(value.element, depth + 1)) if isinstance(value, Each) else value


def handed_back(value: Value, loop: int, given: frozenset[tuple[str, int]]) -> Value:
    """A value as the caller sees it: `loop` is that of the row which was handed in, `given` the queries whose rows it got itself."""
    if isinstance(value, Rows):
        mine = value.source in given
        fetched = value.fetched if mine else 0
        return value._replace(loop=loop if value.loop == GIVEN else 0, given=mine, session="", fetched=fetched, sent=0)
    if isinstance(value, Fields):
        return value._replace(items=tuple((k, handed_back(v, loop, given)) for k, v in value.items))
    return Each(handed_back(value.element, loop, given)) if isinstance(value, Each) else value


def sources(value: Value) -> frozenset[tuple[str, int]]:
    """The queries whose rows were handed in with a value."""
    if isinstance(value, Rows):
        return frozenset({value.source}) if value.given else frozenset()
    if isinstance(value, Fields):
        return frozenset().union(*(sources(v) for _, v in value.items))
    return sources(value.element) if isinstance(value, Each) else frozenset()


def holds_rows(value: Value) -> bool:
    """Whether rows are somewhere in a value."""
    if isinstance(value, Rows):
        return True
    if isinstance(value, Fields):
        return any(holds_rows(v) for _, v in value.items)
    return isinstance(value, Each) and holds_rows(value.element)
