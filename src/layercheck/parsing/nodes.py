"""The node classes that newer Pythons added to `ast`: the host's own where it has them, else stand-ins of the same name and fields.

`TypeVar`, `ParamSpec`, `TypeVarTuple` (3.12), `TemplateStr`, `Interpolation` (3.14). The stand-ins of the last two are kinds of
JoinedStr and FormattedValue, which they resemble in every field that those have.
"""

from __future__ import annotations

import _ast
from collections.abc import Iterator
from typing import Any

_ATTRIBUTES = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def _node_class(name: str, base: type, fields: tuple[str, ...]) -> Any:
    """The host's class of this name, or a new one."""
    own = getattr(_ast, name, None)
    if own is not None:
        return own
    return type(
        name, (base,), {"_fields": fields, "_attributes": _ATTRIBUTES, "__module__": __name__, "__doc__": f"ast.{name}"}
    )


TypeVar: Any = _node_class("TypeVar", _ast.AST, ("name", "bound", "default_value"))
ParamSpec: Any = _node_class("ParamSpec", _ast.AST, ("name", "default_value"))
TypeVarTuple: Any = _node_class("TypeVarTuple", _ast.AST, ("name", "default_value"))
TemplateStr: Any = _node_class("TemplateStr", _ast.JoinedStr, ("values",))
Interpolation: Any = _node_class("Interpolation", _ast.FormattedValue, ("value", "str", "conversion", "format_spec"))


def walk(node: _ast.AST) -> Iterator[_ast.AST]:
    """A node and all below it, level by level, as `ast.walk` gives them: that module takes longer to import than a small file to parse."""
    waiting = [node]
    for one in waiting:  # which grows meanwhile
        yield one
        for field in one._fields:
            value = getattr(one, field, None)
            if isinstance(value, _ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                waiting.extend([part for part in value if isinstance(part, _ast.AST)])
