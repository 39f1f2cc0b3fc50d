"""Which modules are imported by which, after resolving names to the modules that define them."""

from __future__ import annotations

from layercheck.facts.rows import Module
from layercheck.project import Project, query
from layercheck.queries.symbols import imported, imported_module
from layercheck.tuples import NamedTuple


class Meant(NamedTuple):
    """What one import names."""

    module: str | None
    """As `imported_module` has it."""
    symbol: str | None
    """As `imported` has it."""


@query(dear=True)
def imports_meant(project: Project, path: str) -> tuple[Meant, ...]:
    """What the imports of a file name, in their order."""
    module = project.imports_in(path)
    if module is None:
        return ()
    return tuple([Meant(imported_module(project, path, e), imported(project, path, e)) for e in module.imports])


@query
def imports_of(project: Project, path: str) -> frozenset[str]:
    """The project files that a file imports: the modules it names and those that define the names it takes."""
    found = set()
    for meant in imports_meant(project, path):
        for target in meant:
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
def imported_first(project: Project, path: str) -> tuple[str, ...]:
    """The project files that run before the code of a file when it is imported, as far as its own statements say it, in their order.

    The packages around a module run before it; imports for type checkers and those inside functions do not count.
    """
    module = project.get(Module, f"{path}:")
    found: dict[str, None] = {}
    for entry in module.imports if module is not None else ():
        if entry.scope or entry.type_checking:
            continue
        target = imported_module(project, path, entry)
        if target is None or ":" not in target:
            continue
        file = target.removesuffix(":")
        folder = file.rstrip("/")
        packages = []
        while "/" in folder:
            folder = folder.rpartition("/")[0]
            if project.has_file(f"{folder}/__init__.py"):
                packages.append(f"{folder}/__init__.py")
        for one in (*reversed(packages), file):
            if one.endswith(".py") and one != path:
                found[one] = None
    return tuple(found)


def running_order(project: Project, starts: tuple[str, ...]) -> tuple[str, ...]:
    """The files that importing some files runs, each when all that it imports has run (or has begun to: circles), as Python does it."""
    begun: set[str] = set()
    done: dict[str, None] = {}
    for start in starts:
        stack = [(start, iter(imported_first(project, start)))] if start not in begun else []
        begun.add(start)
        while stack:
            path, rest = stack[-1]
            following = next((p for p in rest if p not in begun), None)
            if following is None:
                done[path] = None
                stack.pop()
            else:
                begun.add(following)
                stack.append((following, iter(imported_first(project, following))))
    return tuple(done)


@query
def importers_of(project: Project, path: str) -> tuple[str, ...]:
    """The project files that import a file, sorted."""
    return tuple(other for other in project.files() if other.endswith(".py") and path in imports_of(project, other))
