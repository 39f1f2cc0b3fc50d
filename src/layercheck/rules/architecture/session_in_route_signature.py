"""Hand services to routes, not sessions.

A handler that takes a session decides how data is reached even when it only passes it on: the test of the route needs a database, and the
next change is tempted to query right there.

How to fix: a dependency that builds the service with its session (`Annotated[OrderService, Depends(get_order_service)]`), and a handler
that takes the service.

```python bad app/routes/orders.py
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.db import get_session
from app.services import orders

router = APIRouter()


@router.get("/orders")
def list_orders(session: Annotated[Session, Depends(get_session)]):
    return orders.list_orders(session)
```
```python good app/routes/orders.py
from typing import Annotated

from fastapi import APIRouter, Depends

from app.services.orders import OrderService, get_order_service

router = APIRouter()


@router.get("/orders")
def list_orders(orders: Annotated[OrderService, Depends(get_order_service)]):
    return orders.list_orders()
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.items import Handler
from layercheck.queries.roles import is_provider
from layercheck.queries.sessions import session_params

RULE = Rule(
    code="LC104",
    name="session-in-route-signature",
    message="{handler} takes a database session ({name}): take a service that has it",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("ARCH-4", "DI-2"),
    since="0.1",
)


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """The first parameter of a handler that is a session, connection or engine."""
    function = handler.function
    names = session_params(project, function.key)
    if names and not is_provider(project, function.key):
        at = next(p.at for p in function.params if p.name == names[0])
        yield Fault(function.place(at), {"handler": function.name, "name": names[0]})
