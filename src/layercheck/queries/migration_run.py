"""What a migration's `upgrade()` or `downgrade()` does, followed statement by statement.

DESIGN: `Runner` walks the statements in order with the values of local names (`Evaluator`). Calls of `op` become operations, calls
of project functions that reach `op` are followed, loops over literal lists are unrolled. Behind a condition that cannot be told
the operations are recorded as conditional; a loop that cannot be unrolled runs once with an unknown target. So nothing is guessed:
what a reader of the operations does with "conditional" is to call the tables concerned unknown.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.evaluate import (
    UNKNOWN,
    Object,
    Ref,
    Returned,
    Scope,
    Value,
    callee,
    made_by,
)
from layercheck.queries.migration_calls import operation
from layercheck.queries.migration_flow import Flow, depending
from layercheck.queries.migration_questions import NOT_KNOWN
from layercheck.queries.migration_reach import EXECUTES, OPERATIONS, shape, touches_schema
from layercheck.queries.migration_rows import Operation
from layercheck.queries.migration_sql import HOLE, operations_of
from layercheck.queries.migration_text import Texts
from layercheck.queries.references import object_name
from layercheck.queries.schema_calls import Opened, opened
from layercheck.queries.tables_assembly import assembled
from layercheck.queries.tables_objects import object_parts, open_table
from layercheck.queries.tables_rows import Table

_BATCH = "alembic.BatchOperations"
_DEPTH = 8
_WAYS = 16


class Runner(Flow):
    """Follows one function of a migration and collects its operations in `found`."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.texts = Texts(project, self.evaluator)

    def enter(self, scope: Scope, context: Expr, target: Expr | None) -> None:
        """`with op.batch_alter_table("t") as batch_op`, `with Session(...) as session`."""
        self.record(scope, context)
        value: Value = self.value(scope, context)
        call = opened(self.project, value)
        if call is not None and call.symbol == "alembic.op.batch_alter_table":
            name, schema = call.argument(0, "table_name"), call.argument(1, "schema")
            known = isinstance(name, str) and (schema is None or isinstance(schema, str))
            value = Object(_BATCH, (f"{schema}.{name}" if schema else name) if known else None)
        if target is not None:
            self.evaluator.assign(scope, target, value)

    def value(self, scope: Scope, e: Expr) -> Value:
        """The value of an expression; text with unknown parts keeps its known ones."""
        found = self.evaluator.value(scope, e)
        if found is UNKNOWN:
            text = self.texts.text(scope, e)
            if text is not None and text != HOLE:
                return Object("text", text)
        return found

    # ------------------------------------------------------------------------------------------------------ calls

    def record(self, scope: Scope, e: Expr) -> None:
        """Note what the calls in an expression do, inner ones first."""
        if e is None or isinstance(e, str):
            return
        if ir.is_a(e, "lambda"):
            return
        if ir.is_a(e, "comp"):
            self.comprehension(scope, e)
            return
        if ir.is_a(e, "ifexp"):
            self.record(scope, e[1])
            for part in e[2:]:
                self.reasons.append(NOT_KNOWN)
                self.record(scope, part)
                self.reasons.pop()
            return
        for child in ir.children(e):
            self.record(scope, child)
        if ir.is_a(e, "call"):
            self.called(scope, e)

    def comprehension(self, scope: Scope, e: Expr) -> None:
        """`[op.drop_index(name) for name in names]`."""
        _, _, element, generators, _ = e
        if not any(self.worth(scope, call[1]) for call in ir.calls(element)):
            for _, iterable, _, _ in generators:
                self.record(scope, iterable)
            return
        target, iterable, conditions, _ = generators[0]
        inner = Scope(scope.key, dict(scope.names), scope.depth)
        if len(generators) == 1 and not conditions:
            self.loop(inner, target, iterable, (("expr", element, 0),))
        else:
            self.perhaps(inner, (("expr", element, 0),))

    def worth(self, scope: Scope, func: Expr) -> bool:
        """Whether a call reaches operations."""
        symbol = callee(self.project, scope, func)
        return symbol is not None and (
            symbol.startswith("alembic.op.") or (":" in symbol and touches_schema(self.project, symbol))
        )

    def called(self, scope: Scope, e: Expr) -> None:
        """Note what one call does."""
        func = e[1]
        name = ir.last_name(func)
        symbol = callee(self.project, scope, func)
        if symbol is not None and symbol.startswith("alembic.op.") and symbol.count(".") == 2:
            self.alembic(scope, name, e, None)
        elif symbol is not None and symbol.startswith(f"{_BATCH}."):
            batch = scope.names.get(str(func).partition(".")[0])
            self.alembic(scope, name, e, (batch.info,) if isinstance(batch, Object) else (None,))
        elif symbol is not None and ":" in symbol and self.project.get(Function, symbol) is not None:
            if touches_schema(self.project, symbol):
                self.follow(scope, symbol, e)
        elif name in EXECUTES and e[2]:
            self.executed(scope, e)
        elif name in ("create_all", "drop_all"):
            self.add(Operation("unknown", None, Place("Body", scope.key, e[4])))
        elif name in ("create", "drop"):
            self.by_object(scope, e, name)
        elif symbol is None and name in OPERATIONS and dotted(func) is not None:
            self.add(Operation("unknown", None, Place("Body", scope.key, e[4])))
        elif symbol is not None and ":" not in symbol:
            self.handed_over(scope, symbol, e)

    def handed_over(self, scope: Scope, symbol: str, e: Expr) -> None:
        """A library function that is given `op` itself could do anything."""
        if any(dotted(a) is not None and callee(self.project, scope, a) == "alembic.op" for a in e[2]):
            self.add(Operation("unknown", None, Place("Body", scope.key, e[4]), words=(symbol.rpartition(".")[2],)))

    def alembic(self, scope: Scope, name: str, e: Expr, batch: tuple[str | None] | None) -> None:
        """A call of `op` or of a batch."""
        if name == "execute":
            self.executed(scope, e)
            return
        call = opened(self.project, self.evaluator.code(scope, e))
        if call is not None:
            made = operation(self.project, name, call, batch)
            if made is not None:
                self.add(made)

    def follow(self, scope: Scope, symbol: str, e: Expr) -> None:
        """A call of a project function that reaches operations."""
        function, body = self.project.get(Function, symbol), self.project.get(Body, symbol)
        if function is None or body is None or scope.depth >= _DEPTH:
            self.add(Operation("unknown", None, Place("Body", scope.key, e[4])))
            return
        bound = (Ref(symbol),) if function.cls and not self.is_plain(scope, e) else ()
        names = self.evaluator.arguments(scope, function, e, bound)
        inner = Scope(
            symbol, names if names is not None else {p.name: UNKNOWN for p in function.params}, scope.depth + 1
        )
        self.run(inner, body.statements)

    def is_plain(self, scope: Scope, e: Expr) -> bool:
        """Whether a method is called through its class, as `Helper.run(x)`."""
        owner = dotted(e[1])
        first = callee(self.project, scope, owner.rpartition(".")[0]) if owner and "." in owner else None
        return first is not None and self.project.get(Class, first) is not None

    def by_object(self, scope: Scope, e: Expr, name: str) -> None:
        """`users.create(op.get_bind())` for a Table object; types and sequences leave the tables alone."""
        owner = e[1].rpartition(".")[0] if isinstance(e[1], str) else e[1][1] if ir.is_a(e[1], "attr") else None
        if owner is None or owner == "":
            return
        expression = ("ref", owner, 0) if isinstance(owner, str) and "." in owner else owner
        value = self.evaluator.value(scope, expression)
        place = Place("Body", scope.key, e[4])
        made = made_by(self.project, value)
        if isinstance(value, Ref) and self.project.get(Class, value.key) is not None:
            return
        if made == "sqlalchemy.Table":
            self.add(self.table_object(value, name, place))
        elif made is None and isinstance(owner, str) and owner.endswith("__table__"):
            self.add(Operation("unknown", None, place))

    def table_object(self, value: Value, name: str, place: Place) -> Operation:
        """`users.create(...)` or `users.drop(...)` of a Table object."""
        call: Opened | None = open_table(self.project, value)
        full = object_name(self.project, value)
        if call is None or full is None:
            return Operation("unknown", None, place)
        if name == "drop":
            return Operation("drop_table", full, place)
        columns, constraints, gaps = object_parts(self.project, call, full)
        schema = full.rpartition(".")[0]
        table = Table(
            full, full.rpartition(".")[2], schema or None, (), (), (), (), (), (), None, False, "migration", (), place
        )
        return Operation(
            "create_table", full, place, definition=assembled(self.project, table, columns, constraints, gaps, None)
        )

    # -------------------------------------------------------------------------------------------------------- SQL

    def executed(self, scope: Scope, e: Expr) -> None:
        """`op.execute(...)`, `connection.execute(...)`: text is read; statements made by SQLAlchemy's functions are about rows."""
        given = ir.argument(e, 0, "sqltext")
        if given is None:
            given = ir.keyword(e, "statement")
        place = Place("Body", scope.key, e[4])
        ways = [(way, text) for way in self.ways(scope, given) for text in _texts(given)]
        runs = [self.statement_of(way, text, place) for way, text in ways]
        shapes = [tuple(shape(o)._replace(concurrently=False) for o in run) for run in runs]
        if all(
            one == shapes[0] for one in shapes
        ):  # CREATE INDEX {'CONCURRENTLY ' if ... else ''}: the schema is the same
            runs = runs[:1]
        either = [NOT_KNOWN] if len(runs) > 1 else []
        self.found.extend(depending(o, *self.reasons, *either) for run in runs for o in run)

    def ways(self, scope: Scope, e: Expr | None) -> list[Scope]:
        """The scope, or one for each value that a name in the expression may have."""
        names = {n for node in (ir.walk(e) if e is not None else ()) if isinstance(n := node, str) and n in scope.names}
        scopes = [scope]
        for name in sorted(names):
            value = scope.names[name]
            if isinstance(value, Object) and value.symbol == "either" and len(scopes) * len(value.info) <= _WAYS:
                scopes = [Scope(s.key, {**s.names, name: v}, s.depth) for s in scopes for v in value.info]
        return scopes

    def statement_of(self, scope: Scope, e: Expr | None, place: Place) -> tuple[Operation, ...]:
        """What executing one expression does."""
        text = self.texts.text(scope, e) if e is not None else None
        if text is not None and text != HOLE:
            return operations_of(text, place)
        return (Operation("data" if self.texts.about_rows(scope, e) else "unknown", None, place),)


