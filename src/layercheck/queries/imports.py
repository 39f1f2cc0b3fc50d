"""Which modules are imported by which, after resolving names to the modules that define them."""

from __future__ import annotations

from layercheck.facts.rows import Module
from layercheck.project import Project, query
from layercheck.queries.symbols import imported, imported_module


@query
def imports_of(project: Project, path: str) -> frozenset[str]:
    """The project files that a file imports: the modules it names and those that define the names it takes."""
    module = project.get(Module, f"{path}:")
    if module is None:
        return frozenset()
    found = set()
    for entry in module.imports:
        for target in (imported_module(project, path, entry), imported(project, path, entry)):
            if target is not None and ":" in target and not target.endswith("//:"):
                found.add(target.partition(":")[0])
    found.discard(path)
    return frozenset(found)


@query
def imported_files(project: Project) -> frozenset[str]:
    """Every project file that some other file imports."""
    found: set[str] = set()
    for path in project.files():
        if path.endswith(".py"):
            found |= imports_of(project, path)
    return frozenset(found)


@query
def is_imported(project: Project, path: str) -> bool:
    """Whether some file of the project imports this one."""
    return path in imported_files(project)


@query
def importers_of(project: Project, path: str) -> tuple[str, ...]:
    """The project files that import a file, sorted."""
    return tuple(other for other in project.files() if other.endswith(".py") and path in imports_of(project, other))
