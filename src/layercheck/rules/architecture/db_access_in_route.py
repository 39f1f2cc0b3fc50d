"""Keep the database out of the routes.

A handler that queries for itself ties HTTP to the schema: the rule cannot be reused by a job or a second route, cannot be tested
without a client, and its transaction ends wherever the handler happens to. The route layer translates HTTP; a service decides;
a repository talks to the database.

How to fix: move the call into a service (or the repository that the service uses) and hand it the session.

```python bad app/routes/users.py
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.deps import get_db
from app.models import User

router = APIRouter()


@router.get("/users/{user_id}")
def read_user(user_id: int, db: Session = Depends(get_db)):
    return db.get(User, user_id)
```
```python good app/routes/users.py
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.deps import get_db
from app.services import users

router = APIRouter()


@router.get("/users/{user_id}")
def read_user(user_id: int, db: Session = Depends(get_db)):
    return users.get_user(db, user_id)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Body, Function
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.contracts import breaches
from layercheck.queries.dbstatements import call_statements, database_statements
from layercheck.queries.layers import layer_of
from layercheck.queries.roles import in_provider, is_startup
from layercheck.queries.words import only_in, only_with

RULE = Rule(
    code="LC103",
    name="db-access-in-route",
    message="{call}() talks to the database in the route layer ({where}): move it into a service or repository",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ARCH-4", "ARCH-2"),
    since="0.1",
)


def _in_routes(project: Project, path: str) -> bool:
    return layer_of(project, path).name == "routes"


@only_in(_in_routes)
@only_with("()")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each statement of a routes module that calls a session, outside providers and start-up code."""
    function = project.get(Function, body.key)
    if function is None or in_provider(project, body.key) or is_startup(project, body.key):
        return
    found = database_statements(project, body.key)
    if not found:
        return
    within = call_statements(body)
    told = {within.get(breach.site.at) for breach in breaches(project, body.key)}
    for statement in found:
        if within.get(statement.at) in told:
            continue  # layer-skip reports it: layers.routes.forbid names it
        yield Fault(body.place(statement.at), {"call": statement.name, "where": function.name})
