"""Give the services exceptions of their own.

Without them a service that finds nothing can only return None, raise ValueError or reach for HTTPException: the callers guess, and the
answer's status is decided in twenty places instead of one exception handler.

How to fix: a small module of exceptions (`NotFound`, `Conflict`, `Unauthorized`, `Forbidden`, `Validation`, `RateLimited`,
`ExternalServiceError`), raised by the services and translated to statuses in one place.

Reported once, at the first service, when the project defines no exception class at all.

```python bad app/services/orders.py
def get_order(orders: dict, number: int):
    if number not in orders:
        raise ValueError("no such order")
    return orders[number]
```
```python good app/services/orders.py
from app.errors import NotFound


def get_order(orders: dict, number: int):
    if number not in orders:
        raise NotFound("order", number)
    return orders[number]
```
```python good app/errors.py
class NotFound(Exception):
    def __init__(self, what: str, key: object) -> None:
        super().__init__(f"no {what} {key}")
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Broken, Class, Function, Module
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_application
from layercheck.queries.layers import layer_of
from layercheck.queries.models import is_schema
from layercheck.queries.symbols import mro

RULE = Rule(
    code="LC302",
    name="missing-domain-exceptions",
    message="the project has services but no exception class of its own: define {missing} and raise them in the services",
    level=Level.WARNING,
    profile=Profile.STRICT,
    card=("ERR-1",),
    since="0.1",
)
_CARD = "NotFound, Conflict, Unauthorized, Forbidden, Validation, RateLimited, ExternalServiceError"
_ENDINGS = ("Error", "Exception", "Warning", "Interrupt")


def check(module: Module, project: Project) -> Iterator[Fault]:
    """The first service module of a project in which no class is an exception."""
    if layer_of(project, module.path).name == "services" and module.path == _first_service(project):
        if not _has_exceptions(project):
            yield Fault(module.place(), {"missing": _CARD})


@query
def _first_service(project: Project) -> str | None:
    """The first module in path order that is a service with code of its own."""
    return next((path for path in sorted(project.files()) if path.endswith(".py") and _is_service(project, path)), None)


def _is_service(project: Project, path: str) -> bool:
    return (
        is_application(project, path)
        and layer_of(project, path).name == "services"
        and bool(project.of_file(Function, path))
    )


@query
def _has_exceptions(project: Project) -> bool:
    """Whether some class of the project is an exception, or may be one: in a file that cannot be read, or with an unknown base."""
    if any(True for _ in project.all(Broken)):
        return True
    return any(path.endswith(".py") and _defines_exception(project, path) for path in project.files())


@query
def _defines_exception(project: Project, path: str) -> bool:
    return is_application(project, path) and any(
        _may_be_exception(project, cls) for cls in project.of_file(Class, path)
    )


def _may_be_exception(project: Project, cls: Class) -> bool:
    """An exception by its bases, or by its name where it is no schema: bases outside the project cannot be looked into."""
    if cls.name.endswith(_ENDINGS) and not is_schema(project, cls.key):
        return True
    return any(base.endswith(_ENDINGS) for base in mro(project, cls.key)[1:] if ":" not in base)
