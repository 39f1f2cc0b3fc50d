"""Which file an import means, without executing anything and without asking the environment.

Python looks along `sys.path`; a repository does not say what that will be. So the *import roots* are found from the tree: the
project root, folders with a project file (pyproject.toml, alembic.ini, ...), their `src`; and, as a last resort, the folders
around the importing file (scripts run from their own folder), unless that folder is known to be part of a package because
others import it by a longer name. A package that is also the folder in which the server is started (its own files say `from models
import User`, its tests or its migrations `from app.models import User`) is told by imports that nothing else can mean. Nearer roots
win, so several applications side by side do not mix. Last come the folders around the nearest root: several services share what lies
beside them (`backend/shared`, put next to each when it is deployed).

Module keys: "app/main.py:" for a file, "app/api//:" for a namespace package (a folder without __init__.py).
"""

from __future__ import annotations

import sys

from layercheck.knowledge.names import TEST_FOLDERS
from layercheck.project import Project, query
from layercheck.queries.import_names import names_imported, python_files

_MARKERS = frozenset({
    "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "alembic.ini", "manage.py", "pytest.ini", "tox.ini", "Dockerfile",
    "requirements.txt", "requirements.in", "poetry.lock", "uv.lock", "noxfile.py",
})  # fmt: skip
_SOURCE_FOLDERS = ("src", "lib", "python")
_OWN_NAMES = frozenset({
    "api", "auth", "base", "config", "constants", "core", "crud", "database", "db", "dependencies", "deps", "enums", "exceptions", "helpers", "main",
    "middleware", "middlewares", "model", "models", "oauth2", "repositories", "repository", "routers", "routes", "schema", "schemas", "security",
    "services", "settings", "util", "utils",
})  # fmt: skip
"""Names of modules that applications use and installed packages do not."""


def folder_of(path: str) -> str:
    """The folder of a path, '' for the project root."""
    return path.rpartition("/")[0]


def join(folder: str, name: str) -> str:
    """A path below a folder, where '' is the project root."""
    return f"{folder}/{name}" if folder else name


@query
def import_roots(project: Project) -> tuple[str, ...]:
    """The folders that Python may search for top-level names, sorted by path."""
    found = {""}
    for path in project.files():
        folder, _, name = path.rpartition("/")
        if name in _MARKERS or (name.startswith("requirements") and name.endswith(".txt") and "/" in path):
            if not _in_regular_package(project, folder):
                found.add(folder)
    for folder in list(found):
        for name in _SOURCE_FOLDERS:
            source = join(folder, name)
            if project.has_folder(source) and not project.has_file(f"{source}/__init__.py"):
                found.add(source)
    return tuple(sorted(found))


def _in_regular_package(project: Project, folder: str) -> bool:
    return bool(folder) and project.has_file(f"{folder}/__init__.py")


@query
def used_packages(project: Project) -> frozenset[str]:
    """Folders that somebody imports as a top-level package from an import root: nothing inside them is a root of its own."""
    used = set()
    roots = import_roots(project)
    for path in python_files(project):
        own = _ancestors(folder_of(path))
        near = [folder for folder in own if folder in roots]
        for module, level, name in names_imported(project, path):
            if level or not module or ("." not in module and name is None):
                continue
            for root in near or roots:
                if _locate(project, root, module) is not None:
                    used.add(join(root, module.partition(".")[0]))
                    break
    return frozenset(used)


@query
def started_in(project: Project) -> frozenset[str]:
    """Packages that files inside them import from as from the folder in which the application is started.

    `from accounts.models import User` in `blog/posts/router.py` means `blog/accounts/models.py` only if Python searches `blog`, whoever else
    imports `blog.config`. One such name may be an installed package that happens to be called so; two of them are not.
    """
    told: dict[str, set[str]] = {}
    for path in python_files(project) if used_packages(project) else ():
        for folder, top in _told_in(project, path):
            told.setdefault(folder, set()).add(top)
    return frozenset(folder for folder, tops in told.items() if len(tops) > 1)


@query(together=True)
def _told_in(project: Project, path: str) -> frozenset[tuple[str, str]]:
    """(package around a file, first part of what is imported) for the imports of the file that speak for one of `started_in`."""
    packages, roots = used_packages(project), import_roots(project)
    around = _ancestors(folder_of(path))
    told: set[tuple[str, str]] = set()
    if packages.isdisjoint(around):
        return frozenset()
    first = next(position for position, folder in enumerate(around) if folder in roots)
    for module, level, name in names_imported(project, path):
        if level or not module or any(_locate(project, root, module) is not None for root in around[first:]):
            continue
        folder = next((folder for folder in around[:first] if _is_own(project, folder, module, name)), None)
        if folder is not None and not packages.isdisjoint(_ancestors(folder)):
            told.add((folder, module.partition(".")[0]))
    return frozenset(told)


