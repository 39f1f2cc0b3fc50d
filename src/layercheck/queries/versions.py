"""Which version of the API a path belongs to, and what makes versions invisible in paths."""

from __future__ import annotations

import re

from layercheck import ir
from layercheck.facts.rows import Function
from layercheck.knowledge.frameworks import VERSIONING_LIBRARIES
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.constants import string_value
from layercheck.queries.file_kinds import is_application
from layercheck.queries.import_names import all_imported
from layercheck.queries.parameters import function_parameters
from layercheck.queries.routers import router_made, router_of
from layercheck.queries.routes import UNKNOWN_PART
from layercheck.queries.unreadable import unreadable_names
from layercheck.queries.words import bodies

_VERSION = pattern(r"(^|[-_.])v\d+|^\d+(\.\d+)+$|^\d{4}-\d{2}(-\d{2})?$", re.IGNORECASE)
_PARAMETER = pattern(r"^{(api_?)?version(_\w+)?(:\w+)?}$", re.IGNORECASE)
_BEFORE = frozenset({"api", "apis", "rest", "public", "internal", "external", "app", "service", "services"})
_HEADER = pattern(r"^(x[-_])?(api|accept)[-_]version$", re.IGNORECASE)
_PUTS_BELOW = frozenset({"mount", "Mount", "host", "Host", "include_router", "include_app", "WSGIMiddleware"})


def is_versioned(path: str) -> bool:
    """Whether a path has a version segment: /v1, /api-v2, /v1beta1, /1.0, /2024-06-01, /api/{version}.

    A parameter further down is the version of something else: `/definitions/{version}`.
    """
    segments = [segment for segment in path.split("/") if segment]
    return any(_VERSION.search(segment) for segment in segments) or any(
        _PARAMETER.match(segment)
        and all(before.lower() in _BEFORE or before == UNKNOWN_PART for before in segments[:place])
        for place, segment in enumerate(segments)
    )


def may_be_versioned(path: str) -> bool:
    """Whether a path has one, or a part that nobody can evaluate."""
    return is_versioned(path) or UNKNOWN_PART in path


@query
def versioned_by_library(project: Project) -> bool:
    """Whether a package that versions applications is imported anywhere."""
    return any(module.startswith(VERSIONING_LIBRARIES) and not level for _, (module, level, _) in all_imported(project))


@query
def versioned_by_header(project: Project) -> bool:
    """Whether some code of the application reads a version from a header: `request.headers.get("X-API-Version")`, Header(alias=...)."""
    return any(
        reads_version_header(project, path)
        for path in project.files()
        if path.endswith(".py") and is_application(project, path)
    )


@query
def reads_version_header(project: Project, path: str) -> bool:
    """Whether the code of one file does."""
    for body in bodies(project, path, lambda said: any(map(_HEADER.match, said.texts))):
        for call, *_ in body.raw_calls:
            values = (*call[2], *(value for _, value in call[3]))
            if any((text := ir.text_of(v)) is not None and _HEADER.match(text) for v in values):
                return True
    return any(
        _HEADER.match(parameter.name) or _HEADER.match(parameter.alias)
        for function in project.of_file(Function, path)
        for parameter in function_parameters(project, function.key)
    )


@query
def hidden_prefix(project: Project, app: str) -> bool:
    """Whether something may stand before every path of an application: a root_path, or a mount that cannot be followed."""
    made = router_made(project, app)
    if made is None or {"include_router", "mount", "Mount"} & unreadable_names(project):
        return True
    for name in ("root_path", "openapi_prefix"):
        value = ir.keyword(made.call, name)
        if value is not None:
            text = string_value(project, made.scope, value)
            if text is None or is_versioned(text):
                return True
    return any(name is None for name, _ in made.call[3]) or app in put_below_something(project)


@query
def put_below_something(project: Project) -> frozenset[str]:
    """The applications and routers that some call mounts, whatever it mounts them on."""
    found: set[str] = set()
    for path in project.files():
        if path.endswith(".py") and is_application(project, path):
            found |= put_below_in(project, path)
    return frozenset(found)


@query
def put_below_in(project: Project, path: str) -> frozenset[str]:
    """Those that the code of one file mounts."""
    found: set[str] = set()
    for body in bodies(project, path, lambda said: not _PUTS_BELOW.isdisjoint(said.words)):
        for call, *_ in body.raw_calls:
            if ir.last_name(call[1]) in _PUTS_BELOW:
                values = (*call[2], *(value for _, value in call[3]))
                found.update(r for v in values if (r := router_of(project, body.key, v)) is not None)
    return frozenset(found)
