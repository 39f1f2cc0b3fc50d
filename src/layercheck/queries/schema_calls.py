"""Calls that make schema objects, opened up: `sa.Column("id", sa.Integer, *more, nullable=False)` with every argument evaluated.

Shared by the table queries and the replay of migrations. `functools.partial` objects and project helpers are followed.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.ir import Expr, dotted
from layercheck.model import Place
from layercheck.project import Project
from layercheck.queries.evaluate import (
    UNKNOWN,
    Code,
    Evaluator,
    Mapping,
    Member,
    Ref,
    Scope,
    Value,
    callee,
    constant,
    scope_of,
    symbol_at,
)
from layercheck.queries.show import show
from layercheck.tuples import NamedTuple


class Opened(NamedTuple):
    """A call with its arguments evaluated. `dynamic` says that a star hides some of them."""

    symbol: str
    args: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]
    dynamic: bool
    place: Place

    def get(self, name: str, default: Value = None) -> Value:
        """The value of a keyword argument."""
        return next((v for k, v in reversed(self.keywords) if k == name), default)

    def has(self, name: str) -> bool:
        """Whether a keyword argument is given."""
        return any(k == name for k, _ in self.keywords)

    def argument(self, position: int, name: str, default: Value = None) -> Value:
        """A parameter given by keyword or by position."""
        if self.has(name):
            return self.get(name)
        return self.args[position] if position < len(self.args) else default


def opened(project: Project, value: Value) -> Opened | None:
    """The call that a value stands for, or None when it is no call of something known."""
    if not isinstance(value, Code) or not ir.is_a(value.expr, "call"):
        return None
    evaluator = Evaluator(project)
    scope = scope_of(value)
    symbol = callee(project, scope, value.expr[1])
    if symbol is None:
        return None
    found = _open(evaluator, scope, symbol, value)
    if ":" in symbol:
        return _through_partial(project, symbol, found)
    return found


def _open(evaluator: Evaluator, scope: Scope, symbol: str, code: Code) -> Opened:
    _, _, args, keywords, at = code.expr
    dynamic = False
    values: list[Value] = []
    for arg in args:
        if ir.is_a(arg, "star"):
            inner = evaluator.value(scope, arg[1])
            if inner.__class__ is tuple:
                values.extend(inner)
            else:
                dynamic = True
        else:
            values.append(evaluator.value(scope, arg))
    named: list[tuple[str, Value]] = []
    for name, keyword in keywords:
        evaluated = evaluator.value(scope, keyword)
        if name is not None:
            named.append((name, evaluated))
        elif isinstance(evaluated, Mapping) and all(isinstance(k, str) for k, _ in evaluated.items):
            named.extend(evaluated.items)
        else:
            dynamic = True
    return Opened(symbol, tuple(values), tuple(named), dynamic, Place("Body", code.key, at))


def _through_partial(project: Project, symbol: str, call: Opened) -> Opened | None:
    """`required = partial(mapped_column, nullable=False)` called as `required(String)`."""
    if project.get(Class, symbol) is not None:
        return call
    made = opened(project, constant(project, symbol)) if not symbol.endswith(":") else None
    if made is None or made.symbol != "functools.partial" or not made.args or not isinstance(made.args[0], Code):
        return call
    inner = callee(project, scope_of(made.args[0]), made.args[0].expr)
    if inner is None:
        return None
    return Opened(
        inner, made.args[1:] + call.args, made.keywords + call.keywords, made.dynamic or call.dynamic, call.place
    )


def symbol_of(project: Project, value: Value) -> str | None:
    """The symbol that a value refers to: a project key, or a canonical dotted name. None for calls and plain values."""
    if isinstance(value, Ref):
        return value.key
    if isinstance(value, Code) and dotted(value.expr) is not None:
        return callee(project, scope_of(value), value.expr)
    return None


def text_of(value: Value) -> str | None:
    """The string that a value is, also through `text("...")`-less plain strings; None for anything else."""
    return value if isinstance(value, str) else None


def flag(value: Value, absent: bool) -> bool | None:
    """A boolean argument: `absent` when it was not given (None), None when it is not known."""
    if value is None:
        return absent
    return value if isinstance(value, bool) else None


def described(value: Value) -> str | None:
    """A value as short source text, for JSON and messages; None for an absent one."""
    if value is None:
        return None
    if value is UNKNOWN:
        return "..."
    if isinstance(value, Code):
        return show(value.expr)
    if isinstance(value, Ref):
        return value.key.rpartition(":")[2]
    if isinstance(value, Member):
        return f"{value.cls.rpartition(':')[2]}.{value.name}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{described(k)}: {described(v)}" for k, v in value.items) + "}"
    if value.__class__ is tuple:
        return "(" + ", ".join(str(described(v)) for v in value) + ")"
    return repr(value)


def sql_text(project: Project, value: Value) -> str | None:
    """The SQL of a string or of `text("...")`."""
    if isinstance(value, str):
        return value
    call = opened(project, value)
    if call is not None and call.symbol in ("sqlalchemy.text", "sqlalchemy.DDL") and call.args:
        return text_of(call.args[0])
    return None


def attribute_path(project: Project, code: Code) -> tuple[str, str] | None:
    """(owner symbol, rest) of a reference such as `User.id` or `users.c.id`: ("app/user.py:User", "id"), ("app/t.py:users", "c.id")."""
    name = dotted(code.expr)
    if name is None:
        return None
    names = dict(code.names)
    first, _, rest = name.partition(".")
    if isinstance(names.get(first), Ref):
        return (names[first].key, rest) if rest else None
    parts = name.split(".")
    for cut in range(1, len(parts)):
        symbol = symbol_at(project, code.key, ".".join(parts[:cut]))
        if symbol is None:
            return None
        if not symbol.endswith(":"):
            return symbol, ".".join(parts[cut:])
    return None


def evaluated(project: Project, key: str, e: Expr | None) -> Value:
    """The value of an expression that stands in the class or body `key`."""
    return Evaluator(project).value(Scope(key), e)
