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

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.knowledge.database import OPEN_CURSORS
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callgraph import Site, enclosing, sites
from layercheck.queries.dbcalls import hands_session_to_model
from layercheck.queries.effects import SQL, WRITE, display, effects
from layercheck.queries.layers import layer_of
from layercheck.queries.models import is_table
from layercheck.queries.roles import in_provider, is_startup
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import resolve
from layercheck.queries.types import Typing

RULE = Rule(
    code="LC103",
    name="db-access-in-route",
    message="{call}() talks to the database in the route layer ({where}): move it into a service or repository",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ARCH-4", "ARCH-2"),
    since="0.1",
)
_METHODS = frozenset({
    "execute", "scalar", "scalars", "exec", "get", "get_one", "query", "add", "add_all", "delete", "merge", "flush", "commit", "rollback",
    "refresh", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings", "stream", "stream_scalars", "exec_driver_sql",
    "fetch_all", "fetch_one", "fetch_val", "fetch", "fetchrow", "fetchval", "executemany", "execute_many", "iterate", "run_sync",
    "fetchone", "fetchall", "fetchmany",
})  # fmt: skip


def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each statement of a routes module that calls a session, outside providers and start-up code."""
    if layer_of(project, body.path).name != "routes":
        return
    function = project.get(Function, body.key)
    if function is None or in_provider(project, body.key) or is_startup(project, body.key):
        return
    found = [
        (site, name) for site in sites(project, body.key) if (name := _database_call(project, body, site)) is not None
    ]
    cleaning = [
        (site, name)
        for site, name in found
        if site.call[1].__class__ is str and name.endswith(".rollback") and _in_except(body, site)
    ]
    if len(cleaning) < len(found):
        found = [entry for entry in found if entry not in cleaning]
    statements = _statements(body)
    seen = set()
    for site, name in found:
        statement = statements.get(site.at)
        if statement not in seen:
            seen.add(statement)
            yield Fault(body.place(site.at), {"call": name, "where": function.name})


def _statements(body: Body) -> dict[int, tuple[int, int]]:
    """The statement (for a compound one: which of its own expressions) that each call of a body stands in, by ordinals."""
    found = {}
    for statement in ir.statements(body.statements):
        for position, e in enumerate(ir.own_expressions(statement)):
            for call in ir.calls(e):
                found[call[4]] = (statement[-1], position if statement[0] == "if" else 0)
    return found


def _database_call(project: Project, body: Body, site: Site) -> str | None:
    """The text of the callee when the call names a session and reaches the database, else None."""
    func = site.call[1]
    name = func.rpartition(".")[2] if func.__class__ is str else func[2] if func[0] == "attr" else ""
    if name in _METHODS and site.receiver is not None and (site.target is None or ":" not in site.target):
        owner = site.target.rpartition(".")[0] if site.target else ""
        reads_on = owner in OPEN_CURSORS and name.startswith("fetch")
        if session_kind(project, site.receiver) is not None and not owner.endswith("Engine") and not reads_on:
            return func if func.__class__ is str else f"session.{name}"
    if (
        site.target is not None
        and ":" in site.target
        and hands_session_to_model(project, site, _gets_session(project, body, site))
    ):
        if any(e.name in (SQL, WRITE) for e in effects(project, site.target)):
            return display(site.target)
    return func if func.__class__ is str and _queries_model(project, body, func) else None


def _queries_model(project: Project, body: Body, func: str) -> bool:
    """`Order.query.filter_by(...)`: the query property that a scoped session or Flask-SQLAlchemy gives to table classes."""
    owner, _, rest = func.partition(".query.")
    if not rest:
        return False
    symbol = resolve(project, body.key, owner)
    return symbol is not None and is_table(project, symbol)


def _gets_session(project: Project, body: Body, site: Site) -> bool:
    typing = Typing(project, body.key)
    values = [*site.call[2], *(value for _, value in site.call[3])]
    return any(session_kind(project, typing.type(value, site.at)) is not None for value in values)


def _in_except(body: Body, site: Site) -> bool:
    return any(c.kind == "except" for c in enclosing(body, site.context))
