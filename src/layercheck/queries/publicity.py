"""What kind of route a handler serves: health checks, hidden routes, routes that are public by nature."""

from __future__ import annotations

import re

from layercheck import ir
from layercheck.project import Project, query
from layercheck.queries.handlers import registrations
from layercheck.queries.routes import routes_of

_HEALTH = re.compile(
    r"(^|/|_)(health|healthz|healthcheck|health[-_]check|livez?|liveness|readyz?|readiness|ping|metrics|status|heartbeat|alive|up)($|/|_)"
)


@query
def is_health(project: Project, handler: str) -> bool:
    """Whether a handler answers health, readiness or metrics probes, by its path."""
    paths = [route.path for route in routes_of(project, handler)] or [
        text
        for r in registrations(project, handler)
        if (text := ir.text_of(ir.argument(r.call, 0, "path"))) is not None
    ]
    return bool(paths) and all(_HEALTH.search(path.rstrip("/").lower()) is not None for path in paths)


@query
def out_of_schema(project: Project, handler: str) -> bool:
    """Whether every route of a handler is kept out of the API page: include_in_schema=False, anywhere on the way."""
    found = routes_of(project, handler)
    if found:
        return all(route.include_in_schema is False for route in found)
    return any(ir.keyword(r.call, "include_in_schema") == ("const", False) for r in registrations(project, handler))
