"""The value of an expression where the source alone decides it: literals, module constants, settings defaults, f-strings of such."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.symbols import binding, mro, resolve


def string_value(project: Project, key: str, e: Expr | None) -> str | None:
    """The text that an expression surely has, or None. `key` is the function, class or module whose names it uses."""
    if e is None:
        return None
    if ir.is_a(e, "const"):
        return e[1] if isinstance(e[1], str) else None
    name = dotted(e)
    if name is not None:
        return name_value(project, key, name)
    if ir.is_a(e, "fstr"):
        parts = [string_value(project, key, p) for p in e[1]]
        return None if any(p is None for p in parts) else "".join(p for p in parts if p is not None)
    if ir.is_a(e, "op") and e[1] == "+":
        parts = [string_value(project, key, p) for p in e[2]]
        return None if any(p is None for p in parts) else "".join(p for p in parts if p is not None)
    if ir.is_a(e, "attr"):  # settings().api_prefix, get_settings().api_prefix
        return _attribute_value(project, key, e[1], e[2])
    if ir.is_a(e, "call") and ir.is_a(e[1], "attr") and e[1][2] in ("rstrip", "strip", "lower") and not e[2]:
        inner = string_value(project, key, e[1][1])
        return None if inner is None else getattr(inner, e[1][2])()
    return None


@query
def name_value(project: Project, key: str, name: str) -> str | None:
    """The text of a name or attribute chain: a local bound once to a constant, a module constant, a settings default."""
    if "." not in name:
        local = _local_value(project, key, name)
        if local is not None:
            return local
        row = project.get(
            Class, key
        )  # in the body of a class its own names come first: `PREFIX: str = f"/api/{VERSION}"`
        own = next((f for f in row.fields if f.name == name), None) if row is not None else None
        if own is not None and own.value is not None and own.value != name:
            return _default_value(project, key, own.value)
    symbol = resolve(project, key, name)
    if symbol is not None and ":" in symbol and not symbol.endswith(":"):
        owner, _, attribute = symbol.rpartition(".")
        if ":" in owner and project.get(Class, owner) is not None:
            return field_value(project, owner, attribute)
        bind = binding(project, symbol)
        if bind is not None and bind.value is not None and dotted(bind.value) != name:
            return string_value(project, f"{symbol.partition(':')[0]}:", bind.value)
        return None
    owner, _, attribute = name.rpartition(".")
    return _attribute_value(project, key, owner, attribute) if owner else None


def _attribute_value(project: Project, key: str, owner: Expr, attribute: str) -> str | None:
    from layercheck.queries.types import Typing

    kind = Typing(project, key).type(owner)
    if kind is not None and kind[0] in ("inst", "type") and ":" in kind[1]:
        return field_value(project, kind[1], attribute)
    return None


@query
def field_value(project: Project, cls: str, attribute: str) -> str | None:
    """The literal default of a class field (`API_V1_STR: str = "/api/v1"`), inherited ones included."""
    for base in mro(project, cls):
        row = project.get(Class, base)
        if row is None:
            continue
        for field in row.fields:
            if field.name == attribute:
                return _default_value(project, base, field.value)
        for stored in row.attributes:
            if stored.name == attribute and stored.kind == "=":
                return string_value(project, f"{row.path}:{stored.method}", stored.value)
    return None


def _default_value(project: Project, cls: str, value: Expr | None) -> str | None:
    if ir.is_a(value, "call") and value is not None:
        name = ir.last_name(value[1])
        if name in ("Field", "config", "env", "getenv", "get"):
            given = ir.keyword(value, "default")
            if given is None and value[2]:
                given = value[2][-1] if name != "Field" or len(value[2]) == 1 else value[2][0]
            return string_value(project, cls, given)
    return string_value(project, cls, value)


def _local_value(project: Project, key: str, name: str) -> str | None:
    path, _, qualname = key.partition(":")
    while qualname:
        body = project.get(Body, f"{path}:{qualname}")
        function = project.get(Function, f"{path}:{qualname}")
        if body is not None and function is not None:
            values = [raw for raw in body.raw_binds if raw[0] == name]
            if len(values) == 1 and values[0][1] == "=" and values[0][2] is not None and values[0][2] != name:
                return string_value(project, f"{path}:{qualname}", values[0][2])
            if values:
                return None
            for param in function.params:
                if param.name == name:
                    return string_value(project, key, param.default) if ir.is_a(param.default, "const") else None
        qualname = qualname.rpartition(".")[0]
    return None
