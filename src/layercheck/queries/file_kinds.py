"""What kind of file a module is: test code, a migration, generated, a script, the place where the application is put together."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Function
from layercheck.ir import dotted
from layercheck.knowledge.names import (
    CLI_PACKAGES,
    COMPOSITION_NAMES,
    PACKAGERS,
    SCRIPT_FOLDERS,
    SCRIPT_MODULES,
    SCRIPT_PREFIXES,
    TEST_FOLDERS,
)
from layercheck.project import Project, query
from layercheck.queries.depends import providers_of
from layercheck.queries.handlers import creates_app, handlers_in
from layercheck.queries.import_names import REVISION, binds_all, python_files
from layercheck.queries.imports import is_imported
from layercheck.queries.modules import is_test_folder, looks_like_test
from layercheck.queries.symbols import imported_module
from layercheck.queries.unreadable import unreadable_names
from layercheck.queries.words import bodies


@query
def is_test(project: Project, path: str) -> bool:
    """Test code: tests folders, test_*.py, conftest.py, unless the module defines routes or application code imports it.

    Routes that a test function defines for itself are test code.
    """
    if not looks_like_test(path):
        return False
    *folders, name = path.split("/")
    if name in ("conftest.py",) or _in_test_folder(project, folders):
        return True
    if not looks_like_test(name):
        return False
    return path not in imported_by_application(project) and all(
        _within_a_test(handler) for handler in handlers_in(project, path)
    )


def _named_like_test(project: Project, path: str) -> bool:
    *folders, name = path.split("/")
    return looks_like_test(path) and (looks_like_test(name) or _in_test_folder(project, folders))


def _in_test_folder(project: Project, folders: list[str]) -> bool:
    """Whether a folder of tests is around: one called so, or one that sounds like it and is no part of the product."""
    inside = False
    for depth, folder in enumerate(folders):
        if folder in TEST_FOLDERS:
            return True
        if is_test_folder(folder):
            path = "/".join(folders[: depth + 1])
            if not (_is_product(project, path) or (inside and not project.has_file(f"{path}/conftest.py"))):
                return True
            inside = True
    return False


_APPLICATION_MODULES = ("main.py", "app.py", "application.py", "asgi.py", "server.py")


@query
def _is_product(project: Project, folder: str) -> bool:
    """Whether a package that sounds like tests (`test_observer`, `test_results`) holds an application, or routes of one."""
    if not project.has_file(f"{folder}/__init__.py") or project.has_file(f"{folder}/conftest.py"):
        return False
    starts = [f"{folder}/{name}" for name in _APPLICATION_MODULES]
    if any(project.has_file(path) and creates_app(project, path) for path in starts):
        return True
    return any(
        not all(_within_a_test(handler) for handler in handlers_in(project, path))
        for path in project.files()
        if path.endswith(".py") and path.rpartition("/")[0] == folder and _defines_no_test(project, path)
    )


def _defines_no_test(project: Project, path: str) -> bool:
    return not any(f.name.startswith("test_") for f in project.of_file(Function, path))


def _within_a_test(handler: str) -> bool:
    outer, dot, _ = handler.partition(":")[2].partition(".")
    return bool(dot) and outer.startswith(("test_", "Test"))


@query
def imported_by_application(project: Project) -> frozenset[str]:
    """The test-like files that a module which is not named like a test imports."""
    found: set[str] = set()
    for path in python_files(project):
        if not _named_like_test(project, path):
            found |= _tests_imported_by(project, path)
    return frozenset(found)


@query
def _tests_imported_by(project: Project, path: str) -> frozenset[str]:
    module = project.imports_in(path)
    found = set()
    for entry in module.imports if module is not None else ():
        name = entry.module.rpartition(".")[2] if entry.module else ""
        if "test" in name or (entry.name is not None and "test" in entry.name):
            target = imported_module(project, path, entry)
            if target is not None and looks_like_test(target.rstrip(":")):
                found.add(target[:-1])
    return frozenset(found)


_MIGRATIONS = ("alembic", "migrations", "migration")


@query
def is_migration(project: Project, path: str) -> bool:
    """Alembic revisions and their environment with what helps them there or uses Alembic's operations, migrations of other tools in
    folders of that name, and a module of migrations written by hand."""
    parts = path.split("/")
    folders = parts[:-1]
    if parts[-1] == "env.py" and any(f in _MIGRATIONS for f in folders):
        return True
    if "versions" in folders and len(folders) > 1:
        return True
    if any(
        f in _MIGRATIONS and project.has_file("/".join([*folders[: i + 1], "env.py"])) for i, f in enumerate(folders)
    ):
        return True
    if _near_environments(folders, _script_folders(project)):
        return True
    if parts[-1] == "migrations.py":
        return not handlers_in(project, path)
    module = project.imports_in(path)
    if module is None:
        return False
    if parts[-1] == "env.py" and any(i.module == "alembic" and i.name == "context" for i in module.imports):
        return True
    if any(i.module == "alembic.op" or (i.module == "alembic" and i.name == "op") for i in module.imports):
        return True  # operations run inside a migration only
    return binds_all(project, path, REVISION)


@query
def _script_folders(project: Project) -> frozenset[str]:
    """The folders with an `env.py` beside `versions`: Alembic environments, whatever they are called."""
    folders = [path.removesuffix("/env.py") for path in project.files() if path.endswith("/env.py")]
    return frozenset(folder for folder in folders if project.has_folder(f"{folder}/versions"))


def _near_environments(folders: list[str], scripts: frozenset[str]) -> bool:
    """Whether one of the folders is an environment, or one of migrations with environments below it."""
    for depth in range(len(folders), 0, -1) if scripts else ():
        folder = "/".join(folders[:depth])
        if folder in scripts:
            return True
        if folders[depth - 1] in _MIGRATIONS and any(script.startswith(f"{folder}/") for script in scripts):
            return True
    return False


@query(kept=True)
def is_serverless(project: Project, path: str) -> bool:
    """The entry point of a cloud function (`handler(event, context)`): there, module level is what lives between two calls."""
    return any(
        [p[0] for p in function.raw_params] == ["event", "context"] and not function.cls
        for function in project.of_file(Function, path)
    )


@query
def is_generated(project: Project, path: str) -> bool:
    """Whether the head of a file says that a program wrote it."""
    module = project.imports_in(path)
    return module is not None and module.generated


@query
def is_application(project: Project, path: str) -> bool:
    """Whether ordinary rules run here: no test code, no Alembic revision, no generated file."""
    if not path.endswith(".py"):
        return True
    return not (is_test(project, path) or is_migration(project, path) or is_generated(project, path))


@query(kept=True)
def is_script(project: Project, path: str) -> bool:
    """A command-line module: in a scripts folder, named like one, or one that builds its interface with typer, click, argparse.

    A module with handlers is none, whatever its name; but for those that a command makes for itself, to be called back by a browser.
    """
    parts = path.split("/")
    stem = parts[-1].removesuffix(".py")
    if any(not _in_command(project, handler) for handler in handlers_in(project, path)):
        return False
    if (
        any(p.lstrip(".") in SCRIPT_FOLDERS for p in parts[:-1])
        or stem in SCRIPT_MODULES
        or stem.endswith(("_cli", "_script"))
    ):
        return stem != "setup" or any(p in SCRIPT_FOLDERS for p in parts[:-1]) or _packages(project, path)
    if stem.startswith(SCRIPT_PREFIXES):
        module = project.imports_in(path)
        if module is not None and module.main_guard:
            return True
    module = project.imports_in(path)
    if module is None:
        return False
    if any(i.module.partition(".")[0] in CLI_PACKAGES and not i.level and not i.scope for i in module.imports):
        return True
    return (
        any(i.module == "sys" for i in module.imports)
        and _reads_arguments(project, path)
        and (module.main_guard or not is_imported(project, path))
    )


def no_script(project: Project, path: str) -> bool:
    """Whether a file is no script; for `only_in`."""
    return not is_script(project, path)


def _packages(project: Project, path: str) -> bool:
    """Whether a setup.py is that of a distribution; tracing/setup.py of an application sets tracing up."""
    module = project.imports_in(path)
    return module is None or any(i.module.partition(".")[0] in PACKAGERS for i in module.imports)


def _in_command(project: Project, handler: str) -> bool:
    """Whether a handler is defined inside of a function that is a command: `@cli.command() def login(): ... @app.get("/callback")`."""
    outer, dot, _ = handler.rpartition(".")
    function = project.get(Function, outer) if dot else None
    return function is not None and any(
        ir.last_name(d[1] if ir.is_a(d, "call") else d) in ("command", "callback", "group") for d in function.decorators
    )


def _reads_arguments(project: Project, path: str) -> bool:
    """Whether code of a file uses `sys.argv`; `sys.argv[0]` alone is the program's name, which any module may log."""
    for body in bodies(project, path, lambda said: "argv" in said.words):
        uses = names = 0
        for e in ir.expressions(body.statements):
            uses += ir.is_a(e, "ref") and e[1] == "sys.argv"
            names += ir.is_a(e, "item") and dotted(e[1]) == "sys.argv" and e[2] == ("const", 0)
        if uses > names:
            return True
    return False


@query(kept=True)
def is_composition_root(project: Project, path: str) -> bool:
    """Where the application is put together: it may import every layer, and every layer may import its providers."""
    stem = path.rpartition("/")[2].removesuffix(".py")
    folders = path.split("/")[:-1]
    if handlers_in(project, path) and not creates_app(project, path):
        return False
    if stem in COMPOSITION_NAMES or any(f in ("dependencies", "deps", "providers", "containers") for f in folders[-1:]):
        return True
    if stem.endswith(("_dependencies", "_deps", "_providers", "_container", "_factory")):
        return True
    if creates_app(project, path):
        return True
    unreadable = unreadable_names(project)
    if unreadable and any(f.name in unreadable and not f.cls for f in project.of_file(Function, path)):
        return True
    return any(_is_provider(project, symbol) for symbol in providers_of(project, path))


def _is_provider(project: Project, symbol: str) -> bool:
    """A plain function, or a class whose instances are called (`Depends(AuthBearer())`); a class alone may be any service."""
    function = project.get(Function, symbol)
    return not function.cls if function is not None else project.get(Function, f"{symbol}.__call__") is not None
