"""Check permissions on every route of a router, not on most.

Where three of four routes that change orders ask for the role "manager" and the fourth only for a login, every customer can call the fourth. It is the same
oversight as a route without authentication, and harder to see.

Reported is a mutating route that authenticates and nothing more, in a file where more than three quarters of at least three other mutating routes depend
on a role, permission or scope. A route whose handler hands the current user on, or compares it with something, is taken to check
ownership (to log him, or to note him down in a row, is no check); one whose dependencies are not all known is left alone.

How to fix: the same dependency as its neighbours, or put it on the router.

```python bad app/routes.py
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer

scheme = OAuth2PasswordBearer(tokenUrl="login")


def get_current_user(token: str = Depends(scheme)):
    return token


def require_manager(user: str = Depends(get_current_user)):
    if user != "manager":
        raise HTTPException(403)


router = APIRouter(prefix="/orders")


@router.post("", dependencies=[Depends(require_manager)])
def create(): ...


@router.put("/{order_id}", dependencies=[Depends(require_manager)])
def change(order_id: int): ...


@router.patch("/{order_id}", dependencies=[Depends(require_manager)])
def mark(order_id: int): ...


@router.post("/{order_id}/refund", dependencies=[Depends(require_manager)])
def refund(order_id: int): ...


@router.delete("/{order_id}", dependencies=[Depends(get_current_user)])
def delete(order_id: int): ...


app = FastAPI()
app.include_router(router)
```
```python good app/routes.py
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer

scheme = OAuth2PasswordBearer(tokenUrl="login")


def get_current_user(token: str = Depends(scheme)):
    return token


def require_manager(user: str = Depends(get_current_user)):
    if user != "manager":
        raise HTTPException(403)


router = APIRouter(prefix="/orders", dependencies=[Depends(require_manager)])


@router.post("")
def create(): ...


@router.put("/{order_id}")
def change(order_id: int): ...


@router.delete("/{order_id}")
def delete(order_id: int): ...


app = FastAPI()
app.include_router(router)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.auth import YES, dependency_protection
from layercheck.queries.callgraph import sites
from layercheck.queries.depends import Dependency, declared_dependencies
from layercheck.queries.handlers import handlers_in
from layercheck.queries.items import Handler
from layercheck.queries.logging_calls import log_calls
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.protection import route_protection
from layercheck.queries.publicity import is_entrance
from layercheck.queries.routes import all_dependencies, routes_of
from layercheck.queries.secrets import words
from layercheck.queries.types import symbol_type

RULE = Rule(
    code="LC502",
    name="inconsistent-authorization",
    message="{handler}() only authenticates, while {count} other mutating routes here check permissions ({example}): check them here too",
    level=Level.WARNING,
    profile=Profile.STRICT,
    card=("AUTH-2",),
    since="0.1",
)
_MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PERMISSION = frozenset({
    "role", "roles", "permission", "permissions", "permitted", "admin", "admins", "superuser", "superusers", "scope", "scopes", "access", "policy",
    "authorize", "authorized", "authorization", "allowed", "can", "staff", "owner", "manager", "privilege", "privileges", "rbac", "acl", "capability",
})  # fmt: skip
_LEAST, _SHARE = 3, 0.75
_ASKS, _ONLY_KNOWS, _OTHER = "asks", "knows", "other"


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """Each mutating handler that asks for less than nearly all others of its file."""
    key = handler.function.key
    if _demand(project, key)[0] != _ONLY_KNOWS or _uses_user(project, key):
        return
    others = [
        found
        for other in handlers_in(project, handler.function.path)
        if other != key
        for found in [_demand(project, other)]
        if found[0] != _OTHER
    ]
    asking = [found[1] for found in others if found[0] == _ASKS]
    if len(asking) >= _LEAST and len(asking) / len(others) > _SHARE:
        yield Fault(handler.place, {"handler": handler.function.name, "count": len(asking), "example": min(asking)})


@query
def _demand(project: Project, key: str) -> tuple[str, str]:
    """(what the mutating routes of a handler demand, through which dependency)."""
    routes = [r for r in routes_of(project, key) if r.method in _MUTATING and r.app]
    if not routes or any(is_entrance(project, r) for r in routes):
        return _OTHER, ""
    for wanted in all_dependencies(project, routes[0]):
        name = _permission(project, wanted, 0)
        if name is not None:
            return _ASKS, name
    known = not any(r.unknown_dependencies for r in routes) and all(
        _resolved(d) for d in all_dependencies(project, routes[0])
    )
    return (_ONLY_KNOWS, "") if known and route_protection(project, routes[0]).state == YES else (_OTHER, "")


def _resolved(wanted: Dependency) -> bool:
    return wanted.target is not None


def _permission(project: Project, wanted: Dependency, depth: int) -> str | None:
    """The dependency that checks a role or permission, among a dependency and those below it; None when none does."""
    text = dotted(
        wanted.expression[1]
        if ir.is_a(wanted.expression, "call") and wanted.expression is not None
        else wanted.expression
    )
    name = text or (wanted.target or "").rpartition(":")[2]
    if wanted.security and ir.is_a(wanted.expression, "call"):
        return name
    target = wanted.target or ""
    kind = symbol_type(project, target) if ":" in target else None
    made = kind[1].rpartition(":")[2] if kind is not None and kind[0] == "inst" else ""
    said = {*words(name), *words(target.rpartition(":")[2]), *words(made)}
    if not said.isdisjoint(_PERMISSION) and dependency_protection(project, wanted).state == YES:
        return name
    if depth > 3 or ":" not in target:
        return None
    return next(
        (
            n
            for d in declared_dependencies(project, target)
            if (n := _permission(project, d.dependency, depth + 1)) is not None
        ),
        None,
    )


def _uses_user(project: Project, key: str) -> bool:
    """Whether a handler hands the user, or anything a dependency gave it that knows the user, on to a call or compares it.

    To log him, or to note him down in a row that is made or changed, is no check.
    """
    given = {
        d.name
        for d in declared_dependencies(project, key)
        if d.name and dependency_protection(project, d.dependency).state == YES
    }
    body = project.get(Body, key)
    if body is None or not given:
        return False
    idle = frozenset(log_calls(project, key)) | {
        site.at
        for site in sites(project, key)
        if site.target is not None and (is_table(project, site.target) or is_schema(project, site.target))
    }
    for statement in ir.statements(body.statements):
        if statement[0] == "assign" and all("." in (dotted(target) or "") for target in statement[1]):
            continue  # order.changed_by = user.id
        if any(_mentions(e, given, idle) for e in ir.own_expressions(statement)):
            return True
    return False


def _mentions(e: Expr, given: set[str], idle: frozenset[int]) -> bool:
    """Whether an expression has one of the names, other than in a log call or as a value of a row that is made."""
    if ir.is_a(e, "call") and e[4] in idle:
        return False
    name = dotted(e)
    if name is not None:
        return name.partition(".")[0] in given
    return any(_mentions(child, given, idle) for child in ir.children(e))
