"""Leave the queries to the repositories.

Where a project has repositories, a service that queries for itself splits the knowledge about a table in two: the filter on deleted rows,
the tenant, the eager loading are right in one place and forgotten in the other, and the service needs a database in its tests.

How to fix: a method of the repository with a name that says what is wanted, and a call of it in the service. Ending the transaction
(`commit`, `rollback`, `flush`, `refresh`) is the service's business and not reported; neither is work on a bare engine connection (backups,
checks). `session.add()` counts for a row that the function makes: for one that was loaded it does nothing. A project has repositories when at least a third of the services that work on data have one, by import or by name.

```python bad app/services/orders.py
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Order


def open_orders(session: Session):
    return session.scalars(select(Order).where(Order.open)).all()
```
```python bad app/repositories/orders.py
from sqlalchemy.orm import Session

from app.models import Order


def get_order(session: Session, order_id: int):
    return session.get(Order, order_id)
```
```python good app/services/orders.py
from sqlalchemy.orm import Session

from app.repositories import orders


def open_orders(session: Session):
    return orders.list_open(session)
```
```python good app/repositories/orders.py
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Order


def list_open(session: Session):
    return session.scalars(select(Order).where(Order.open)).all()
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callgraph import sites
from layercheck.queries.dbstatements import database_statements
from layercheck.queries.domains import has_repository_layer
from layercheck.queries.layers import layer_of
from layercheck.queries.models import is_table
from layercheck.queries.roles import in_provider, is_startup
from layercheck.queries.words import only_in

RULE = Rule(
    code="LC114",
    name="query-in-service",
    message="{call}() talks to the database in the service layer ({function}; {why}): the project has repositories, give one of them this query",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ARCH-2", "DELIV-3"),
    since="0.1",
)
_TRANSACTION = frozenset({"commit", "rollback", "flush", "refresh", "begin", "begin_nested", "close", "run_sync"})
_ENGINES = frozenset({
    "sqlalchemy.Connection", "sqlalchemy.ext.asyncio.AsyncConnection", "sqlalchemy.Engine", "sqlalchemy.ext.asyncio.AsyncEngine",
})  # fmt: skip


def _in_services(project: Project, path: str) -> bool:
    return layer_of(project, path).name == "services"


@only_in(_in_services)
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each statement of a service that sends a query or writes, in a project with repositories."""
    layer = layer_of(project, body.path)
    function = project.get(Function, body.key)
    if function is None or in_provider(project, body.key) or is_startup(project, body.key):
        return
    for at, name, owner in database_statements(project, body.key):
        last = name.rpartition(".")[2]
        if last == "add" and not _adds_new_row(project, body, at):
            continue
        if last not in _TRANSACTION and owner not in _ENGINES and has_repository_layer(project):
            yield Fault(body.place(at), {"call": name, "function": function.qualname, "why": layer.why})


def _adds_new_row(project: Project, body: Body, at: int) -> bool:
    """Whether the call adds a row that this function makes of a table class, there or before under the name that it is given."""
    made = {site.at for site in sites(project, body.key) if site.target is not None and is_table(project, site.target)}
    call = next((c.call for c in body.calls if c.at == at), None)
    if call is None or len(call[2]) != 1:
        return True
    row = call[2][0]
    values = [row] if ir.is_a(row, "call") else [b.value for b in body.binds if row.__class__ is str and b.name == row]
    return any(value is not None and ir.is_a(value, "call") and value[4] in made for value in values)
