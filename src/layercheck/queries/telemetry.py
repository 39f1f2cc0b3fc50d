"""What the application does for those who operate it: request ids, metrics, traces."""

from __future__ import annotations

import re

from layercheck import ir
from layercheck.facts.rows import Body, Document, Function
from layercheck.knowledge.telemetry import (
    CORRELATION_HEADERS,
    CORRELATION_NAMES,
    CORRELATION_ROOTS,
    TELEMETRY_COMMANDS,
    TELEMETRY_PACKAGES,
    TRACING_ROOTS,
)
from layercheck.model import Place
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_test
from layercheck.queries.middleware import app_middleware
from layercheck.queries.modules import find_module, folder_of
from layercheck.queries.requirements import normalised, requirements
from layercheck.queries.routers import router_made
from layercheck.queries.routes import applications, route_table

_ID_MIDDLEWARE = pattern(
    r"request_?id|correlation|trac(?:e|ing)|telemetry|request_?context|context_?middleware", re.IGNORECASE
)


@query
def main_application(project: Project) -> str | None:
    """The application (a router id) with the most routes, the first by path of equals; None when there is none."""
    counts = dict.fromkeys(applications(project), 0)
    for route in route_table(project):
        if route.app in counts:
            counts[route.app] += 1
    return max(counts, key=lambda app: counts[app], default=None)


def place_of_application(project: Project, app: str) -> Place | None:
    """Where an application is made."""
    made = router_made(project, app)
    return Place("Body", made.scope, made.call[4]) if made is not None else None


@query
def external_imports(project: Project) -> frozenset[str]:
    """The dotted names of everything outside the project that its code, tests left out, imports."""
    found: set[str] = set()
    for path in project.files():
        if path.endswith(".py") and not is_test(project, path):
            found |= external_imports_of(project, path)
    return frozenset(found)


@query
def external_imports_of(project: Project, path: str) -> frozenset[str]:
    """The dotted names of everything outside the project that one file imports."""
    module = project.imports_in(path)
    return frozenset(
        f"{entry.module}.{entry.name}" if entry.name else entry.module
        for entry in (module.imports if module is not None else ())
        if not entry.level and find_module(project, folder_of(path), entry.module) is None
    )


def imports_any(project: Project, roots: frozenset[str]) -> bool:
    """Whether the project's code imports one of these packages or something below one."""
    return any(name == root or name.startswith(f"{root}.") for name in external_imports(project) for root in roots)


@query
def has_request_id(project: Project, app: str) -> bool:
    """Whether requests get or carry an id: by a package, by a header that some code names, or by what the middleware calls it."""
    if imports_any(project, TRACING_ROOTS | CORRELATION_ROOTS) or any(
        names_correlation_header(project, path) for path in project.files() if path.endswith(".py")
    ):
        return True
    files = {app.partition(":")[0]}
    for middleware in app_middleware(project, app):
        if _ID_MIDDLEWARE.search(middleware.name) or middleware.target is None:
            return True
        if ":" in middleware.target:
            files.add(middleware.target.partition(":")[0])
    return any(_binds_request_id(project, path) for path in files)


@query
def names_correlation_header(project: Project, path: str) -> bool:
    """Whether a text in the code of a file is a header that carries a request's id."""
    if is_test(project, path):
        return False
    return any(
        ir.is_a(e, "const") and e[1].__class__ is str and e[1].lower() in CORRELATION_HEADERS
        for body in project.of_file(Body, path)
        for e in ir.expressions(body.statements)
    )


@query
def _binds_request_id(project: Project, path: str) -> bool:
    """Whether code of a file binds, or hands over by keyword, something that is called a request id."""
    for body in project.of_file(Body, path):
        if any(raw[0].rpartition(".")[2] in CORRELATION_NAMES for raw in body.raw_binds):
            return True
        if any(name in CORRELATION_NAMES for call in body.calls for name, _ in call.call[3]):
            return True
    return any(p[0] in CORRELATION_NAMES for f in project.of_file(Function, path) for p in f.raw_params)


@query
def declared_telemetry(project: Project) -> tuple[str, ...]:
    """The packages of error tracking, metrics and tracing that requirement files and pyproject.toml ask for, sorted."""
    names = {normalised(name): name for name in TELEMETRY_PACKAGES}
    return tuple(sorted({names[r.name] for r in requirements(project) if r.direct and r.name in names}))


@query
def is_observed(project: Project) -> bool:
    """Whether something is wired: a package is imported, a command wraps the start, or the application has a metrics route."""
    if imports_any(project, frozenset(TELEMETRY_PACKAGES.values())):
        return True
    if any(route.path.rstrip("/").endswith("/metrics") for route in route_table(project) if route.path):
        return True
    return any(
        command in document.text
        for document in project.all(Document)
        if document.path.lower().endswith((".yml", ".yaml")) or "dockerfile" in document.kind.lower()
        for command in TELEMETRY_COMMANDS
    )
