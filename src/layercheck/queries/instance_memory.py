"""What a session has at a point of a walk, and which reads send a query because it has not.

Split from the walk (`instance_flow`): this half knows no statements, only rows, loops, and what was sent, written and committed before.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.ir import Expr, dotted
from layercheck.project import Project
from layercheck.queries.asking import asking
from layercheck.queries.callgraph import sites
from layercheck.queries.commits import commits
from layercheck.queries.effects import SQL, effect_at, effect_of
from layercheck.queries.instances import Access, Rows, Sent, Value, has_key_of, is_lazy, sources
from layercheck.queries.late import expired_row, expires_on_commit, fetched_singly, late_column
from layercheck.queries.tables import relationship
from layercheck.queries.tables_rows import Relationship

_DEEP = 6


class Memory:
    """The names of a body with their values, and what its session has seen."""

    branches: int

    def __init__(self, project: Project, body: Body, given: dict[str, Value]) -> None:
        self.project = project
        self.body = body
        self.key = body.key
        self.given: frozenset[tuple[str, int]] = frozenset().union(*(sources(v) for v in given.values()))
        """The queries whose rows were handed in."""
        self.names: dict[str, Value] | None = given
        """What the names hold; None where no path arrives."""
        self.accesses: list[Access] = []
        self.sent: list[Sent] = []
        self.present: set[int] = set()
        self.loops: list[tuple[int, frozenset[str]]] = []
        """The loops around: one more than the ordinal of each, and what it binds."""
        self.extra: dict[str, list[tuple[int, frozenset[tuple[str, ...]]]]] = {}
        """What queries have loaded for the rows of an entity, and when."""
        self.written: set[str] = set()
        """What was assigned, as written ("order.note"): reading it afterwards asks nobody."""
        self.asked: dict[str, int] = {}
        """When the last query was sent that asks for an entity: one more than the ordinal of the call."""
        expiring = _expiring(project, body)
        self.commits = {at: session for at, session, exits in expiring if not exits}
        """The calls that commit, by ordinal: the session as the body writes it."""
        self.exits = {at: session for at, session, exits in expiring if exits}
        """The same of blocks that commit when they are left."""

    def read_column(self, owner: Rows, name: str, at: int, text: str, *, related_row: bool) -> None:
        """Note the read of a column that the row has not: deferred, of a subclass, or expired with the row."""
        if not owner.loop or text in self.written:
            return
        late = None if related_row else late_column(self.project, owner, name)
        if late is None and owner.expired:
            late = expired_row(self.project, owner, name)
        if late is not None and not self.asked_again(owner):
            self.accesses.append(Access(at, owner, late, text))

    def loop_of(self, index: Expr) -> int:
        """The loop that an index hangs on: `authors[key]` gives another author in every round."""
        used = names_in((index,))
        return next((loop for loop, bound in reversed(self.loops) if used & bound), 0)

    def read(self, owner: Rows, found: Relationship, at: int, text: str) -> None:
        """Note the read of a lazy relationship, unless the session has what it gives."""
        if owner.loop and text not in self.written and is_lazy(self.project, owner, found):
            if not self.has(owner, found):
                self.accesses.append(Access(at, owner, found, text))

    def replaced(self, text: str, at: int) -> None:
        """`order.lines = [...]` reads the old collection, to see what has gone."""
        first, _, name = text.rpartition(".")
        owner = (self.names or {}).get(first) if first.count(".") == 0 else None
        if isinstance(owner, Rows) and owner.shape == "one" and owner.loop and not (owner.given and self.branches):
            # a helper replaces what its other arguments name, who knows which
            found = relationship(self.project, owner.entity, name)
            if found is not None and found.uselist and not found.viewonly:
                self.read(owner, found, at, text)

    def property_of(self, owner: str, name: str, at: int, text: str) -> None:
        """`report.total` of an object that is no row, in a loop over such: a property may ask the database."""
        loop = next((loop for loop, bound in reversed(self.loops) if owner in bound), 0)
        function = asking(self.project, self.key, owner, name, at) if loop else None
        if function is not None:
            self.sent.append(Sent(at, loop, text, function, True))

    def subscript(self, owner: str, index: Expr, at: int) -> None:
        """`names[key]` of an object of the project whose `__getitem__` asks the database."""
        loop = self.loop_of(index)
        function = asking(self.project, self.key, owner, "__getitem__", at) if loop else None
        if function is not None:
            self.sent.append(Sent(at, loop, f"{owner}[...]", function, True))

    def has(self, owner: Rows, found: Relationship) -> bool:
        """Whether the session has what is read: a later query has loaded it, or a name holds all rows that a related row can be one of."""
        path = (*owner.path, found.attribute)
        if any(
            path in paths and (when > owner.sent or not owner.sent) for when, paths in self.extra.get(owner.root, ())
        ):
            return True
        for held in (self.names or {}).values():
            if (
                isinstance(held, Rows)
                and held.root == owner.root
                and held.sent < owner.sent
                and path in held.loads.paths
            ):
                if held.shape in ("many", "keyed", "groups"):
                    return True  # the same rows, perhaps, and kept
        if found.uselist or found.target is None or not has_key_of(self.project, owner.entity, found.target):
            return False
        return self.holds(found.target)

    def loaded(self, sent: Rows, at: int) -> None:
        """Note that a query was sent: what it loads is there also for the rows of an earlier one."""
        if sent.loads.paths:
            self.extra.setdefault(sent.root, []).append((at + 1, sent.loads.paths))
        self.asked[sent.root] = max(at + 1, self.asked.get(sent.root, 0))
        self.fresh(sent.root)

    def expunged(self) -> None:
        """The session has forgotten all rows."""
        self.extra.clear()
        self.asked.clear()

    def asked_again(self, row: Rows) -> bool:
        """Whether another query has asked for rows of this entity too: it may have filled in what was missing."""
        if self.asked.get(row.entity, 0) > row.sent:
            return True
        return any(
            isinstance(held, Rows)
            and held.entity == row.entity
            and held.sent < row.sent
            and held.shape in ("many", "keyed", "groups")
            for held in (self.names or {}).values()
        )

    def taken(self, rows: Value, at: int) -> Value:
        """The rows of a query where they are taken; notes what `immediateload` fetches row by row with them."""
        if not isinstance(rows, Rows) or not rows.loads.singly or rows.shape not in ("many", "statement"):
            return rows
        row = rows._replace(shape="one", loop=at + 1, fetched=0)
        for late in () if rows.given else fetched_singly(self.project, rows):
            text = f"immediateload({rows.entity.rpartition(':')[2]}.{late.attribute})"
            self.accesses.append(Access(at, row, late, text))
        return rows._replace(loads=rows.loads._replace(singly=frozenset()))

    def has_expired(self) -> bool:
        """Whether a name holds rows that a commit has expired."""
        return any(isinstance(held, Rows) and held.expired for held in (self.names or {}).values())

    def fresh(self, entity: str | None) -> None:
        """Rows of an entity, or of all, are read anew: whatever a commit has done to them before."""
        for name, held in (self.names or {}).items():
            if isinstance(held, Rows) and held.expired and entity in (None, held.entity) and self.names is not None:
                self.names[name] = held._replace(expired=0)

    def committed(self, session: str, at: int) -> None:
        """A commit: the rows of its session are read again, one by one, when somebody looks at them."""
        if not session or self.names is None:
            return
        for name, held in self.names.items():
            if not isinstance(held, Rows) or held.guarded or held.session != session:
                continue
            if held.shape in ("many", "one", "keyed", "groups"):
                self.names[name] = held._replace(expired=at + 1)

    def holds(self, entity: str) -> bool:
        """Whether a name holds all rows of an entity, or all that somebody has listed."""
        return any(
            isinstance(v, Rows)
            and v.entity == entity
            and not v.path
            and v.extent != "some"
            and v.shape in ("many", "keyed")
            for v in (self.names or {}).values()
        )


def _expiring(project: Project, body: Body) -> list[tuple[int, str, bool]]:
    """The commits of a body after which its rows are read again: (ordinal, session as written, whether a block commits at its end)."""
    if not expires_on_commit(project):
        return []
    found = []
    for event in commits(project, body.key):
        if event.session is None or event.effect.guards or event.session[0] not in ("param", "local"):
            continue
        if event.effect.callee and _asks_after(project, event.effect.callee, event.effect.name):
            continue
        kind, which = event.session
        found.append((event.at, which if kind == "param" else body.raw_binds[which][0], event.exits))
    return found


def _asks_after(project: Project, key: str, commit: str, depth: int = 0) -> bool:
    """Whether a function asks the database again after its commit: perhaps for the same rows."""
    below = effect_of(project, key, commit)
    if below is None or depth > _DEEP:
        return True
    if any(site.at > below.at and effect_at(project, key, site, SQL) is not None for site in sites(project, key)):
        return True
    return bool(below.callee) and _asks_after(project, below.callee, commit, depth + 1)


def names_in(parts: tuple[Expr, ...]) -> frozenset[str]:
    """The names in expressions, those at the start of attribute chains included."""
    nodes = (node for part in parts for node in ir.walk(part))
    return frozenset((dotted(node) or "").partition(".")[0] for node in nodes if dotted(node) is not None)
