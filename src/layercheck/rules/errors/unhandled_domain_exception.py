"""Register a handler for every exception that services raise.

An exception of the project that nobody catches on its way out reaches the client as a bare 500 "Internal Server Error": the service
took care to say what is wrong, and the API throws the answer away.

How to fix: `@app.exception_handler(ShopError)` once for the base class of the project's exceptions, with the status of each; or
catch it in the route.

```python bad app/main.py
from fastapi import FastAPI

app = FastAPI()


class OutOfStockError(Exception):
    pass


def reserve(book_id: int):
    raise OutOfStockError(book_id)


@app.post("/books/{book_id}/reservation")
def create_reservation(book_id: int):
    return reserve(book_id)
```
```python good app/main.py
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

app = FastAPI()


class OutOfStockError(Exception):
    pass


@app.exception_handler(OutOfStockError)
def out_of_stock(request: Request, error: OutOfStockError):
    return JSONResponse({"detail": "out of stock"}, status_code=409)


def reserve(book_id: int):
    raise OutOfStockError(book_id)


@app.post("/books/{book_id}/reservation")
def create_reservation(book_id: int):
    return reserve(book_id)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Class, Function
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.effects import display
from layercheck.queries.escapes import escaping_exceptions, handled
from layercheck.queries.exceptions import is_exception_class
from layercheck.queries.routes import applications

RULE = Rule(
    code="LC303",
    name="unhandled-domain-exception",
    message="{exception} is raised by {raiser}() and reaches the client of {route}() as a bare 500: register an exception handler for it",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ERR-2", "DELIV-6"),
    since="0.1",
)


def check(item: Class, project: Project) -> Iterator[Fault]:
    """A project exception that leaves a route and that no registered handler answers."""
    if not item.bases or not is_exception_class(project, item.key) or not applications(project):
        return
    found = escaping_exceptions(project).get(item.key)
    if found is None or handled(project, item.key):
        return
    handler, raised = found
    function = project.get(Function, raised.key)
    raiser = display(raised.key) if function is not None else raised.key
    yield Fault(
        item.place(),
        {"exception": item.name, "raiser": raiser, "route": display(handler)},
        (
            Step(Place("Body", raised.key, raised.at), f"raised in {raiser}()"),
            Step(Place("Function", handler, 0), "the route it reaches"),
        ),
    )
