"""What names and called functions mean while code is followed: local values first, then the project's symbols."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.evaluate_values import UNKNOWN, Code, Object, Ref, Scope, Value, scope_of
from layercheck.queries.symbols import binding, canonical, follow, mro, resolve


def symbol_at(project: Project, key: str, name: str) -> str | None:
    """What a dotted name means inside `key`; names that a class body binds to columns do not hide those outside it."""
    found = resolve(project, key, name)
    if found is None and project.get(Class, key) is not None:
        path, _, qualname = key.partition(":")
        return resolve(project, f"{path}:{qualname.rpartition('.')[0]}", name)
    return found


_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag"})


def is_enum(project: Project, key: str) -> bool:
    """Whether a class of the project is an enumeration."""
    return any(base in _ENUMS for base in mro(project, key))


@query(bottom=UNKNOWN)
def constant(project: Project, symbol: str) -> Value:
    """The value of a module variable or class attribute of the project, UNKNOWN when it cannot be followed."""
    path, _, name = symbol.partition(":")
    owner, _, attribute = name.rpartition(".")
    from layercheck.queries.evaluate import Evaluator

    evaluator = Evaluator(project)
    if not owner:
        bind = binding(project, symbol)
        if bind is None or bind.value is None:
            return UNKNOWN
        return evaluator.value(Scope(f"{path}:"), bind.value)
    row = project.get(Class, f"{path}:{owner}")
    if row is None:
        return UNKNOWN
    for raw in row.raw_fields[::-1]:
        if raw[0] == attribute and raw[2] is not None:
            return evaluator.value(Scope(row.key), raw[2])
    return UNKNOWN


def callee(project: Project, scope: Scope, func: Expr) -> str | None:
    """The symbol that a call calls; methods of objects made by a library are named after what made them.

    `sa.Column` is "sqlalchemy.Column"; with `reg = registry()`, `reg.mapped` is "sqlalchemy.orm.registry.mapped".
    """
    name = dotted(func)
    if name is None:
        if ir.is_a(func, "attr"):
            from layercheck.queries.evaluate import Evaluator

            owner = Evaluator(project).value(scope, func[1])
            made = made_by(project, owner)
            return f"{made}.{func[2]}" if made is not None else None
        return None
    first, _, rest = name.partition(".")
    if first in scope.names:
        value = scope.names[first]
        if isinstance(value, Ref):
            found = follow(project, value.key, rest)
            return (
                found
                if found is not None and (":" not in found or is_definition(project, found)) and "__" not in rest
                else None
            )
        if isinstance(value, Object):
            return f"{value.symbol}.{rest}" if rest else None
        if isinstance(value, Code):
            made = made_by(project, value)
            if made is not None:
                return f"{made}.{rest}" if rest else None
            named = callee(project, scope_of(value), value.expr) if dotted(value.expr) is not None else None
            return canonical(f"{named}.{rest}") if named is not None and rest else named
        return None
    symbol = symbol_at(project, scope.key, name)
    if symbol is not None and ":" in symbol and not symbol.endswith(":") and not is_definition(project, symbol):
        value = constant(project, symbol)
        if isinstance(value, Ref):
            return value.key
        if isinstance(value, Code) and dotted(value.expr) is not None:
            return callee(project, scope_of(value), value.expr)
        return symbol
    if symbol is None and rest:
        return _method_of_variable(project, scope, first, rest)
    return symbol


def is_definition(project: Project, symbol: str) -> bool:
    """Whether a project symbol is a class or function, not a variable."""
    return project.get(Class, symbol) is not None or project.get(Function, symbol) is not None


def _method_of_variable(project: Project, scope: Scope, first: str, rest: str) -> str | None:
    symbol = symbol_at(project, scope.key, first)
    while symbol is not None and symbol.endswith(":") and "." in rest:
        part, _, rest = rest.partition(".")
        symbol = resolve(project, symbol, part)
    if symbol is None or ":" not in symbol or symbol.endswith(":"):
        return None
    made = _maker(project, symbol)
    return f"{made}.{rest}" if made is not None else None


@query(bottom=None)
def _maker(project: Project, symbol: str) -> str | None:
    """What made the object that a module variable holds; a variable that is made of itself (`app = app.build()`) is unknown."""
    return made_by(project, constant(project, symbol))


def made_by(project: Project, value: Value) -> str | None:
    """The symbol whose call made an object: "sqlalchemy.MetaData" for the value of `metadata = MetaData()`."""
    if isinstance(value, Code) and ir.is_a(value.expr, "call"):
        return callee(project, scope_of(value), value.expr[1])
    return None


def method_of(func: Expr) -> tuple[Expr, str] | None:
    """(the object, the method's name) of a called attribute."""
    if ir.is_a(func, "attr"):
        return func[1], func[2]
    if isinstance(func, str) and "." in func:
        owner, _, name = func.rpartition(".")
        return (owner if "." not in owner else ("ref", owner, 0)), name
    return None
