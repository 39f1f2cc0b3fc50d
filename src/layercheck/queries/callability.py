"""Whether what a call gives can be called itself."""

from __future__ import annotations

from layercheck.facts.rows import Class, Function
from layercheck.knowledge.database import ASYNC_SESSIONS, SYNC_SESSIONS
from layercheck.project import Project, query
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.symbols import class_attribute, has_unknown_base, mro
from layercheck.queries.type_values import Type
from layercheck.queries.types import has_decorator, return_type

_VALUES = frozenset({
    "builtins.bool", "builtins.bytes", "builtins.dict", "builtins.float", "builtins.frozenset", "builtins.int", "builtins.list",
    "builtins.set", "builtins.str", "builtins.tuple", "datetime.datetime", "pathlib.Path", "uuid.UUID",
})  # fmt: skip
_PLAIN = frozenset({"abc.ABC", "builtins.object", "typing.Generic", "typing.Protocol"})
_STATIC = frozenset({"builtins.classmethod", "builtins.staticmethod"})


@query
def not_callable(project: Project, symbol: str) -> str | None:
    """What calling a function or class of the project gives, in words, when that cannot be called; None when it can or might."""
    if project.get(Class, symbol) is not None:
        return _instance(project, symbol)
    function = project.get(Function, symbol)
    if function is None or (function.decorators and not _only_static(project, function)):
        return None
    if function.is_generator:
        return "a generator"
    if function.is_async:
        return "a coroutine"
    return None if function.nested else _value(project, return_type(project, symbol))


def _only_static(project: Project, function: Function) -> bool:
    return len(function.decorators) == 1 and has_decorator(project, function, _STATIC)


def _value(project: Project, kind: Type) -> str | None:
    if kind is None or kind[0] != "inst":
        return None
    if ":" in kind[1]:
        return _instance(project, kind[1])
    if kind[1] in _VALUES or kind[1] in SYNC_SESSIONS or kind[1] in ASYNC_SESSIONS:
        return f"a value of type {kind[1].rpartition('.')[2]}"
    return None


def _instance(project: Project, cls: str) -> str | None:
    row = project.get(Class, cls)
    if row is None or has_unknown_base(project, cls) or row.keywords:
        return None
    if (
        class_attribute(project, cls, "__call__") is not None
        and not is_schema(project, cls)
        and not is_table(project, cls)
    ):
        return None
    outside = [base for base in mro(project, cls) if ":" not in base and base not in _PLAIN]
    if outside and not is_schema(project, cls) and not is_table(project, cls):
        return None
    if any(
        name == "__call__"
        for base in mro(project, cls)
        if (found := project.get(Class, base))
        for name, _ in found.methods
    ):
        return None
    return f"an instance of {row.name}"
