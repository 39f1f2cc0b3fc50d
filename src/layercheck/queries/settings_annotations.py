"""What the annotation and the `Field(...)` of a settings field say: its head, whether it has parts, whether there is a default."""

from __future__ import annotations

from layercheck import ir
from layercheck.ir import Expr, dotted
from layercheck.project import Project
from layercheck.queries.symbols import resolve

REQUIRED: Expr = ("const", ...)
"""`...` as a default."""
_UNIONS = frozenset({"typing.Optional", "typing.Union", "typing.Annotated", "typing_extensions.Annotated"})


def head_of(annotation: Expr | None) -> str | None:
    """The name that an annotation begins with: `Optional` of `Optional[str]`."""
    return dotted(annotation[1]) if ir.is_a(annotation, "item") and annotation is not None else dotted(annotation)


def is_constant(value: Expr | None) -> bool:
    """Whether a value without annotation is a field of version 1: a constant or a display."""
    return value is not None and (
        value.__class__ is tuple and value[0] in ("const", "list", "dict", "tuple", "un", "op")
    )


def is_opaque(call: Expr) -> bool:
    """Whether a call of Field has arguments behind a star."""
    return any(name is None for name, _ in call[3]) or any(ir.is_a(arg, "star") for arg in call[2])


def gives_default(call: Expr) -> bool | None:
    """Whether a call of Field gives a default; None: unknown."""
    if ir.keyword(call, "default_factory") not in (None, ("const", None)):
        return True
    given = ir.argument(call, 0, "default")
    if given is None or given == REQUIRED or ir.last_name(given) == "PydanticUndefined":
        return None if is_opaque(call) else False
    return True


def holds_plainly(project: Project, owner: str, annotation: Expr | None) -> bool:
    """Whether an annotation is a class itself, perhaps optional or annotated: not a list or dictionary of it."""
    if dotted(annotation) is not None:
        return True
    if ir.is_a(annotation, "op") and annotation is not None:
        return all(operand == ("const", None) or holds_plainly(project, owner, operand) for operand in annotation[2])
    head = head_of(annotation)
    symbol = resolve(project, owner, head) if head is not None else None
    if symbol not in _UNIONS or annotation is None:
        return False
    items = annotation[2][1] if ir.is_a(annotation[2], "tuple") else (annotation[2],)
    if symbol is not None and symbol.endswith("Annotated"):
        items = items[:1]
    return all(item == ("const", None) or holds_plainly(project, owner, item) for item in items)


_SCALARS = frozenset({
    "builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.bytes", "pydantic.SecretStr", "pydantic.SecretBytes",
    "pathlib.Path", "datetime.timedelta", "typing.Literal", "typing_extensions.Literal", "decimal.Decimal",
})  # fmt: skip


def is_scalar(project: Project, owner: str, annotation: Expr | None) -> bool:
    """Whether a field surely has no parts that variables could fill."""
    if annotation is None or annotation == ("const", None):
        return True
    if ir.is_a(annotation, "op"):
        return all(is_scalar(project, owner, operand) for operand in annotation[2])
    head = head_of(annotation)
    symbol = resolve(project, owner, head) if head is not None else None
    if symbol in _UNIONS:
        items = annotation[2][1] if ir.is_a(annotation[2], "tuple") else (annotation[2],)
        if symbol is not None and symbol.endswith("Annotated"):
            items = items[:1]
        return all(is_scalar(project, owner, item) for item in items)
    return symbol in _SCALARS
