"""Which layer a module belongs to, and why: configuration first, then what the module does, then what it is called.

Layers: "routes", "services", "repositories", "models", "schemas", or none. Being a composition root (where the application is put
together: main, dependencies, container, app factory, lifespan) is a separate property, as is being test code.
"""

from __future__ import annotations

import fnmatch

from layercheck import ir
from layercheck.config import LAYER_NAMES as DEFAULT_ORDER
from layercheck.config import matches_any
from layercheck.facts.rows import Body, Class, Function, Imports
from layercheck.ir import dotted
from layercheck.knowledge.database import LIBRARY_REPOSITORIES
from layercheck.knowledge.names import (
    ADMIN_PACKAGES,
    AMBIGUOUS_NAMES,
    CONTROLLER_NAMES,
    CRUD_NAMES,
    LAYER_NAMES,
    LAYER_PREFIXES,
    PLAIN_SUFFIXES,
    REPOSITORY_NAMES,
    ROUTE_NAMES,
    SERVICE_NAMES,
)
from layercheck.project import Project, query
from layercheck.queries.callgraph import sites
from layercheck.queries.dbcalls import database_effects
from layercheck.queries.file_kinds import is_composition_root, is_migration, is_test
from layercheck.queries.handlers import defines_router, handlers_in
from layercheck.queries.models import is_declarative_base, is_schema, is_table, tables_in
from layercheck.queries.modules import files_in, module_name
from layercheck.queries.sessions import session_params
from layercheck.queries.symbols import imported, imported_module, mro, resolve
from layercheck.queries.types import has_decorator
from layercheck.queries.unreadable import is_unreadable
from layercheck.tuples import NamedTuple


class Layer(NamedTuple):
    """A module's layer (None: it has none) and the reason, in words for people."""

    name: str | None
    why: str


_PEERS = ("models", "schemas")
"""Innermost both, unless the configuration puts one above the other."""


def rank(project: Project, layer: str | None) -> int | None:
    """How far out a layer is, 1 for the innermost; None for no layer and for one that `layers.order` leaves out."""
    order = project.settings.layers.order
    if layer not in order:
        return None
    if order == DEFAULT_ORDER:
        return 1 if layer in _PEERS else len(order) - order.index(layer) - 1
    return len(order) - order.index(layer)


def points_outward(project: Project, inner: str | None, outer: str | None) -> bool:
    """Whether a module of the layer `inner` must not know one of the layer `outer`: that lies further out."""
    low, high = rank(project, inner), rank(project, outer)
    return low is not None and high is not None and high > low


# ------------------------------------------------------------------------------------------------------- kinds of code


@query(kept=True)
def layer_of(project: Project, path: str) -> Layer:
    """The layer of a module and why it has it."""
    configured = _configured(project, path)
    if configured is not None:
        return configured
    if is_test(project, path):
        return Layer(None, "test code")
    if is_migration(project, path):
        return Layer(None, "migration")
    if is_unreadable(project, path):
        return Layer(None, "it cannot be parsed")
    handlers = handlers_in(project, path)
    if handlers:
        count = len(handlers)
        return Layer("routes", f"defines {count} path operation{'s' if count > 1 else ''}")
    hint = name_hint(project, path)
    tables = tables_in(project, path)
    if tables and (hint[0] in ("models", "schemas") if hint is not None else _mostly(project, path, len(tables))):
        return Layer(
            "models",
            f"maps the table class{'es' if len(tables) > 1 else ''} {', '.join(_short(t) for t in tables[:3])}",
        )
    if is_composition_root(project, path):
        return Layer(None, "composition root: the application is put together here")
    schemas = _schemas(project, path)
    if (
        schemas
        and _mostly(project, path, len(schemas))
        and (_only_data(project, path) if hint is None else hint[0] in ("schemas", "models", "routes"))
    ):
        return Layer(
            "schemas",
            f"defines the schema{'s' if len(schemas) > 1 else ''} {', '.join(_short(s) for s in schemas[:3])}",
        )
    if hint is not None:
        return _named(project, path, *hint)
    return _by_doing(project, path)


def _configured(project: Project, path: str) -> Layer | None:
    for layer, patterns in project.settings.layers.modules:
        for pattern in patterns:
            if fits(project, path, pattern):
                return Layer(layer, f"configured: layers.modules.{layer} = {pattern!r}")
    return None


