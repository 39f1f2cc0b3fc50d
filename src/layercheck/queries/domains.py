"""The domains (features) of a project, and whether it has a service layer at all."""

from __future__ import annotations

from layercheck.project import Project, query
from layercheck.queries.handlers import handlers_in
from layercheck.queries.layers import (
    MODEL_NAMES,
    REPOSITORY_NAMES,
    ROUTE_NAMES,
    SCHEMA_NAMES,
    SERVICE_NAMES,
    is_application,
    layer_of,
)

_LAYER_WORDS = ROUTE_NAMES | SERVICE_NAMES | REPOSITORY_NAMES | MODEL_NAMES | SCHEMA_NAMES
_GENERIC = _LAYER_WORDS | frozenset({
    "api", "v1", "v2", "v3", "app", "src", "backend", "server", "core", "web", "http", "rest", "main", "__init__", "dependencies", "public",
    "internal", "admin", "base", "_base",
})  # fmt: skip


def domain_of(path: str) -> str:
    """The feature a module belongs to: "user" for services/user_service.py, routes/users.py and users/service.py."""
    *folders, name = path.split("/")
    for word in [name.removesuffix(".py"), *reversed(folders)]:
        stem = _strip(word.lower())
        if stem and stem not in _GENERIC:
            return _singular(stem)
    return ""


def _strip(word: str) -> str:
    for layer_word in sorted(_LAYER_WORDS, key=len, reverse=True):
        word = word.removesuffix(f"_{layer_word}").removeprefix(f"{layer_word}_")
    return word


def _singular(word: str) -> str:
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
        if path.endswith(".py") and is_application(project, path) and layer_of(project, path).name == layer:
            if layer != "routes" or handlers_in(project, path):
                found.add(domain_of(path))
    return frozenset(found)


@query
def has_service_layer(project: Project) -> bool:
    """Whether at least a third of the domains that have routes also have a service."""
    routes = domains_with(project, "routes")
    if not routes:
        return bool(domains_with(project, "services"))
    return len(routes & domains_with(project, "services")) * 3 >= len(routes)
