"""Attributes and subscripts of the project's own objects that ask the database: properties, `__getitem__`."""

from __future__ import annotations

from layercheck.facts.rows import Class, Function
from layercheck.project import Project, query
from layercheck.queries.effects import SQL_ONCE, effect_of
from layercheck.queries.import_names import python_files
from layercheck.queries.symbols import class_attribute
from layercheck.queries.tables_mapping import is_mapped
from layercheck.queries.types import Typing, has_decorator

_PROPERTY = frozenset({"builtins.property"})


def asking(project: Project, key: str, owner: str, name: str, at: int) -> str | None:
    """The function that runs for `owner.name` (or `owner[...]`, with "__getitem__"), when that sends a query every time."""
    if name not in asking_names(project):
        return None
    kind = Typing(project, key).name(owner, at)
    if kind is None or kind[0] != "inst" or ":" not in kind[1] or is_mapped(project, kind[1]):
        return None
    symbol = class_attribute(project, kind[1], name)
    return symbol if symbol is not None and _asks(project, symbol) else None


@query
def asking_names(project: Project) -> frozenset[str]:
    """The names of all properties and `__getitem__` methods of the project that send a query."""
    return frozenset([name for path in python_files(project) for name in _asking_names_in(project, path)])


@query
def _asking_names_in(project: Project, path: str) -> frozenset[str]:
    return frozenset(
        [
            row.name
            for row in project.of_file(Function, path)
            if row.cls and (row.decorators or row.name == "__getitem__") and _asks(project, row.key)
        ]
    )


@query
def _asks(project: Project, key: str) -> bool:
    function = project.get(Function, key)
    if function is None or project.get(Class, f"{function.path}:{function.cls}") is None or function.is_async:
        return False
    if function.name != "__getitem__" and not has_decorator(project, function, _PROPERTY):
        return False
    sent = effect_of(project, key, SQL_ONCE)
    return sent is not None and not sent.guards
