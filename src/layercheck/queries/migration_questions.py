"""Questions that a migration asks the database before it acts: "is this table there", "has it this column".

    if "users" not in inspect(op.get_bind()).get_table_names(): ...
    if not has_column("users", "email"): ...

The answer depends on the schema at that moment, so it is not known while a revision is followed by itself. It is kept as a
`Question` with the operations that depend on it; the replay, which knows the schema, answers it.
"""

from __future__ import annotations

from collections.abc import Callable

from layercheck import ir
from layercheck.ir import Expr
from layercheck.project import Project
from layercheck.queries.evaluate import UNKNOWN, Evaluator, Object, Scope, Value, callee
from layercheck.tuples import NamedTuple


class Question(NamedTuple):
    """Whether something exists, or (kind "attempt") whether everything before it in a `try` that swallows went well."""

    kind: str
    """"table", "column", "index", "foreign_key", "unique", "attempt"."""
    table: str
    name: str
    """Of the column, index or constraint; of the attempt."""
    expected: bool
    at: int
    """How many operations the revision had made when the database was asked."""

    def turned(self) -> Question:
        """The opposite."""
        return self._replace(expected=not self.expected)


Reason = tuple[Question | None, ...]
"""What must hold for an operation to happen; None stands for a condition that cannot be told."""
NOT_KNOWN: Reason = (None,)

_ASKED = "asked"
"""The symbol of a value that is the answer: its info is the questions that must all hold."""
_NAMES = "names in the database"
_ROWS = "descriptions from the database"
_READS = {
    "get_columns": "column", "get_indexes": "index", "get_foreign_keys": "foreign_key", "get_unique_constraints": "unique",
}  # fmt: skip
_COPIES = frozenset({"builtins.set", "builtins.list", "builtins.tuple", "builtins.frozenset", "builtins.sorted"})


def reason(value: Value) -> Reason | None:
    """The questions that a condition asks, or None when it asks something else."""
    return value.info if isinstance(value, Object) and value.symbol == _ASKED else None


def opposite(asked: Reason) -> Reason:
    """What must hold when the condition does not."""
    if len(asked) != 1 or asked[0] is None:
        return NOT_KNOWN
    return (asked[0].turned(),)


