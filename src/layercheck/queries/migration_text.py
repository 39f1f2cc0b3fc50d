"""The text of an executed statement, as far as the source tells it, and whether a statement that is no text is about rows."""

from __future__ import annotations

import re

from layercheck import ir
from layercheck.ir import Expr
from layercheck.project import Project
from layercheck.queries.evaluate import UNKNOWN, Code, Evaluator, Object, Scope, callee
from layercheck.queries.migration_sql import HOLE

_ROWS = ("sqlalchemy.select", "sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete", "sqlalchemy.table", "sqlalchemy.Table",
         "sqlalchemy.func", "sqlalchemy.dialects.postgresql.insert", "sqlalchemy.dialects.sqlite.insert", "sqlmodel.select",
         "sqlalchemy.union", "sqlalchemy.exists", "sqlalchemy.literal", "sqlmodel.update", "sqlmodel.delete", "sqlmodel.insert",
         "sqlalchemy.dialects.mysql.insert", "sqlalchemy.union_all", "sqlalchemy.MetaData", "sqlalchemy.values")  # fmt: skip
"""What makes statements about rows: executing one leaves the tables' shape alone."""
_DEDENT = frozenset(
    {
        "textwrap.dedent",
        "inspect.cleandoc",
        "sqlalchemy.text",
        "sqlalchemy.DDL",
        "sqlalchemy.schema.DDL",
        "sqlmodel.text",
    }
)

_NO_TABLES = frozenset({"sqlalchemy.schema.CreateSequence", "sqlalchemy.schema.CreateSchema"})
_ROW_METHODS = frozenset({"insert", "update", "delete", "select", "where", "values", "query"})


class Texts:
    """Reads what is executed."""

    def __init__(self, project: Project, evaluator: Evaluator) -> None:
        self.project = project
        self.evaluator = evaluator

    def about_rows(self, scope: Scope, given: Expr | None) -> bool:
        """Whether an executed expression is a statement about rows: `select(...).where(...)`, `users.update()`."""
        e: Expr = given
        while ir.is_a(e, "call") or ir.is_a(e, "attr") or ir.is_a(e, "item"):
            if ir.is_a(e, "call"):
                symbol = callee(self.project, scope, e[1])
                if symbol is not None and (symbol.startswith(_ROWS) or symbol in _NO_TABLES):
                    return True
                if ir.last_name(e[1]) in _ROW_METHODS:
                    return True
            e = e[1]
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
            case ("item", inner, ("slice", *_), _):  # statement[:-1]
                return self.text(scope, inner)
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
        """The text inside `text("...")`, `dedent("...")`, `"...".format(...)`; None for other calls."""
        symbol = callee(self.project, scope, func)
        if symbol in _DEDENT and args:
            return self.text(scope, args[0])
        owner, method = (func[1], func[2]) if ir.is_a(func, "attr") else (None, "")
        if isinstance(func, str) and "." in func:  # statement.bindparams(id=row.id)
            owner, _, method = func.rpartition(".")
        if owner is not None and method in (
            "format",
            "bindparams",
            "params",
            "strip",
            "rstrip",
            "lstrip",
            "replace",
            "columns",
            "execution_options",
        ):
            inner = self.text(scope, owner)
            if inner is not None and method == "format":
                return re.sub(r"\{[^{}]*\}", HOLE, inner)
            return inner
        return None
