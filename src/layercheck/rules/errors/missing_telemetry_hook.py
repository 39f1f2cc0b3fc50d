"""Wire metrics or traces to the application.

A service that reports nothing about itself is watched by its users: the first sign of a slow query or a failing dependency is a
complaint. A monitoring package that is installed but not wired is worse, because everybody believes that it works.

How to fix: instrument the application where it is made (`FastAPIInstrumentor.instrument_app(app)`, `Instrumentator().instrument(app)`,
`sentry_sdk.init(...)`), or start it through the package's command (`opentelemetry-instrument`, `ddtrace-run`).

One finding a project, at the application with the most routes: where a monitoring package stands in the requirements and no code
imports one, or where there is none at all. A route or mount for `/metrics` and a start command of such a package in a project file
(Dockerfile, compose file) count as wired. Silent while some file cannot be parsed.

```python bad app/main.py
from fastapi import FastAPI

app = FastAPI()
```
```python good app/main.py
from fastapi import FastAPI
from prometheus_fastapi_instrumentator import Instrumentator

app = FastAPI()
Instrumentator().instrument(app).expose(app)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Module
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.telemetry import declared_telemetry, is_observed, main_application, place_of_application
from layercheck.queries.unreadable import unreadable_names

RULE = Rule(
    code="LC314",
    name="missing-telemetry-hook",
    message="{what}: instrument the application where it is made, or start it through the package's command",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("LOG-5",),
    since="0.1",
)


def check(module: Module, project: Project) -> Iterator[Fault]:
    """The project's main application, when nothing measures or traces it."""
    app = main_application(project)
    if app is None or app.partition(":")[0] != module.path or unreadable_names(project) or is_observed(project):
        return
    place = place_of_application(project, app)
    declared = declared_telemetry(project)
    if declared:
        what = f"the project depends on {', '.join(declared)}, but nothing wires {'it' if len(declared) == 1 else 'them'} to the application"
    else:
        what = "no metrics, traces or error tracking are wired to this application"
    if place is not None:
        yield Fault(place, {"what": what})