def fits(project: Project, path: str, pattern: str) -> bool:
    """Whether a configured pattern means a file: a glob over its path, or (without slash and .py) over its dotted name.

    A dotted name without wildcards means the module and everything below it. The name may be the one that is imported, which the
    reports show, or the one from the project's root (`backend.app.models`).
    """
    if "/" in pattern or pattern.endswith(".py"):
        return matches_any(path, [pattern])
    names = (module_name(project, path), path.removesuffix(".py").replace("/", "."))
    if "*" in pattern or "?" in pattern or "[" in pattern:
        return any(fnmatch.fnmatchcase(name, pattern) for name in names)
    return any(f"{name}.".startswith(f"{pattern}.") for name in names)


def _short(symbol: str) -> str:
    return symbol.rpartition(":")[2]


def _schemas(project: Project, path: str) -> tuple[str, ...]:
    return tuple(c.key for c in project.of_file(Class, path) if not c.parent and is_schema(project, c.key))


def _mostly(project: Project, path: str, schemas: int) -> bool:
    """Whether schemas make up most of a module: helpers beside them are fine, whole services are not."""
    classes = [c for c in project.of_file(Class, path) if not c.parent]
    functions = [f for f in project.of_file(Function, path) if not f.cls and not f.parent]
    return schemas * 2 >= len(classes) and len(functions) <= schemas + 1


def _only_data(project: Project, path: str) -> bool:
    """Whether a module with schemas works with nothing: activities, clients, loaders and validators with a schema beside them do."""
    return not _reaches_data(project, path) and not uses_session(project, path) and not _works(project, path)


def _works(project: Project, path: str) -> bool:
    """Whether a class of a module that is no schema, enumeration or exception has several methods."""
    for cls in project.of_file(Class, path):
        if len(cls.methods) >= 2 and not is_schema(project, cls.key):
            bases = mro(project, cls.key)[1:]
            if not any(base.startswith(("enum.", "builtins.")) and base != "builtins.object" for base in bases):
                return True
    return False


@query
def name_hint(project: Project, path: str) -> tuple[str, str] | None:
    """(layer, the part of the path that says so), from the module's own name first, then the folders around it, inside out."""
    *folders, name = path.split("/")
    stem = name.removesuffix(".py")
    if stem != "__init__":
        for layer, names in LAYER_NAMES:
            if (
                stem in names
                or any(stem.endswith(f"_{n}") for n in names)
                or any(stem.startswith(f"{n}_") for n in names if n in LAYER_PREFIXES)
            ):
                if stem in AMBIGUOUS_NAMES and any(f.lower() in SERVICE_NAMES for f in folders):
                    continue  # services/repos.py is a service about repositories of another kind
                around = _folder_hint(project, folders)
                if around is not None and _beats_name(project, path, layer, around[0]):
                    return around
                if stem.endswith(PLAIN_SUFFIXES):
                    continue  # service_config.py
                return layer, name
    return _folder_hint(project, folders)


def _beats_name(project: Project, path: str, layer: str, folder: str) -> bool:
    """Whether the folder of a module says more than its own name: a word that means a layer may also be one of the domain."""
    if layer == "routes" and folder != "routes":  # repositories/page_views.py, services/model_router.py
        return not defines_router(project, path)
    if layer == "services" and folder in (
        "models",
        "schemas",
    ):  # models/service.py of a salon: the table of its services
        return bool(tables_in(project, path) or _schemas(project, path))
    return False


def _folder_hint(project: Project, folders: list[str]) -> tuple[str, str] | None:
    """The layer that the folders around a module name, inside out."""
    for depth in range(len(folders), 0, -1):
        folder = folders[depth - 1]
        for layer, names in LAYER_NAMES:
            if folder.lower() in names and not is_domain_folder(project, "/".join(folders[:depth])):
                if not _has_repositories_below(project, folders[:depth]):
                    return layer, f"{folder}/"
    return None


def _has_repositories_below(project: Project, folders: list[str]) -> bool:
    """Whether a folder called crud lies in the services and keeps its repositories in a folder of their own: it is what calls them."""
    *around, name = (folder.lower() for folder in folders)
    if name not in CRUD_NAMES or SERVICE_NAMES.isdisjoint(around):
        return False
    home = "/".join(folders)
    return any(files_in(project, f"{home}/{below}") for below in sorted(REPOSITORY_NAMES - CRUD_NAMES))


