"""Let a security scheme read the Authorization header.

`HTTPBearer`, `OAuth2PasswordBearer` and their kin read the header, split it, refuse what is malformed, and show up in the OpenAPI page, so
that its "Authorize" button and generated clients work. Code that does it by hand forgets one of these, mostly the page.

Reported are handlers and dependencies that take the Authorization header from the request, or take it with `Header()` and cut it up. Middleware, classes
that are security schemes themselves, and functions that use a scheme as well are left alone.

How to fix: `token: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]`.

```python bad app/deps.py
from fastapi import APIRouter, Depends, HTTPException, Request


def current_user(request: Request) -> str:
    header = request.headers.get("Authorization")
    if header is None or not header.startswith("Bearer "):
        raise HTTPException(401)
    return header.split()[1]


router = APIRouter(dependencies=[Depends(current_user)])
```
```python good app/deps.py
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

bearer = HTTPBearer()


def current_user(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> str:
    return credentials.credentials


router = APIRouter(dependencies=[Depends(current_user)])
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Place, Profile, Rule
from layercheck.project import Project
from layercheck.queries.auth import is_scheme
from layercheck.queries.depends import declared_dependencies
from layercheck.queries.handlers import is_handler
from layercheck.queries.parameters import function_parameters
from layercheck.queries.roles import is_surely_provider
from layercheck.queries.types import symbol_type

RULE = Rule(
    code="LC508",
    name="hand-rolled-auth",
    message="{function}() reads the Authorization header by hand: depend on a security scheme (HTTPBearer, OAuth2PasswordBearer)",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("AUTH-1",),
    since="0.1",
)
_CUTTING = frozenset({"split", "partition", "startswith", "removeprefix", "replace", "lstrip", "rsplit"})


def check(function: Function, project: Project) -> Iterator[Fault]:
    """Each handler or dependency that takes the header apart itself."""
    if not (is_handler(project, function.key) or is_surely_provider(project, function.key)) or _has_scheme(
        project, function
    ):
        return
    body = project.get(Body, function.key)
    at = _reads_header(body) if body is not None else None
    if at is not None:
        yield Fault(Place("Body", function.key, at), {"function": function.name})
        return
    for parameter in function_parameters(project, function.key):
        if parameter.source == "header" and parameter.name.lower() == "authorization" and body is not None:
            if _cuts(body, parameter.name):
                yield Fault(parameter.place, {"function": function.name})
                return


def _has_scheme(project: Project, function: Function) -> bool:
    """Whether a scheme is at work already: the class is one, or a dependency is."""
    if function.cls and is_scheme(project, f"{function.path}:{function.cls}"):
        return True
    for declared in declared_dependencies(project, function.key):
        target = declared.dependency.target
        if target is None:
            continue
        kind = symbol_type(project, target) if ":" in target and project.get(Class, target) is None else None
        if is_scheme(project, kind[1] if kind is not None and kind[0] == "inst" else target):
            return True
    return False


def _reads_header(body: Body) -> int | None:
    """The ordinal of the first place that takes the header from a request."""
    for e in ir.expressions(body.statements):
        match e:
            case ("call", func, args, _, at) if args and _is_authorization(args[0]):
                if (dotted(func) or "").endswith("headers.get"):
                    return int(at)
            case ("item", owner, index, at) if _is_authorization(index):
                if (dotted(owner) or "").endswith("headers"):
                    return int(at)
    return None


def _is_authorization(e: Expr) -> bool:
    return (ir.text_of(e) or "").lower() == "authorization"


def _cuts(body: Body, name: str) -> bool:
    for e in ir.expressions(body.statements):
        if (
            ir.is_a(e, "call")
            and e[1].__class__ is str
            and e[1].partition(".")[0] == name
            and ir.last_name(e[1]) in _CUTTING
        ):
            return True
        if ir.is_a(e, "item") and dotted(e[1]) == name:
            return True
    return False
