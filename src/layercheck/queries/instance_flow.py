"""What a function does with ORM instances: walked statement by statement, with the values that its names hold.

DESIGN: one walk over the stored statements with an environment of abstract values (`instances`). A call of a project function with
known rows is answered by the flow of the callee under those arguments, so chains of any length cost one walk for each way in which a
function is used. Branches are joined, loops are walked once, what is not understood is None.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, Stmt
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, sites
from layercheck.queries.instance_memory import Memory, names_in
from layercheck.queries.instances import (
    EMPTY,
    Access,
    Const,
    Each,
    Fields,
    Rows,
    Sent,
    Value,
    element,
    in_loop,
    join,
    leaving,
    related,
)
from layercheck.queries.listed import is_handful
from layercheck.queries.tables import relationship
from layercheck.tuples import NamedTuple

Environment = tuple[tuple[str, Value], ...]


class Flow(NamedTuple):
    """What one walk found out."""

    returned: Value
    """What the function gives; for a generator the rows that it yields."""
    returns: tuple[tuple[int, Value], ...]
    """Each `return` by its ordinal."""
    accesses: tuple[Access, ...]
    """Reads of lazy relationships, row by row."""
    sent: tuple[Sent, ...] = ()
    """Queries that do not look like one."""
    present: frozenset[int] = frozenset()
    """The `session.get(...)` calls, by ordinal, whose row the session has already."""


NOTHING = Flow(None, (), ())
"""What a walk finds that meets no rows."""


@query(bottom=NOTHING)
def flow(project: Project, key: str, receiver: Any = None, given: Environment = ()) -> Flow:
    """The walk of one function; `receiver` is the type of `self` where it is narrower than the class, `given` the known arguments."""
    body = project.get(Body, key)
    return NOTHING if body is None else walked(project, body, receiver, given)


def walked(project: Project, body: Body, receiver: Any = None, given: Environment = ()) -> Flow:
    """`flow`, not remembered."""
    walker = Walker(project, body, receiver, dict(given))
    walker.block(body.statements)
    function = project.get(Function, body.key)
    out: Value = EMPTY
    if function is not None and function.is_generator:
        for value in walker.yields:
            out = join(out, value)
    else:
        for _, value in walker.returns:
            out = join(out, value)
    return Flow(
        None if out == EMPTY else out, tuple(walker.returns), tuple(dict.fromkeys(walker.accesses)),
        tuple(dict.fromkeys(walker.sent)), frozenset(walker.present),
    )  # fmt: skip


class Walker(Memory):
    """One walk over one body."""

    def __init__(self, project: Project, body: Body, receiver: Any, given: dict[str, Value]) -> None:
        super().__init__(project, body, given)
        self.receiver = receiver
        self.returns: list[tuple[int, Value]] = []
        self.yields: list[Value] = []
        self.branches = 0
        """How many `if` are around."""
        self.rounds = 0
        """How many `while` loops are around: a handful in each round is not a handful."""
        self.sites: dict[int, Site] = {site.at: site for site in sites(project, body.key)}

    # ------------------------------------------------------------------------------------------------- statements

    def block(self, statements: tuple[Stmt, ...]) -> None:
        """Walk statements in order, until a path ends."""
        for statement in statements:
            if self.names is None:
                return
            self._statement(statement)

    def _statement(self, statement: Stmt) -> None:
        walked = _STATEMENTS.get(statement[0])
        if walked is not None:
            walked(self, statement)
            return
        for e in ir.own_expressions(statement):
            self.value(e)

    def _assign(self, statement: Stmt) -> None:
        _, targets, value, _ = statement
        held = self.value(value)
        for target in targets:
            self.bind(target, held)

    def _annotated(self, statement: Stmt) -> None:
        _, target, _, value, _ = statement
        if value is not None:
            self.bind(target, self.value(value))

    def _augmented(self, statement: Stmt) -> None:
        _, target, _, value, _ = statement
        held = self.value(value)
        if target.__class__ is str and self.names is not None:
            self.names[target] = join(self.names.get(target), held)
        elif target.__class__ is not str:
            self.value(target)  # `order.total += 1` reads it first

    def _return(self, statement: Stmt) -> None:
        _, value, at = statement
        self.returns.append((at, EMPTY if value is None else self.value(value)))
        self.names = None

    def _leave(self, statement: Stmt) -> None:
        for e in ir.own_expressions(statement):
            self.value(e)
        self.names = None

    def _for(self, statement: Stmt) -> None:
        _, target, iterable, inner, orelse, _, at = statement
        self._loop(target, iterable, inner, at)
        self.block(orelse)

    def _while(self, statement: Stmt) -> None:
        _, test, inner, orelse, at = statement
        self._climb(inner, at)
        self.rounds += 1
        self.value(test)
        self.loops.append((at + 1, names_in(_assigned(inner))))
        self._either((inner, ()))
        self.loops.pop()
        self.names = _left(self.names, at + 1)
        self.rounds -= 1
        self.block(orelse)

    def _with(self, statement: Stmt) -> None:
        _, items, inner, _, at = statement
        for manager, target in items:
            held = self.value(manager)
            if target is not None:
                self.bind(target, held)
        self.block(inner)
        for ends in (at, *(manager[4] for manager, _ in items if ir.is_a(manager, "call"))):
            self.committed(self.exits.get(ends, ""), ends)

    def _match(self, statement: Stmt) -> None:
        _, subject, cases, _ = statement
        self.value(subject)
        self._either((*(block for _, _, _, block in cases), ()))

    def _either(self, blocks: tuple[tuple[Stmt, ...], ...]) -> None:
        before = self.names
        out: dict[str, Value] | None = None
        for block in blocks:
            out = _joined(out, self._from(before, block))
        self.names = out

    def _from(self, before: dict[str, Value] | None, block: tuple[Stmt, ...]) -> dict[str, Value] | None:
        """What the names hold after a block that begins with these."""
        self.names = None if before is None else dict(before)
        self.block(block)
        return self.names

    def _branches(self, statement: Stmt) -> None:
        _, branches, orelse, _ = statement
        out: dict[str, Value] | None = None
        self.branches += 1
        for test, block in branches:
            self.value(test)
            known = self._decided(test)
            before = self.names
            if known is not False:
                out = _joined(out, self._from(before, block))
            self.names = None if known else before
        self.block(orelse)
        self.branches -= 1
        self.names = _joined(out, self.names)

    def _decided(self, test: Expr) -> bool | None:
        """How a test comes out, where a literal argument or a default decides it."""
        if test.__class__ is str:
            held = (self.names or {}).get(test)
            return held.held if isinstance(held, Const) else None
        if ir.is_a(test, "un") and test[1] == "not":
            inner = self._decided(test[2])
            return None if inner is None else not inner
        match test:
            case ("cmp", str(name), (("is" | "is not" as operator, ("const", None)),), _):
                held = (self.names or {}).get(name)
                return held.none is (operator == "is") if isinstance(held, Const) else None
        if ir.is_a(test, "bool"):
            parts = [self._decided(part) for part in test[2]]
            decisive = test[1] == "or"
            return decisive if decisive in parts else None
        return None

    def _loop(self, target: Expr, iterable: Expr, inner: tuple[Stmt, ...], at: int) -> None:
        held = self.value(iterable)
        held = self.taken(held, at)
        before = dict(self.names or {})
        self.bind(target, element(held, at + 1))
        self.loops.append((at + 1, names_in((target, *_assigned(inner)))))
        self.block(inner)
        self.loops.pop()
        self.names = _left(_joined(before, self.names), at + 1)

    def _climb(self, inner: tuple[Stmt, ...], at: int) -> None:
        """`node = node.parent` in a `while`: another row in every round."""
        for statement in ir.statements(inner):
            if statement[0] == "assign" and self.names is not None:
                for target in statement[1]:
                    held = self.names.get(target) if target.__class__ is str else None
                    if isinstance(held, Rows) and held.shape == "one" and ir.is_a(statement[2], "ref"):
                        owner, _, name = statement[2][1].rpartition(".")
                        found = relationship(self.project, held.entity, name) if owner == target else None
                        if found is not None and found.target == held.entity:
                            self.names[target] = held._replace(loop=at + 1, fetched=0)

    def _attempt(self, statement: Stmt) -> None:
        _, inner, handlers, orelse, final, _ = statement
        before = dict(self.names or {})
        self.block(inner)
        self.block(orelse)
        out = self.names
        for _, _, block, _ in handlers:
            out = _joined(out, self._from(before, block))
        self.names = dict(before) if out is None else out
        self.block(final)
        if out is None:
            self.names = None

    def bind(self, target: Expr, value: Value) -> None:
        """Give a value to a name or to the parts of a tuple; attributes and items are not followed."""
        if self.names is None:
            return
        if target.__class__ is str:
            self.names[target] = value
            self.written = {text for text in self.written if not text.startswith(f"{target}.")}
        elif ir.is_a(target, "tuple") or ir.is_a(target, "list"):
            for position, part in enumerate(target[1]):
                held = value.get(str(position)) if isinstance(value, Fields) else None
                self.bind(part[1] if ir.is_a(part, "star") else part, None if ir.is_a(part, "star") else held)
        elif ir.is_a(target, "item") and target[1].__class__ is str:
            self._store_item(target[1], value)
        elif ir.is_a(target, "ref"):
            self.replaced(target[1], target[2])
            self.written.add(target[1])
            if target[1].startswith("self."):
                self.names[target[1]] = value

    def _store_item(self, name: str, value: Value) -> None:
        """`by_id[order.id] = order`: a dictionary with rows as values."""
        if self.names is not None and isinstance(value, Rows) and value.shape == "one":
            self.names[name] = join(self.names.get(name), value._replace(shape="keyed", loop=0))

    # ------------------------------------------------------------------------------------------------ expressions

    def value(self, e: Expr | None) -> Value:
        """The value of an expression; notes what is read on the way."""
        if e is None:
            return EMPTY
        if e.__class__ is str:
            return self.chain(e, 0)
        walked = _EXPRESSIONS.get(e[0])
        if walked is not None:
            return walked(self, e)
        for child in ir.children(e):
            self.value(child)
        return None

    def _constant(self, e: Expr) -> Value:
        held = e[1]
        return EMPTY if held is None else Const(held) if held is True or held is False else None

    def _called(self, e: Expr) -> Value:
        from layercheck.queries.instance_calls import called

        return called(self, e)

    def _attribute_of(self, e: Expr) -> Value:
        _, owner, name, at = e
        return self.attribute(self.value(owner), name, at, f"{ir.last_name(owner) or '...'}.{name}")

    def _subscript_of(self, e: Expr) -> Value:
        _, owner, index, at = e
        held = self.value(owner)
        if held is None and owner.__class__ is str and self.loops:
            self.subscript(owner, index, at)
        return self._item(held, index)

    def _yield(self, e: Expr) -> Value:
        held = self.value(e[1])
        self.yields.append(
            held._replace(shape="many", loop=0) if isinstance(held, Rows) and held.shape == "one" else None
        )
        return None

    def _yield_from(self, e: Expr) -> Value:
        self.yields.append(self.value(e[1]))
        return None

    def _walrus(self, e: Expr) -> Value:
        held = self.value(e[2])
        self.bind(e[1], held)
        return held

    def _listed(self, e: Expr) -> Value:
        return self._collection([self.value(item) for item in e[1]], [ir.is_a(item, "star") for item in e[1]])

    def _tuple(self, e: Expr) -> Value:
        return Fields(tuple([(str(position), self.value(item)) for position, item in enumerate(e[1])]))

    def _choice(self, e: Expr) -> Value:
        _, test, one, other = e
        self.value(test)
        known = self._decided(test)
        if known is not None:
            return self.value(one if known else other)
        return join(self.value(one), self.value(other))

    def _either_operand(self, e: Expr) -> Value:
        _, operator, operands = e
        out: Value = EMPTY
        for operand in operands:
            out = join(out, self.value(operand))
            if self._decided(operand) is (operator == "or"):
                break  # the rest is not looked at
        return out

    def _operation(self, e: Expr) -> Value:
        _, operator, operands = e
        held = [self.value(operand) for operand in operands]
        if operator != "+":
            return None
        out = held[0]
        for one in held[1:]:
            out = join(out, one)
        return out if isinstance(out, Rows) else None

    def _collection(self, held: list[Value], stars: list[bool]) -> Value:
        out: Value = EMPTY
        for value, star in zip(held, stars, strict=True):
            if star:
                out = join(out, value)
            elif isinstance(value, Rows) and value.shape == "one":
                out = join(out, value._replace(shape="many", loop=0))
            else:
                return None
        return out

    def _dictionary(self, e: Expr) -> Value:
        pairs = e[1]
        found = []
        for key, value in pairs:
            text = ir.text_of(key) if key is not None else None
            if key is not None and text is None:
                self.value(key)
            held = self.value(value)
            if text is not None:
                found.append((text, held))
            elif key is None and isinstance(held, Fields):
                found.extend(held.items)
        return Fields(tuple(found)) if found or pairs else EMPTY

    def _item(self, owner: Value, index: Expr) -> Value:
        text = ir.text_of(index)
        if isinstance(owner, Fields):
            name = text if text is not None else str(index[1]) if ir.is_a(index, "const") else None
            return owner.get(name) if name is not None else None
        self.value(index)
        if isinstance(owner, Rows):
            if owner.shape in ("many", "statement") and ir.is_a(index, "slice"):
                return owner._replace(
                    shape="many", extent="some", few=owner.few or (index[1] is None and is_handful(index[2]))
                )
            if owner.shape == "groups":
                return owner._replace(shape="many")
            if owner.shape in ("many", "statement", "keyed"):
                return owner._replace(shape="one", loop=self.loop_of(index) or owner.loop, extent="some", fetched=0)
        return None

    def _comprehension(self, e: Expr) -> Value:
        _, kind, made, generators, at = e
        if self.names is None:
            return None
        before = self.names
        self.names = dict(before)
        picks = False
        for number, (target, iterable, conditions, _) in enumerate(generators):
            held = self.value(iterable)
            self.bind(target, element(self.taken(held, at), at + 1 + number))
            self.loops.append((at + 1 + number, names_in((target,))))
            for condition in conditions:
                self.value(condition)
                picks = True
        if kind == "dict":
            self.value(made[1][0])
            out = self.value(made[1][1])
            shape = "keyed"
        else:
            out = self.value(made)
            shape = "many"
        del self.loops[-len(generators) :]
        self.names = before
        if isinstance(out, Rows) and out.shape == "one":
            return out._replace(shape=shape, loop=0, extent="some" if picks else out.extent)
        if isinstance(out, Fields):
            return Each(in_loop(out, 0))
        return None

    def chain(self, text: str, at: int) -> Value:
        """The value of a name or attribute chain; notes each relationship read along it."""
        if self.names is None:
            return None
        if text in self.names:
            return self.names[text]
        parts = text.split(".")
        held = self.names.get(parts[0])
        if held is None and parts[0] == "self" and len(parts) > 1 and "self" not in self.names:
            from layercheck.queries.instance_functions import own_property

            held, parts = own_property(self, parts[1]), parts[1:]
        if held is None and len(parts) == 2 and self.loops:
            self.property_of(parts[0], parts[1], at, text)
        for position, name in enumerate(parts[1:], 1):
            if held is None or isinstance(held, Each) or held == EMPTY:
                return None
            held = self.attribute(held, name, at, ".".join(parts[: position + 1]))
        return held

    def attribute(self, owner: Value, name: str, at: int, text: str) -> Value:
        """The value of an attribute; notes the read when it is a lazy relationship of a row in a loop."""
        if isinstance(owner, Fields):
            return owner.get(name)
        if not isinstance(owner, Rows) or owner.shape != "one":
            return None
        if name == "awaitable_attrs":
            return owner._replace(guarded=False)  # it waits for the query, where a plain read would fail
        found = relationship(self.project, owner.entity, name)
        self.read_column(owner, name, at, text, related_row=found is not None)
        if found is not None:
            self.read(owner, found, at, text)
            value = related(self.project, owner, found)
            if found.lazy == "dynamic" and isinstance(value, Rows):
                return value._replace(shape="statement", asks=owner.loop, fetched=owner.fetched)
            return value
        from layercheck.queries.instance_functions import read_property

        return read_property(self, owner, name, at, text)


_STATEMENTS: dict[str, Callable[[Walker, Stmt], None]] = {
    "assign": Walker._assign,
    "ann": Walker._annotated,
    "aug": Walker._augmented,
    "return": Walker._return,
    "raise": Walker._leave,
    "break": Walker._leave,
    "continue": Walker._leave,
    "if": Walker._branches,
    "for": Walker._for,
    "while": Walker._while,
    "try": Walker._attempt,
    "with": Walker._with,
    "match": Walker._match,
}
"""Tag -> how a statement is walked; of all others the expressions are looked at."""
_EXPRESSIONS: dict[str, Callable[[Walker, Expr], Value]] = {
    "const": Walker._constant,
    "ref": lambda walker, e: walker.chain(e[1], e[2]),
    "await": lambda walker, e: walker.value(e[1]),
    "star": lambda walker, e: walker.value(e[1]),
    "call": Walker._called,
    "attr": Walker._attribute_of,
    "item": Walker._subscript_of,
    "comp": Walker._comprehension,
    "yield": Walker._yield,
    "yieldfrom": Walker._yield_from,
    "walrus": Walker._walrus,
    "lambda": lambda walker, e: None,
    "list": Walker._listed,
    "set": Walker._listed,
    "tuple": Walker._tuple,
    "dict": Walker._dictionary,
    "ifexp": Walker._choice,
    "bool": Walker._either_operand,
    "op": Walker._operation,
}
"""Tag -> the value of an expression; of all others the parts are looked at."""


def _left(names: dict[str, Value] | None, loop: int) -> dict[str, Value] | None:
    """What names hold after a loop: its rows are single ones now, the last that came."""
    return {n: leaving(v, loop) for n, v in names.items()} if names is not None else None


def _assigned(block: tuple[Stmt, ...]) -> tuple[Expr, ...]:
    """What the statements of a loop bind in every round."""
    return tuple(
        t for s in ir.statements(block) if s[0] in ("assign", "aug") for t in (s[1] if s[0] == "assign" else (s[1],))
    )


def _joined(one: dict[str, Value] | None, other: dict[str, Value] | None) -> dict[str, Value] | None:
    if one is None or other is None:
        return other if one is None else one
    out = {}
    for name in {**one, **other}:
        out[name] = join(one[name], other[name]) if name in one and name in other else one.get(name, other.get(name))
    return out
