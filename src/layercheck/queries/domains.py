"""The domains (features) of a project, and whether it has a service layer at all."""

from __future__ import annotations

from layercheck.knowledge.names import LAYER_NAMES
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_application
from layercheck.queries.handlers import handlers_in
from layercheck.queries.imports import imports_of
from layercheck.queries.layers import is_domain_folder, layer_of, name_hint, uses_data
from layercheck.queries.modules import folder_of, join
from layercheck.queries.unreadable import is_unreadable

_LAYER_WORDS = frozenset[str]().union(*(names for _, names in LAYER_NAMES))
_GENERIC = _LAYER_WORDS | frozenset({
    "api", "v1", "v2", "v3", "app", "src", "backend", "server", "core", "web", "http", "rest", "main", "__init__", "dependencies", "public",
    "internal", "base", "_base",
})  # fmt: skip


def domain_of(path: str) -> str:
    """The feature a module belongs to: "user" for services/user_service.py, routes/users/controller.py and users/service.py.

    Below a layer's folder it is the next part of the path, else the package that holds the layer's module.
    """
    *folders, name = path.split("/")
    stem = name.removesuffix(".py")
    for depth in range(len(folders) - 1, -1, -1):
        if folders[depth].lower() in _LAYER_WORDS:
            for word in (*folders[depth + 1 :], stem):
                found = _strip(word.lower())
                if found and found not in _GENERIC:
                    return singular(found)
    for word in (stem, *reversed(folders)):
        found = _strip(word.lower())
        if found and found not in _GENERIC:
            return singular(found)
    return ""


def _strip(word: str) -> str:
    for layer_word in sorted(_LAYER_WORDS, key=len, reverse=True):
        word = word.removesuffix(f"_{layer_word}").removeprefix(f"{layer_word}_")
    return word


def singular(word: str) -> str:
    """The singular of an English word in lower case: "category" for "categories"; what is none already stays as it is."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@query
def domains_with(project: Project, layer: str) -> frozenset[str]:
    """The domains that have a module of a layer (for "routes": one that defines handlers)."""
    found = set()
    for path in project.files():
        if not path.endswith(".py") or not is_application(project, path):
            continue
        if is_unreadable(project, path):  # what it is, nobody knows; that it is not there, nobody can say
            hint = name_hint(project, path)
            if hint is not None and hint[0] == layer:
                found.add(domain_of(path))
        elif layer_of(project, path).name == layer:
            if layer != "routes" or handlers_in(project, path):
                found.add(domain_of(path))
    return frozenset(found)


@query
def domains_using_services(project: Project) -> frozenset[str]:
    """The domains whose routes import a module of the services layer."""
    found = set()
    for path in project.files():
        if path.endswith(".py") and is_application(project, path) and handlers_in(project, path):
            if any(layer_of(project, target).name == "services" for target in imports_of(project, path)):
                found.add(domain_of(path))
    return frozenset(found)


@query
def has_service_layer(project: Project) -> bool:
    """Whether at least a third of the domains that have routes also have a service, by name or by what their routes import."""
    routes = domains_with(project, "routes")
    if not routes:
        return bool(domains_with(project, "services"))
    served = routes & (domains_with(project, "services") | domains_using_services(project))
    return len(served) * 3 >= len(routes)


@query
def has_repository_layer(project: Project) -> bool:
    """Whether at least a third of the services that work on data have a repository: one that they import, or one of their domain."""
    domains = domains_with(project, "repositories")
    if not domains:
        return False
    services = [path for path in project.files() if path.endswith(".py") and _is_data_service(project, path)]
    served = [path for path in services if domain_of(path) in domains or _imports_repository(project, path)]
    return len(served) * 3 >= len(services) > 0


def _is_data_service(project: Project, path: str) -> bool:
    return is_application(project, path) and layer_of(project, path).name == "services" and uses_data(project, path)


def _imports_repository(project: Project, path: str) -> bool:
    return any(layer_of(project, target).name == "repositories" for target in imports_of(project, path))


_INNER_WORDS = _LAYER_WORDS | frozenset({
    "adapter", "adapters", "api", "application", "data", "domain", "http", "infra", "infrastructure", "input", "interface", "internal",
    "output", "persistence", "presentation", "public", "rest", "web",
})  # fmt: skip
"""Folders inside a domain that stand for a layer of it."""
_SHARED = frozenset({
    "base", "common", "config", "core", "database", "db", "extensions", "helpers", "infra", "infrastructure", "kit", "lib", "libs", "platform",
    "building_blocks", "buildingblocks", "kernel", "seedwork", "shared", "shared_kernel", "sharedkernel", "util", "utils",
})  # fmt: skip
"""Packages that every domain may use in any way."""
_OWN = frozenset({"routes", "services", "repositories", "models"})


@query
def layers_held(project: Project) -> FolderLayers:
    """folder -> the layers that it holds itself: in its own files, or below folders in it that are named like a layer."""
    held: dict[str, set[str]] = {}
    for path in project.files():
        if not path.endswith(".py") or not is_application(project, path):
            continue
        layer = layer_of(project, path).name
        if layer not in _OWN:
            continue
        folder = folder_of(path)
        held.setdefault(folder, set()).add(layer)
        while folder:
            folder, _, name = folder.rpartition("/")
            if _stands_for_a_layer(project, folder, name):
                held.setdefault(folder, set()).add(layer)
    return FolderLayers({folder: frozenset(layers) for folder, layers in held.items()})


class FolderLayers(dict[str, frozenset[str]]):
    """A dictionary that is never changed after it is made."""

    __slots__ = ()


def _stands_for_a_layer(project: Project, folder: str, name: str) -> bool:
    lowered = name.lower()
    return lowered in _INNER_WORDS and not (lowered in _LAYER_WORDS and is_domain_folder(project, join(folder, name)))


@query
def domain_packages(project: Project) -> frozenset[str]:
    """The folders of a project laid out by domain: siblings that hold two layers or more each, at least two of them with routes.

    A folder named like a layer, like something shared or like a version is no domain, nor is anything inside a layer's folder.
    """
    families: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for folder, layers in layers_held(project).items():
        parent, _, name = folder.rpartition("/")
        if not folder or len(layers) < 2 or name.lower() in _SHARED or _VERSION.fullmatch(name):
            continue
        if _within_a_layer(project, folder):
            continue
        families.setdefault(parent, []).append((folder, layers))
    found: set[str] = set()
    for family in families.values():
        if sum("routes" in layers for _, layers in family) >= 2:
            found.update(folder for folder, _ in family)
    return frozenset(found)


_VERSION = pattern(r"v\d+")


def _within_a_layer(project: Project, folder: str) -> bool:
    while folder:
        outer, _, name = folder.rpartition("/")
        if name.lower() in _LAYER_WORDS and not is_domain_folder(project, folder):
            return True
        folder = outer
    return False


@query
def domain_package_of(project: Project, path: str) -> str | None:
    """The domain's folder that a file lies in, the outermost where they are nested; None outside of any."""
    known = domain_packages(project)
    found = None
    folder = folder_of(path)
    while folder:
        if folder in known:
            found = folder
        folder = folder_of(folder)
    return found
