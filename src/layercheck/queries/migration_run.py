"""What a migration's `upgrade()` or `downgrade()` does, followed statement by statement.

DESIGN: `Runner` walks the statements in order with the values of local names (`Evaluator`). Calls of `op` become operations, calls
of project functions that reach `op` are followed, loops over literal lists are unrolled. Behind a condition that cannot be told
the operations are recorded as conditional; a loop that cannot be unrolled runs once with an unknown target. So nothing is guessed:
what a reader of the operations does with "conditional" is to call the tables concerned unknown.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, Stmt, dotted
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.evaluate import (
    UNKNOWN,
    Code,
    Evaluator,
    Mapping,
    Object,
    Ref,
    Returned,
    Scope,
    Value,
    callee,
    grow,
    made_by,
)
from layercheck.queries.migration_calls import operation
from layercheck.queries.migration_rows import Operation
from layercheck.queries.migration_sql import HOLE, operations_of
from layercheck.queries.references import object_name
from layercheck.queries.schema_calls import Opened, opened
from layercheck.queries.tables_assembly import assembled
from layercheck.queries.tables_objects import object_parts, object_value, open_table
from layercheck.queries.tables_rows import Table

_BATCH = "alembic.BatchOperations"
_EXECUTES = frozenset({"execute", "exec_driver_sql", "executescript"})
_TOUCHES = _EXECUTES | {"create_all", "drop_all", "create", "drop"}
_ROWS = ("sqlalchemy.select", "sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete", "sqlalchemy.table", "sqlalchemy.Table",
         "sqlalchemy.func", "sqlalchemy.dialects.postgresql.insert", "sqlalchemy.dialects.sqlite.insert", "sqlmodel.select",
         "sqlalchemy.union", "sqlalchemy.exists", "sqlalchemy.literal", "sqlmodel.update", "sqlmodel.delete", "sqlmodel.insert",
         "sqlalchemy.dialects.mysql.insert", "sqlalchemy.union_all", "sqlalchemy.MetaData", "sqlalchemy.values")  # fmt: skip
"""What makes statements about rows: executing one leaves the tables' shape alone."""
_DEDENT = frozenset({"textwrap.dedent", "inspect.cleandoc", "sqlalchemy.text", "sqlalchemy.DDL", "sqlalchemy.schema.DDL", "sqlmodel.text"})
_DEPTH = 8
_UNROLLED = 2000


@query(bottom=False)
def touches_schema(project: Project, key: str) -> bool:
    """Whether a function could reach Alembic operations or execute SQL: only then it is worth following."""
    body = project.get(Body, key)
    if body is None:
        return False
    for raw in body.raw_calls:
        func = raw[0][1]
        if ir.last_name(func) in _TOUCHES:
            return True
        symbol = callee(project, Scope(key), func)
        if symbol is not None and (symbol.startswith("alembic.") or (":" in symbol and symbol != key and touches_schema(project, symbol))):
            return True
        if symbol is None and ir.last_name(func) in _OPERATIONS:
            return True
    return False


_OPERATIONS = frozenset({
    "create_table", "drop_table", "rename_table", "add_column", "drop_column", "alter_column", "create_index", "drop_index",
    "create_foreign_key", "create_unique_constraint", "create_check_constraint", "create_primary_key", "drop_constraint",
    "batch_alter_table",
})  # fmt: skip


