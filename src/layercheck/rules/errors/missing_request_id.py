"""Give each request an id.

Without an id that every log line of a request carries, the lines of a hundred requests at once cannot be told apart, and a user who
reports an error has nothing to report it by.

How to fix: add a middleware that takes `X-Request-ID` from the request or makes one, keeps it in a context variable for the logs, and
sends it back; `asgi-correlation-id` does all of it.

One finding a project, at the application with the most routes. Silent where a package traces requests (OpenTelemetry, ddtrace, ...),
where any code names a header of a request's id, where the application's own file or its middleware calls something a `request_id`,
`correlation_id` or `trace_id`, where some middleware cannot be resolved or some file cannot be parsed.

```python bad app/main.py
from fastapi import FastAPI

app = FastAPI()
```
```python good app/main.py
from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI

app = FastAPI()
app.add_middleware(CorrelationIdMiddleware)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Module
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.telemetry import has_request_id, main_application, place_of_application
from layercheck.queries.unreadable import unreadable_names

RULE = Rule(
    code="LC313",
    name="missing-request-id",
    message="no middleware of this application gives requests an id: add one that reads or makes X-Request-ID and puts it into the logs",
    level=Level.WARNING,
    profile=Profile.STRICT,
    card=("LOG-3",),
    since="0.1",
)


def check(module: Module, project: Project) -> Iterator[Fault]:
    """The project's main application, when nothing gives its requests an id."""
    app = main_application(project)
    if app is None or app.partition(":")[0] != module.path or unreadable_names(project) or has_request_id(project, app):
        return
    place = place_of_application(project, app)
    if place is not None:
        yield Fault(place)