@query
def is_domain_folder(project: Project, folder: str) -> bool:
    """A package that holds modules of several layers is a domain, even when it is called "service" or "model"."""
    kinds: set[str] = set()
    for path in files_in(project, folder):
        if path.endswith(".py"):
            stem = path.rpartition("/")[2].removesuffix(".py")
            kinds.update(layer for layer, names in LAYER_NAMES if stem in names)
    return len(kinds) >= 2


def _named(project: Project, path: str, layer: str, part: str) -> Layer:
    """A name is believed when what the module does fits it."""
    if path.endswith("__init__.py") and not _has_definitions(project, path):
        return (
            Layer(layer, f"named so: {part}")
            if layer in ("routes",)
            else Layer(None, "a package's __init__ without code of its own")
        )
    if layer == "services":
        return Layer("services", f"named so: {part}")
    if layer == "repositories":
        if library_repository(project, path):
            return Layer("repositories", f"named so: {part}, with repository objects of a library")
        if not _has_definitions(project, path):
            return Layer(None, f"in {part}, but without functions or classes")
        if _only_bases(project, path):
            return Layer("models", "defines the declarative base of the tables")
        if part.rstrip("/") in AMBIGUOUS_NAMES and not _accesses_data(project, path):
            return Layer(None, f"in {part}, but it has nothing to do with a database")
        return Layer("repositories", f"named so: {part}")
    if layer == "routes":
        if _only_helpers(project, path):
            return Layer(None, f"in {part}, but it declares no path operation and uses no session or service")
        if _is_controller(path, part) and controllers_serve(project) and not defines_router(project, path):
            return Layer("services", f"in {part}, and the path operations are elsewhere and call it")
        return Layer("routes", f"named so: {part}")
    if layer in ("models", "schemas") and _resolves(project, path):
        return Layer(None, f"in {part}, but it resolves the fields of a GraphQL schema")
    if layer in ("models", "schemas") and not _defines_classes(project, path):
        return Layer(None, f"in {part}, but it defines no class")
    if layer == "models":
        if any(
            base.partition(".")[0] in ADMIN_PACKAGES
            for c in project.of_file(Class, path)
            for base in mro(project, c.key)
        ):
            return Layer(None, f"in {part}, but it defines views of an admin panel")
    return Layer(layer, f"named so: {part}")


def _only_bases(project: Project, path: str) -> bool:
    """Whether a module defines nothing but declarative bases, which belong to the models wherever they lie."""
    classes = project.of_file(Class, path)
    return bool(classes) and all(is_declarative_base(project, c.key) for c in classes)


def _is_controller(path: str, part: str) -> bool:
    """Whether the word controller makes a module a route by its name, and no folder of routes lies around it."""
    return part.removesuffix(".py").rstrip("/").endswith(("controller", "controllers")) and not any(
        f.lower() in ROUTE_NAMES - CONTROLLER_NAMES for f in path.split("/")[:-1]
    )


@query
def controllers_serve(project: Project) -> bool:
    """Whether the controllers of a project are its services: none has a path operation or router, and path operations use them."""
    found = {
        path
        for path in project.files()
        if path.endswith(".py") and (hint := name_hint(project, path)) is not None and _is_controller(path, hint[1])
    }
    if not found or any(handlers_in(project, path) or defines_router(project, path) for path in found):
        return False
    return any(
        (symbol := imported(project, path, entry)) is not None and symbol.partition(":")[0] in found
        for path in project.files()
        if path.endswith(".py") and handlers_in(project, path)
        for entry in (project.imports_in(path) or _NO_IMPORTS).imports
    )


def _accesses_data(project: Project, path: str) -> bool:
    """Whether a module works with a session or tables, or defines a class that is called a repository."""
    if uses_session(project, path):
        return True
    names = [c.name for c in project.of_file(Class, path)]
    return any(
        n.endswith(("Repository", "Crud", "CRUD", "Dao", "DAO")) or n.startswith("Repository") for n in names
    ) or any(
        is_table(project, symbol)
        for entry in (project.imports_in(path) or _NO_IMPORTS).imports
        if (symbol := imported(project, path, entry)) is not None and ":" in symbol and not symbol.endswith(":")
    )


_NO_IMPORTS = Imports("", False, (), False, False)


def _has_definitions(project: Project, path: str) -> bool:
    return bool(project.of_file(Function, path)) or bool(project.of_file(Class, path))


def _defines_classes(project: Project, path: str) -> bool:
    return bool(project.of_file(Class, path))


_RESOLVERS = frozenset({"strawberry.field", "strawberry.mutation", "strawberry.subscription"})