class InspectingEvaluator(Evaluator):
    """Follows expressions, those included that ask SQLAlchemy's inspector. `now` says how many operations were made so far."""

    def __init__(self, project: Project, now: Callable[[], int]) -> None:
        super().__init__(project)
        self.now = now

    def value(self, scope: Scope, e: Expr | None) -> Value:
        """The value of an expression in a scope."""
        if ir.is_a(e, "un") and e is not None and e[1] == "not":
            operand = self.value(scope, e[2])
            asked = reason(operand)
            if asked is not None:
                turned = opposite(asked)
                return Object(_ASKED, turned) if turned != NOT_KNOWN else UNKNOWN
            decided = self.truth(operand)
            return UNKNOWN if decided is None else not decided
        return super().value(scope, e)

    def call(self, scope: Scope, e: Expr) -> Value:
        """A call; those of an inspector give what is to be asked of the database."""
        symbol = callee(self.project, scope, e[1]) or ""
        method = symbol.rpartition(".")[2]
        if symbol.startswith("sqlalchemy.") and (method in _READS or method in ("get_table_names", "has_table")):
            return self.inspected(scope, e, method)
        if symbol == "alembic.context.is_offline_mode":  # the replay is of a database
            return False
        if symbol in _COPIES and len(e[2]) == 1 and not e[3]:
            given = self.value(scope, e[2][0])
            if isinstance(given, Object) and given.symbol in (_NAMES, _ROWS):
                return given
        if symbol == "builtins.any" and len(e[2]) == 1 and ir.is_a(e[2][0], "comp"):
            return self.any_of(scope, e[2][0])
        if symbol == f"{_ROWS}.get" and e[2] and e[2][0] == ("const", "name"):  # column.get("name")
            return Object(_NAMES, self.value(scope, e[1].removesuffix(".get")).info)
        return super().call(scope, e)

    def inspected(self, scope: Scope, e: Expr, method: str) -> Value:
        """What an inspector's method gives."""
        if method == "get_table_names":
            return Object(_NAMES, ("table", "", self.now())) if not e[2] and not e[3] else UNKNOWN
        table = self.value(scope, ir.argument(e, 0, "table_name"))
        schema = ir.argument(e, 1, "schema")
        if not isinstance(table, str) or (schema is not None and self.value(scope, schema) is not None):
            return UNKNOWN
        if method == "has_table":
            return Object(_ASKED, (Question("table", table, "", True, self.now()),))
        return Object(_ROWS, (_READS[method], table, self.now()))

    def item(self, scope: Scope, e: Expr, value: Expr, index: Expr) -> Value:
        """`column["name"]`."""
        if index == ("const", "name"):
            owner = self.value(scope, value)
            if isinstance(owner, Object) and owner.symbol == _ROWS:
                return Object(_NAMES, owner.info)
        return super().item(scope, e, value, index)

    def comprehension(
        self, scope: Scope, element: Expr, target: Expr, iterable: Expr, conditions: tuple[Expr, ...]
    ) -> Value:
        """`[c["name"] for c in inspector.get_columns("users")]`."""
        items = self.value(scope, iterable)
        if isinstance(items, Object) and items.symbol in (_NAMES, _ROWS):
            inner = Scope(scope.key, dict(scope.names), scope.depth)
            self.assign(inner, target, items)
            found = self.value(inner, element)
            return (
                found if not conditions and isinstance(found, Object) and found.symbol in (_NAMES, _ROWS) else UNKNOWN
            )
        return super().comprehension(scope, element, target, iterable, conditions)

    def any_of(self, scope: Scope, e: Expr) -> Value:
        """`any(c["name"] == "email" for c in inspector.get_columns("users"))`."""
        _, _, element, generators, _ = e
        target, iterable, conditions, _ = generators[0]
        items = self.value(scope, iterable)
        if len(generators) != 1 or conditions or not (isinstance(items, Object) and items.symbol in (_NAMES, _ROWS)):
            return UNKNOWN
        inner = Scope(scope.key, dict(scope.names), scope.depth)
        self.assign(inner, target, items)
        if not (ir.is_a(element, "cmp") and len(element[2]) == 1 and element[2][0][0] == "=="):
            return UNKNOWN
        left, right = self.value(inner, element[1]), self.value(inner, element[2][0][1])
        return self.membership(right, left) if isinstance(left, Object) else self.membership(left, right)

    def compare(self, operator: str, left: Value, right: Value) -> Value:
        """`"users" in inspector.get_table_names()`, `{"a", "b"} <= names`."""
        if operator in ("in", "not in") and isinstance(right, Object):
            found = self.membership(left, right)
            if found is not UNKNOWN and operator == "not in":
                return Object(_ASKED, opposite(found.info))
            return found
        return super().compare(operator, left, right)

    @staticmethod
    def membership(left: Value, right: Value) -> Value:
        """The question whether a name is among those in the database."""
        if not isinstance(left, str) or not isinstance(right, Object) or right.symbol != _NAMES:
            return UNKNOWN
        kind, table, at = right.info
        return Object(
            _ASKED, (Question(kind, left if kind == "table" else table, "" if kind == "table" else left, True, at),)
        )

    def boolean(self, scope: Scope, operator: str, operands: tuple[Expr, ...]) -> Value:
        """`and` of several questions is all of them; `or` only where all but one is false."""
        values = [self.value(scope, operand) for operand in operands]
        if not any(reason(v) is not None for v in values):
            return super().boolean(scope, operator, operands)
        decided = [self.truth(v) for v in values]
        if (operator == "or") in decided:
            return operator == "or"
        asked = [reason(v) for v, d in zip(values, decided, strict=True) if d is None]
        if any(a is None for a in asked) or (operator == "or" and len(asked) > 1):
            return UNKNOWN
        return Object(_ASKED, tuple(question for a in asked if a is not None for question in a))