def _is_own(project: Project, folder: str, module: str, name: str | None) -> bool:
    """Whether an import can hardly mean anything but a module below a folder: a path of two names that is there, or a usual name."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return False
    found = _locate(project, folder, module)
    if found is None:
        return False
    if "." in module or top in _OWN_NAMES:
        return True
    return not found.endswith(f"/{top}.py:") and name is not None and submodule(project, found, name) is not None


def _ancestors(folder: str) -> list[str]:
    """The folder and all around it, innermost first, '' last."""
    out = [folder]
    while folder:
        folder = folder.rpartition("/")[0]
        out.append(folder)
    return out


@query
def search_path(project: Project, folder: str) -> tuple[str, ...]:
    """The import roots for a file in `folder`, in the order they are tried."""
    roots = import_roots(project)
    around = _ancestors(folder)
    near = [f for f in around if f in roots]
    packages = used_packages(project)
    fallback = []
    for position, candidate in enumerate(around):
        if candidate in roots:
            break
        if not any(f in packages for f in around[position:]):
            fallback.append(candidate)
    started = started_in(project)
    own = [folder for folder in around if folder in started]
    far = [*(r for r in roots if r not in near), *sorted(started.difference(own))]
    first = next((position for position, f in enumerate(around) if f in roots), len(around))
    beside = [f for f in around[first + 1 :] if f and f not in roots and not _in_regular_package(project, f)]
    return (*near, *fallback, *own, *far, *beside)


def _locate(project: Project, root: str, dotted: str) -> str | None:
    """The module key of `dotted` below a root, or None. Every part must exist."""
    path = join(root, dotted.replace(".", "/"))
    if project.has_file(f"{path}/__init__.py"):
        return f"{path}/__init__.py:"
    if project.has_file(f"{path}.py"):
        return f"{path}.py:"
    if project.has_folder(path):
        return f"{path}//:"
    return None


@query(whole=True)
def find_module(project: Project, folder: str, dotted: str) -> str | None:
    """The project module that `import dotted` means in a file of `folder`; None for third-party and unknown modules.

    A regular module anywhere on the search path wins over a namespace package, as in Python.
    """
    namespace = None
    for root in search_path(project, folder):
        found = _locate(project, root, dotted)
        if found is None:
            continue
        if not found.endswith("//:"):
            return found
        if namespace is None:
            namespace = found
    return namespace


@query
def relative_module(project: Project, path: str, level: int, dotted: str) -> str | None:
    """The module of `from ..dotted import x` in the file `path`: one dot is its own folder."""
    folder = folder_of(path)
    for _ in range(level - 1):
        folder = folder_of(folder)
    if not dotted:
        if project.has_file(join(folder, "__init__.py")):
            return f"{join(folder, '__init__.py')}:"
        return f"{folder}//:" if project.has_folder(folder) else None
    return _locate(project, folder, dotted)


def submodule(project: Project, module: str, name: str) -> str | None:
    """The module `name` inside a package (key of its __init__ or of a namespace folder), or None."""
    if module.endswith("//:"):
        folder = module[:-3]
    elif module.endswith("/__init__.py:"):
        folder = module[: -len("/__init__.py:")]
    elif module == "__init__.py:":
        folder = ""
    else:
        return None
    return _locate(project, folder, name)


@query
def module_name(project: Project, path: str) -> str:
    """The dotted name people use for a file: below its nearest import root."""
    folder = folder_of(path)
    roots = import_roots(project)
    root = next((f for f in _ancestors(folder) if f in roots), "")
    inner = path[len(root) + 1 :] if root else path
    inner = inner.removesuffix(".py").removesuffix("/__init__")
    return inner.replace("/", ".")


@query
def files_by_folder(project: Project) -> FolderTable:
    """folder -> the paths of the files directly in it, sorted."""
    table: dict[str, list[str]] = {}
    for path in project.files():
        table.setdefault(folder_of(path), []).append(path)
    return FolderTable({folder: tuple(paths) for folder, paths in table.items()})


class FolderTable(dict[str, tuple[str, ...]]):
    """A dictionary that is never changed after it is made."""

    __slots__ = ()


def files_in(project: Project, folder: str) -> tuple[str, ...]:
    """The paths of the files directly in a folder."""
    return files_by_folder(project).get(folder, ())


def is_test_folder(name: str) -> bool:
    """Whether a folder is named like one of test code."""
    return name in TEST_FOLDERS or name.startswith(("tests_", "test_")) or name.endswith(("_tests", "_test"))


def looks_like_test(path: str) -> bool:
    """Whether a path is named like test code."""
    *folders, name = path.split("/")
    return (
        any(is_test_folder(f) for f in folders)
        or name.startswith("test_")
        or name.endswith("_test.py")
        or name in ("conftest.py", "tests.py", "test.py")
    )
