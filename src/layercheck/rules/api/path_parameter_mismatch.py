"""Take every parameter that the path has, and only those.

`/suppliers/{supplier_id}` with a handler that takes `supplier` compiles, starts and is wrong: the value in the path is thrown away and
`supplier` becomes a query parameter that every client has to guess. A parameter that is marked Path() without a place in the path can
never be given: each request is answered with 422.

Dependencies take parameters too, at any depth and in any file, and so do attributes of class-based views; for the parameters of a
router's prefix, so does code that reads `request.path_params`. Where a handler or dependency takes `**kwargs`, looks into its request or
cannot be resolved, nothing is said, unless the handler demands the parameter under a longer or shorter name (`{group_id}` as
`user_group_id`); nor where the handler also serves a path without the parameter, or only redirects.

How to fix: give the parameter of the handler the name that it has in the path.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/suppliers/{supplier_id}")
def read_supplier(supplier: int) -> int:
    return supplier
```
```python good app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/suppliers/{supplier_id}")
def read_supplier(supplier_id: int) -> int:
    return supplier_id
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.items import Handler
from layercheck.queries.parameters import function_parameters, path_names
from layercheck.queries.routes import Route, handler_routes
from layercheck.queries.taken import read_from_requests, taken_by

RULE = Rule(
    code="LC420",
    name="path-parameter-mismatch",
    message="{what}",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("API-2",),
    since="0.1",
)


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """The parameters of a handler's paths that nobody takes, and its Path() parameters that no path has."""
    routes = [r for r in handler_routes(project, handler.function.key) if r.method != "WEBSOCKET"]
    untaken: dict[str, Route] = {}
    for route in routes if not _only_redirects(project, handler.function.key) else ():
        for name in _untaken(project, route):
            untaken.setdefault(name, route)
    for name, route in untaken.items():
        if not all(name in path_names(other.path) for other in routes):
            continue  # a second path for the same thing
        what = f"nobody takes {{{name}}} of {route.path}: neither {handler.function.name} nor a dependency has a parameter {name}"
        yield Fault(handler.place, {"what": what})
    if not routes or not all(route.app and route.exact for route in routes):
        return
    there = {name for route in routes for name in path_names(route.path)}
    for parameter in function_parameters(project, handler.function.key):
        if parameter.source == "path" and parameter.alias not in there:
            what = f"{parameter.alias} is marked Path() and {routes[0].path} has no {{{parameter.alias}}}: no request can give it"
            yield Fault(parameter.place, {"what": what})


def _only_redirects(project: Project, key: str) -> bool:
    """An old address that sends everybody to the same new one: what the path said does not matter there."""
    body = project.get(Body, key)
    if body is None or "RedirectResponse" not in body.words:
        return False
    returned = [s[1] for s in ir.statements(body.statements) if s[0] == "return"]
    return all(ir.is_a(e, "call") and ir.last_name(e[1]) == "RedirectResponse" for e in returned)


def _untaken(project: Project, route: Route) -> Iterator[str]:
    """The parameters of a path that neither handler nor dependency takes."""
    if not route.exact:
        return
    own = set(path_names(route.own_path))
    for name in dict.fromkeys(path_names(route.path)):
        taken = taken_by(project, route)
        elsewhere = read_from_requests(project)
        if taken.everything and name in own and name not in elsewhere.names and _misnamed(project, route, name):
            yield name
        if taken.everything or name in taken.names:
            continue
        if name not in elsewhere.names and (name in own or not elsewhere.everything):
            yield name


def _misnamed(project: Project, route: Route, name: str) -> bool:
    """Whether the handler asks for the parameter under a longer or shorter name: user_group_id for {group_id}.

    That name is then demanded in the query string, whatever else reads the path.
    """
    if "_" not in name or route.handler is None:
        return False
    there = set(path_names(route.path))
    return any(
        parameter.source == "query"
        and parameter.required
        and parameter.alias not in there
        and "_" in parameter.alias
        and (parameter.alias.endswith(f"_{name}") or name.endswith(f"_{parameter.alias}"))
        for parameter in function_parameters(project, route.handler)
    )