def _texts(e: Expr | None) -> list[Expr | None]:
    """An expression with each choice between two texts decided one way and the other: `f"{'A' if x else ''} B"`."""
    choice = next((n for n in (ir.walk(e) if e is not None else ()) if _is_choice(n)), None)
    if choice is None:
        return [e]
    found = [text for branch in choice[2:4] for text in _texts(_exchanged(e, choice, branch))]
    return found if len(found) <= _WAYS else [e]


def _is_choice(e: Expr) -> bool:
    return ir.is_a(e, "ifexp") and all(ir.is_a(b, "const") and isinstance(b[1], str) for b in e[2:4])


def _exchanged(e: Expr, old: Expr, new: Expr) -> Expr:
    """An expression with one part of it replaced."""
    if e is old:
        return new
    return tuple(_exchanged(part, old, new) for part in e) if e.__class__ is tuple else e


@query(bottom=(), dear=True)
def operations(project: Project, path: str, direction: str) -> tuple[Operation, ...]:
    """The operations of a revision's `upgrade` or `downgrade` function, in order."""
    key = f"{path}:{direction}"
    function, body = project.get(Function, key), project.get(Body, key)
    if function is None or body is None:
        return ()
    runner = Runner(project)
    scope = Scope(key, {p.name: UNKNOWN for p in function.params})
    try:
        runner.run(scope, body.statements)
    except (Returned, RecursionError):
        runner.found.append(Operation("unknown", None, Place("Body", key, 0)))
    return tuple(runner.found)


__all__ = ["Runner", "operations"]