class Runner:
    """Follows one function of a migration and collects its operations in `found`."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.evaluator = Evaluator(project)
        self.found: list[Operation] = []
        self.conditional = 0
        self.steps = 0

    # ------------------------------------------------------------------------------------------------- statements

    def run(self, scope: Scope, statements: tuple[Stmt, ...]) -> str:
        """Follow a block; how it ends: "" falls through, "return", "raise", "break", "continue", "maybe" (one of these, perhaps)."""
        maybe = 0
        try:
            for statement in statements:
                self.steps += 1
                if self.steps > _UNROLLED * 10:
                    self.add(Operation("unknown", None, Place("Body", scope.key, statement[-1])))
                    return "return"
                end = self.statement(scope, statement)
                if end == "maybe":
                    maybe += 1
                    self.conditional += 1  # what follows happens only when the block was not left
                elif end:
                    return end
        finally:
            self.conditional -= maybe
        return "maybe" if maybe else ""

    def statement(self, scope: Scope, statement: Stmt) -> str:
        """Follow one statement."""
        match statement:
            case ("if", branches, orelse, _):
                return self.branch(scope, branches, orelse)
            case ("for", target, iterable, body, orelse, _, _):
                self.record(scope, iterable)
                return self.loop(scope, target, iterable, body) or self.run(scope, orelse)
            case ("while", test, body, orelse, _):
                self.record(scope, test)
                self.perhaps(scope, body)
                return self.run(scope, orelse)
            case ("try", body, handlers, orelse, final, _):
                return self.attempt(scope, body, handlers, orelse, final)
            case ("with", items, body, _, _):
                for context, target in items:
                    self.enter(scope, context, target)
                return self.run(scope, body)
            case ("match", subject, cases, _):
                self.record(scope, subject)
                for _, _, _, body in cases:
                    self.perhaps(scope, body)
                return ""
            case ("def", qualname, _):
                scope.names[qualname.rpartition(".")[2].partition("#")[0]] = Ref(f"{scope.key.partition(':')[0]}:{qualname}")
                return ""
        for e in ir.own_expressions(statement):
            self.record(scope, e)
        return self.simple(scope, statement)

    def simple(self, scope: Scope, statement: Stmt) -> str:
        """A statement without blocks: bindings, and those that leave."""
        match statement:
            case ("assign", targets, value, _):
                evaluated = self.value(scope, value)
                for target in targets:
                    self.evaluator.assign(scope, target, evaluated)
            case ("ann", target, _, value, _) if value is not None:
                self.evaluator.assign(scope, target, self.value(scope, value))
            case ("aug", target, operator, value, _) if isinstance(target, str):
                old = scope.names.get(target, UNKNOWN)
                scope.names[target] = self.evaluator.operation(operator, [old, self.value(scope, value)])
            case ("expr", value, _):
                grow(self.evaluator, scope, value)
            case ("return", value, _):
                raise_with = self.value(scope, value) if value is not None else None
                scope.names[_RETURN] = raise_with
                return "return"
            case ("raise", _, _, _):
                return "raise"
            case ("break" | "continue" as end, _):
                return str(end)
        return ""

    def perhaps(self, scope: Scope, body: tuple[Stmt, ...]) -> str:
        """Follow a block that may not run. How it ends."""
        start = len(self.found)
        end = self.apart(scope, body)
        self.found[start:] = [o._replace(conditional=True) for o in self.found[start:]]
        return end

    def apart(self, scope: Scope, body: tuple[Stmt, ...]) -> str:
        """Follow a block whose bindings may not happen: the names that it changes are unknown afterwards. How it ends."""
        inner = Scope(scope.key, dict(scope.names), scope.depth)
        end = self.run(inner, body)
        self.merge(scope, [inner.names, dict(scope.names)])
        return end

    def merge(self, scope: Scope, ways: list[dict[str, Value]]) -> None:
        """Names after several ways to come here: one value, or "either" of several, or unknown."""
        for name in {n for way in ways for n in way}:
            values = [way.get(name, UNKNOWN) for way in ways]
            if all(v == values[0] for v in values):
                scope.names[name] = values[0]
            elif UNKNOWN in values:
                scope.names[name] = UNKNOWN
            else:
                scope.names[name] = Object("either", tuple(dict.fromkeys(values)))

    def branch(self, scope: Scope, branches: tuple[tuple[Expr, tuple[Stmt, ...]], ...], orelse: tuple[Stmt, ...]) -> str:
        possible: list[tuple[Stmt, ...]] = []
        for test, body in branches:
            self.record(scope, test)
            decided = Evaluator.truth(self.value(scope, test))
            if decided is False:
                continue
            if decided is True:
                if not possible:
                    return self.run(scope, body)
                orelse = body
                break
            possible.append(body)
        if not possible:
            return self.run(scope, orelse)
        return self.alternatives(scope, [*possible, orelse])

    def alternatives(self, scope: Scope, bodies: list[tuple[Stmt, ...]]) -> str:
        """Blocks of which one runs. Where all do the same, it is no matter which."""
        before = len(self.found)
        runs: list[list[Operation]] = []
        ends = []
        ways = []
        for body in bodies:
            start = len(self.found)
            inner = Scope(scope.key, dict(scope.names), scope.depth)
            ends.append(self.run(inner, body))
            runs.append(self.found[start:])
            if ends[-1] not in ("return", "raise"):
                ways.append(inner.names)
        self.merge(scope, ways)
        shapes = [[_shape(o) for o in run] for run in runs]
        if all(shape == shapes[0] for shape in shapes[1:]):
            self.found[before:] = runs[0]
        else:
            self.found[before:] = [o._replace(conditional=True) for run in runs for o in run]
        return ends[0] if all(end == ends[0] for end in ends) else "maybe"

    def loop(self, scope: Scope, target: Expr, iterable: Expr, body: tuple[Stmt, ...]) -> str:
        items = self.value(scope, iterable)
        if isinstance(items, Mapping):
            items = tuple(k for k, _ in items.items)
        if items.__class__ is not tuple or len(items) > _UNROLLED:
            inner = Scope(scope.key, dict(scope.names), scope.depth)
            self.evaluator.assign(inner, target, UNKNOWN)
            self.perhaps(inner, body)
            scope.names.update((name, UNKNOWN) for name, value in inner.names.items() if scope.names.get(name, UNKNOWN) != value)
            return ""
        maybe = 0
        try:
            for item in items:
                self.evaluator.assign(scope, target, item)
                end = self.run(scope, body)
                if end in ("return", "raise"):
                    return end
                if end == "break":
                    break
                if end == "maybe":
                    maybe += 1
                    self.conditional += 1
        finally:
            self.conditional -= maybe
        return "maybe" if maybe else ""

    def attempt(self, scope: Scope, body: tuple[Stmt, ...], handlers: tuple[Stmt, ...], orelse: tuple[Stmt, ...], final: tuple[Stmt, ...]) -> str:
        swallows = any(not handled or handled[-1][0] != "raise" for _, _, handled, _ in handlers)
        if not swallows:
            end = self.run(scope, body) or self.run(scope, orelse)
        else:
            self.perhaps(scope, body)
            for _, _, handled, _ in handlers:
                self.perhaps(scope, handled)
            self.perhaps(scope, orelse)
            end = ""
        return self.run(scope, final) or end

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
            text = self.text(scope, e)
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
                self.conditional += 1
                self.record(scope, part)
                self.conditional -= 1
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
        symbol = callee(self.project, scope, func)
        return symbol is not None and (symbol.startswith("alembic.op.") or (":" in symbol and touches_schema(self.project, symbol)))

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
        elif name in _EXECUTES and e[2]:
            self.executed(scope, e)
        elif name in ("create_all", "drop_all"):
            self.add(Operation("unknown", None, Place("Body", scope.key, e[4])))
        elif name in ("create", "drop"):
            self.by_object(scope, e, name)
        elif symbol is None and name in _OPERATIONS and dotted(func) is not None:
            self.add(Operation("unknown", None, Place("Body", scope.key, e[4])))
        elif symbol is not None and ":" not in symbol:
            self.handed_over(scope, symbol, e)

    def handed_over(self, scope: Scope, symbol: str, e: Expr) -> None:
        """A library function that is given `op` itself could do anything."""
        if any(dotted(a) is not None and callee(self.project, scope, a) == "alembic.op" for a in e[2]):
            self.add(Operation("unknown", None, Place("Body", scope.key, e[4]), words=(symbol.rpartition(".")[2],)))

    def alembic(self, scope: Scope, name: str, e: Expr, batch: tuple[str | None] | None) -> None:
        if name == "execute":
            self.executed(scope, e)
            return
        call = opened(self.project, self.evaluator.code(scope, e))
        if call is not None:
            made = operation(self.project, name, call, batch)
            if made is not None:
                self.add(made)

    def add(self, made: Operation) -> None:
        """Note an operation."""
        self.found.append(made._replace(conditional=True) if self.conditional else made)

    def follow(self, scope: Scope, symbol: str, e: Expr) -> None:
        """A call of a project function that reaches operations."""
        function, body = self.project.get(Function, symbol), self.project.get(Body, symbol)
        if function is None or body is None or scope.depth >= _DEPTH:
            self.add(Operation("unknown", None, Place("Body", scope.key, e[4])))
            return
        bound = (Ref(symbol),) if function.cls and not self.is_plain(scope, e) else ()
        names = self.evaluator.arguments(scope, function, e, bound)
        inner = Scope(symbol, names if names is not None else {p.name: UNKNOWN for p in function.params}, scope.depth + 1)
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
        call: Opened | None = open_table(self.project, value)
        full = object_name(self.project, value)
        if call is None or full is None:
            return Operation("unknown", None, place)
        if name == "drop":
            return Operation("drop_table", full, place)
        columns, constraints, gaps = object_parts(self.project, call, full)
        schema = full.rpartition(".")[0]
        table = Table(full, full.rpartition(".")[2], schema or None, (), (), (), (), (), (), None, False, "migration", (), place)
        return Operation("create_table", full, place, definition=assembled(self.project, table, columns, constraints, gaps, None))

    # -------------------------------------------------------------------------------------------------------- SQL

    def executed(self, scope: Scope, e: Expr) -> None:
        """`op.execute(...)`, `connection.execute(...)`: text is read; statements made by SQLAlchemy's functions are about rows."""
        given = ir.argument(e, 0, "sqltext")
        if given is None:
            given = ir.keyword(e, "statement")
        place = Place("Body", scope.key, e[4])
        value = self.evaluator.value(scope, given) if given is not None else UNKNOWN
        if isinstance(value, Object) and value.symbol == "either":
            found = [self.statement_of(Scope(scope.key, {"it": v}, scope.depth), "it", place) for v in value.info]
            self.found.extend(o._replace(conditional=True) for run in found for o in run)
        else:
            found = [self.statement_of(scope, given, place)]
            self.found.extend(o._replace(conditional=True) if self.conditional else o for o in found[0])

    def statement_of(self, scope: Scope, e: Expr | None, place: Place) -> tuple[Operation, ...]:
        """What executing one expression does."""
        text = self.text(scope, e) if e is not None else None
        if text is not None and text != HOLE:
            return operations_of(text, place)
        return (Operation("data" if self.about_rows(scope, e) else "unknown", None, place),)

    def about_rows(self, scope: Scope, e: Expr | None) -> bool:
        """Whether an executed expression is a statement about rows: `select(...).where(...)`, `users.update()`."""
        while ir.is_a(e, "call") or ir.is_a(e, "attr") or ir.is_a(e, "item"):
            symbol = callee(self.project, scope, e[1]) if ir.is_a(e, "call") else None  # type: ignore[index]
            if symbol is not None and (symbol.startswith(_ROWS) or symbol in ("sqlalchemy.schema.CreateSequence", "sqlalchemy.schema.CreateSchema")):
                return True
            if ir.is_a(e, "call") and ir.last_name(e[1]) in ("insert", "update", "delete", "select", "where", "values", "query"):  # type: ignore[index]
                return True
            e = e[1]  # type: ignore[index]
        value = self.evaluator.value(scope, e) if e is not None else UNKNOWN
        if isinstance(value, Code) and value.expr != e:
            return self.about_rows(Scope(value.key, dict(value.names)), value.expr)
        return False

    def text(self, scope: Scope, e: Expr | None) -> str | None:
        """SQL text with HOLE for what cannot be told; None for what is no text."""
        if e is None:
            return None
        value = self.evaluator.value(scope, e)
        if isinstance(value, str):
            return value
        if isinstance(value, Object) and value.symbol == "text":
            return str(value.info)
        match e:
            case ("fstr", parts):
                return "".join(str(p[1]) if ir.is_a(p, "const") else self.piece(scope, p) for p in parts)
            case ("op", "+" | "%" as operator, operands):
                pieces = [self.text(scope, o) for o in (operands if operator == "+" else operands[:1])]
                if all(p is None for p in pieces):
                    return None
                joined = "".join(p if p is not None else HOLE for p in pieces)
                return joined if operator == "+" else joined.replace("%s", HOLE).replace("%d", HOLE)
            case ("call", func, args, _, _) if (found := self.text_of_call(scope, func, args)) is not None:
                return found
        if isinstance(value, Code) and value.expr != e:
            return self.text(Scope(value.key, dict(value.names), scope.depth), value.expr)
        return None

    def piece(self, scope: Scope, e: Expr) -> str:
        """One hole of an f-string, as far as it is known."""
        value = self.evaluator.value(scope, e)
        if isinstance(value, str | int):
            return str(value)
        return self.text(scope, e) or HOLE

    def text_of_call(self, scope: Scope, func: Expr, args: tuple[Expr, ...]) -> str | None:
        symbol = callee(self.project, scope, func)
        if symbol in _DEDENT and args:
            return self.text(scope, args[0])
        owner = func[1] if ir.is_a(func, "attr") else None
        if owner is not None and func[2] in ("format", "bindparams", "strip", "replace", "columns", "execution_options"):
            inner = self.text(scope, owner)
            if inner is not None and func[2] == "format":
                import re

                return re.sub(r"\{[^{}]*\}", HOLE, inner)
            return inner
        return None


_RETURN = " return"


def _shape(made: Operation) -> Operation:
    """An operation without where it stands, to compare the branches of a condition."""
    nowhere = Place("", "", 0)

    def bare(row: object) -> object:
        return row._replace(place=nowhere) if row is not None else None  # type: ignore[attr-defined]

    definition = made.definition
    if definition is not None:
        definition = definition._replace(
            place=nowhere,
            **{
                part: tuple(bare(row) for row in getattr(definition, part))
                for part in ("columns", "indexes", "unique_constraints", "check_constraints", "foreign_keys")
            },
        )
    return made._replace(
        place=nowhere, definition=definition, batch=False, sql=False,
        **{part: bare(getattr(made, part)) for part in ("column", "index", "unique", "check", "foreign_key")},
    )  # fmt: skip


@query(bottom=())
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


__all__ = ["Runner", "object_value", "operations", "touches_schema"]
