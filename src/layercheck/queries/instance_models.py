"""Which mapped class a statement asks for, where only a class around it can tell: `select(self.model)` of a generic repository."""

from __future__ import annotations

from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.symbols import class_attribute, mro, resolve
from layercheck.queries.tables_mapping import is_mapped
from layercheck.queries.types import annotation_type, type_arguments


def entity_of(project: Project, key: str, receiver: Any, e: Expr) -> str | None:
    """The mapped class that `select(e)` asks for: a class, or `self.model` of a generic repository."""
    text = dotted(e)
    if text is None:
        return None
    if text == "cls":
        path, _, qualname = key.partition(":")
        own = receiver[1] if receiver is not None else f"{path}:{qualname.rpartition('.')[0]}"
        return own if is_mapped(project, own) else None
    symbol = resolve(project, key, text) or _aliased(project, key, text)
    if symbol is not None and ":" in symbol and project.get(Class, symbol) is not None:
        return symbol if is_mapped(project, symbol) else None
    owner, _, attribute = text.rpartition(".")
    if owner not in ("self", "cls"):
        return None
    path, _, qualname = key.partition(":")
    kind = receiver or ("inst", f"{path}:{qualname.rpartition('.')[0]}", ())
    found = model_of(project, kind, attribute)
    return found if found is not None and is_mapped(project, found) else None


def _aliased(project: Project, key: str, name: str) -> str | None:
    """The class behind a local `other = aliased(Book)`."""
    body = project.get(Body, key)
    for raw in body.raw_binds if body is not None else ():
        if raw[0] == name and ir.is_a(raw[2], "call") and ir.last_name(raw[2][1]) == "aliased" and raw[2][2]:
            return resolve(project, key, dotted(raw[2][2][0]) or "?")
    return None


@query
def model_of(project: Project, kind: Any, attribute: str) -> str | None:
    """The class that `self.<attribute>` holds in instances of a type: bound in a class body, given to __init__, or a type argument."""
    cls = kind[1]
    for base in mro(project, cls):
        row = project.get(Class, base)
        if row is None:
            continue
        for field in row.fields:
            if field.name == attribute and dotted(field.value) if field.value is not None else False:
                symbol = resolve(project, base, dotted(field.value) or "")
                if symbol is not None and project.get(Class, symbol) is not None:
                    return symbol
            if field.name == attribute and field.annotation is not None:
                found = _argument(project, base, field.annotation, kind)
                if found is not None:
                    return found
        for stored in row.attributes:
            if stored.name == attribute and stored.value is not None:
                method = f"{row.path}:{stored.method}"
                symbol = resolve(project, method, dotted(stored.value) or "?")
                if symbol is not None and project.get(Class, symbol) is not None:
                    return symbol
                function = project.get(Function, method)
                for param in function.params if function is not None else ():
                    if param.name == stored.value:
                        found = _argument(project, method, param.annotation, kind) or _handed_up(
                            project, cls, method, param.name
                        )
                        if found is not None:
                            return found
    return None


def _argument(project: Project, scope: str, annotation: Expr | None, kind: Any) -> str | None:
    """`type[ModelT]` under the type arguments of the receiver."""
    if not ir.is_a(annotation, "item") or annotation is None:
        return None
    inner = annotation[2]
    found = annotation_type(project, scope, inner)
    if found is not None and found[0] == "var":
        found = type_arguments(project, kind[1], kind[2]).get(found[1])
    return found[1] if found is not None and found[0] == "inst" and ":" in found[1] else None


def _handed_up(project: Project, cls: str, method: str, name: str) -> str | None:
    """The class that a subclass's `super().__init__(Order, ...)` gives for a parameter of the base's __init__."""
    function = project.get(Function, method)
    init = class_attribute(project, cls, "__init__")
    body = project.get(Body, init) if init is not None and init != method else None
    if body is None or function is None or init is None:
        return None
    names = [p.name for p in function.params][1:]
    for call, *_ in body.raw_calls:
        if ir.is_a(call[1], "attr") and call[1][2] == "__init__":
            value = ir.argument(call, names.index(name), name) if name in names else None
            symbol = resolve(project, init, dotted(value) or "?") if value is not None else None
            if symbol is not None and project.get(Class, symbol) is not None:
                return symbol
    return None
