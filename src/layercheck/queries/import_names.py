"""What files import, as it is written: for questions about the whole project, which need not look at a file again where that stayed."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Module
from layercheck.project import Project, query

Named = tuple[str, int, str | None]
"""(module, level, name) of an imported name as in `Import`."""


@query
def names_imported(project: Project, path: str) -> frozenset[Named]:
    """Everything that a file imports."""
    module = project.imports_in(path)
    return frozenset() if module is None else frozenset([(raw[0], raw[1], raw[2]) for raw in module.raw_imports])


REVISION = frozenset({"revision", "down_revision"})
"""What an Alembic revision binds."""


@query(kept=True)
def binds_all(project: Project, path: str, names: frozenset[str]) -> bool:
    """Whether a module binds all of these names. Who goes by that stands on this, and not on all that the module binds."""
    module = project.get(Module, f"{path}:")
    return module is not None and names <= {name for name, _, _ in module.names}


def python_files(project: Project) -> list[str]:
    """The paths of the project's Python files, sorted."""
    return [path for path in project.files() if path.endswith(".py")]


def all_imported(project: Project) -> Iterator[tuple[str, Named]]:
    """(path, what it imports) for all imports of all files."""
    for path in python_files(project):
        for named in names_imported(project, path):
            yield path, named


class NamesByFile(dict[str, frozenset[str]]):
    """A dictionary that is never changed after it is made: file -> names."""

    __slots__ = ()