def _resolves(project: Project, path: str) -> bool:
    """Whether methods of a module answer GraphQL queries: `schema` means that there."""
    return any(has_decorator(project, f, _RESOLVERS) for f in project.of_file(Function, path) if f.cls and f.decorators)


def _only_helpers(project: Project, path: str) -> bool:
    """A module in a routes folder that has nothing of a route: no router, no session, no request handling base class."""
    return not defines_router(project, path) and not uses_session(project, path) and not _reaches_data(project, path)


def _reaches_data(project: Project, path: str) -> bool:
    return _imports_named(project, path, "services") or _imports_named(project, path, "repositories")


def _imports_named(project: Project, path: str, layer: str) -> bool:
    """Whether a module imports one that is named like a layer."""
    module = project.imports_in(path)
    for entry in module.imports if module is not None else ():
        target = imported_module(project, path, entry)
        if target is not None and not target.endswith("//:") and target != f"{path}:":
            hint = name_hint(project, target[:-1])
            if hint is not None and hint[0] == layer:
                return True
    return False


@query
def uses_session(project: Project, path: str) -> bool:
    """Whether some function of a module takes, holds or makes a database session, or sends SQL."""
    for function in project.of_file(Function, path):
        if session_params(project, function.key):
            return True
    for body in project.of_file(Body, path):
        if any(database_effects(project, site) for site in sites(project, body.key)):
            return True
    return False


@query
def uses_data(project: Project, path: str) -> bool:
    """Whether a module works with a session, a repository, a table class or another service that does.

    A module of the services folder that does not is the client of an external system: rules about the direction of imports
    leave it alone.
    """
    if uses_session(project, path):
        return True
    module = project.imports_in(path)
    if module is None:
        return False
    for entry in module.imports:
        target = imported_module(project, path, entry)
        if target is None or target == f"{path}:":
            continue
        other = target[:-1]
        hint = name_hint(project, other) if not target.endswith("//:") else None
        if hint is not None and hint[0] in ("repositories", "models"):
            return True
        if not target.endswith("//:") and (tables_in(project, other) or library_repository(project, other)):
            return True
        symbol = imported(project, path, entry)
        if symbol is not None and ":" in symbol and not symbol.endswith(":"):
            home = symbol.partition(":")[0]
            home_hint = name_hint(project, home)
            if is_table(project, symbol) or (
                home_hint is not None and home_hint[0] in ("repositories", "services") and uses_session(project, home)
            ):
                return True
    return False


@query
def library_repository(project: Project, path: str) -> bool:
    """Whether a module builds or extends repository objects of a library (FastCRUD, advanced-alchemy, sqlalchemy-crud-plus)."""
    for cls in project.of_file(Class, path):
        if any(base in LIBRARY_REPOSITORIES for base in mro(project, cls.key)):
            return True
    body = project.get(Body, f"{path}:")
    if body is None:
        return False
    for raw in body.raw_binds:
        value = raw[2]
        while ir.is_a(value, "call") or ir.is_a(value, "item"):
            value = value[1]
        name = dotted(value) if value is not None else None
        if name is not None:
            symbol = resolve(project, body.key, name)
            if symbol is not None and (
                symbol in LIBRARY_REPOSITORIES or any(b in LIBRARY_REPOSITORIES for b in mro(project, symbol))
            ):
                return True
    return False


def _by_doing(project: Project, path: str) -> Layer:
    """Without a telling name: plain data-access functions that all take a session and send SQL are a repository."""
    classes = [c for c in project.of_file(Class, path) if not c.parent]
    functions = [
        f for f in project.of_file(Function, path) if not f.cls and not f.parent and not f.name.startswith("_")
    ]
    if defines_router(project, path):
        return Layer("routes", "makes a router")
    if not classes and len(functions) >= 3 and not _imports_named(project, path, "services"):
        sending = [f for f in functions if session_params(project, f.key) and _sends(project, f.key)]
        if len(sending) * 10 >= len(functions) * 7:
            return Layer(
                "repositories", f"{len(sending)} of its {len(functions)} functions take a session and send SQL"
            )
    return Layer(None, "neither what it does nor its name says one")


def _sends(project: Project, key: str) -> bool:
    return any(database_effects(project, site) for site in sites(project, key))


def describe(layer: Layer) -> str:
    """For messages: "services (named so: services/)"."""
    return f"{layer.name} ({layer.why})"
