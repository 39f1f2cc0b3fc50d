"""What a route as a whole does about credentials: its dependencies, decorators, route class, body and the application's middleware."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.auth import (
    AUTH_WORDS,
    NO,
    NOTHING,
    OPTIONAL,
    UNKNOWN,
    YES,
    Protection,
    best,
    dependency_protection,
    external,
    own,
    short,
)
from layercheck.queries.callgraph import sites, with_nested
from layercheck.queries.credentials import admits_anonymous, reads_credentials, rejects, rejects_anonymous
from layercheck.queries.depends import dependency
from layercheck.queries.middleware import Middleware, app_middleware, is_middleware, middleware_functions
from layercheck.queries.routes import Route, all_dependencies
from layercheck.queries.symbols import class_attribute, resolve
from layercheck.queries.types import Typing

_AUTH_DECORATORS = frozenset({"starlette.authentication.requires", "fastapi_login.login_required"})


@query
def decorator_protection(project: Project, handler: str) -> Protection:
    """What the decorators of a handler, other than those that register it, do about credentials."""
    function = project.get(Function, handler)
    found = []
    for decorator in function.decorators if function is not None else ():
        call = ir.is_a(decorator, "call")
        name = dotted(decorator[1] if call else decorator)
        if name is None or function is None:
            continue
        outside = f"{function.path}:{function.cls or function.parent}"
        symbol = resolve(project, outside, name)
        if symbol is None:
            continue
        if symbol in _AUTH_DECORATORS or (
            ":" not in symbol and any(w in symbol.lower() for w in ("login_required", "auth_required", "authenticated"))
        ):
            found.append(Protection(YES, (f"@{name}",)))
        elif ":" in symbol:
            found.append(_decorator(project, symbol, name, decorator))
    return best(found)


def _decorator(project: Project, symbol: str, name: str, decorator: Expr) -> Protection:
    """A decorator of the project: what it and the functions inside it do; scopes handed over count as a demand."""
    row = project.get(Function, symbol)
    if row is None:
        return NOTHING
    names = with_nested(project, symbol)
    if any(reads_credentials(project, key) and rejects(project, key) for key in names):
        return Protection(YES, (f"@{name}",))
    bodies = [body for key in names if (body := project.get(Body, key)) is not None]
    security = any(ir.last_name(call[1]) in ("Security", "requires") for body in bodies for call, *_ in body.raw_calls)
    if security and ir.is_a(decorator, "call"):
        scopes = [a for a in decorator[2] if ir.is_a(a, "list")] + [
            v for k, v in decorator[3] if k in ("scopes", "permissions", "roles")
        ]
        if scopes and all(ir.is_a(s, "list") and not s[1] for s in scopes):
            return NOTHING
        return Protection(YES if scopes else UNKNOWN, (f"@{name}",))
    return NOTHING


@query
def middleware_protection(project: Project, app: str) -> Protection:
    """What the middleware of an application does about credentials; one that exempts paths is "unknown" for each route."""
    return best([_one_middleware(project, m) for m in app_middleware(project, app)])


def _one_middleware(project: Project, middleware: Middleware) -> Protection:
    if is_middleware(project, middleware, _BACKEND_MIDDLEWARE) and middleware.call is not None:
        return _backend(project, middleware, middleware.call)
    target = middleware.target
    if target is None or ":" not in target:
        said = f"{target or ''} {middleware.name}".lower()
        suspicious = any(word in said for word in (*AUTH_WORDS, "authmiddleware", "authoriz"))
        return Protection(UNKNOWN, (middleware.name,)) if suspicious else NOTHING
    for key in middleware_functions(project, target):
        if rejects(project, key) and _reads_anywhere(project, key) and not admits_anonymous(project, key):
            return Protection(UNKNOWN if _looks_at_path(project, key) else YES, (middleware.name,))
    return NOTHING


_BACKEND_MIDDLEWARE = frozenset({"starlette.middleware.authentication.AuthenticationMiddleware"})


def _backend(project: Project, middleware: Middleware, call: Expr) -> Protection:
    """Starlette's AuthenticationMiddleware: anonymous calls pass where the backend returns None for them."""
    wanted = ir.keyword(call, "backend")
    kind = Typing(project, middleware.scope).type(wanted) if wanted is not None else None
    authenticate = class_attribute(project, kind[1], "authenticate") if kind is not None and ":" in kind[1] else None
    body = project.get(Body, authenticate) if authenticate is not None else None
    if body is None or authenticate is None:
        return Protection(UNKNOWN, (middleware.name,))
    gives_nothing = any(
        s[0] == "return"
        and (s[1] in (None, ("const", None)) or (ir.is_a(s[1], "tuple") and s[1][1][:1] == (("const", False),)))
        for s in ir.statements(body.statements)
    )
    if gives_nothing or not rejects(project, authenticate):
        return Protection(UNKNOWN, (middleware.name,)) if _looks_at_path(project, authenticate) else NOTHING
    return Protection(YES, (middleware.name,))


@query(bottom=False)
def _reads_anywhere(project: Project, key: str) -> bool:
    return reads_credentials(project, key) or any(
        site.target is not None
        and project.get(Function, site.target) is not None
        and _reads_anywhere(project, site.target)
        for site in sites(project, key)
    )


@query(bottom=False)
def _looks_at_path(project: Project, key: str) -> bool:
    body = project.get(Body, key)
    if body is None:
        return False
    if any(
        (dotted(e) or "").endswith(("url.path", 'scope["path"]', "url"))
        for e in ir.expressions(body.statements)
        if ir.is_a(e, "ref")
    ):
        return True
    if any(ir.is_a(e, "item") and e[2] == ("const", "path") for e in ir.expressions(body.statements)):
        return True  # scope["path"] under any name
    return any(
        site.target is not None
        and project.get(Function, site.target) is not None
        and _looks_at_path(project, site.target)
        for site in sites(project, key)
    )


@query
def asks_before_handler(project: Project, route: Route) -> Protection:
    """What everything before the handler's own code does about credentials."""
    found = [dependency_protection(project, d) for d in all_dependencies(project, route)]
    if route.route_class is not None:
        found.append(_route_class(project, route.route_class))
    if route.handler is not None:
        found.append(decorator_protection(project, route.handler))
    if route.app:
        found.append(middleware_protection(project, route.app))
    return best(found)


@query
def route_protection(project: Project, route: Route) -> Protection:
    """What a route as a whole does about credentials."""
    found = [asks_before_handler(project, route)]
    if route.handler is not None:
        found.append(own(project, route.handler))
        if _hidden_dependency(project, route.handler):
            found.append(Protection(UNKNOWN, ("a parameter that cannot be resolved",)))
    else:
        found.append(Protection(UNKNOWN, ("handler not resolved",)))
    whole = best(found)
    if whole.state == OPTIONAL and route.handler is not None and rejects_anonymous(project, route.handler):
        return Protection(YES, whole.via)
    if whole.state in (NO, OPTIONAL) and route.unknown_dependencies:
        return Protection(UNKNOWN, ("dependencies that cannot be resolved",))
    return whole


def _route_class(project: Project, symbol: str) -> Protection:
    """`APIRouter(route_class=...)`: what the handler that the class makes does, its nested functions included."""
    method = class_attribute(project, symbol, "get_route_handler") if ":" in symbol else None
    if method is None or ":" not in method:
        return NOTHING if ":" in symbol else external(symbol)
    for key in with_nested(project, method):
        if rejects(project, key) and _reads_anywhere(project, key):
            return Protection(YES, (short(symbol),))
    return NOTHING


@query
def _hidden_dependency(project: Project, handler: str) -> bool:
    """Whether a parameter is declared by a call that is no dependency, parameter or type as far as anybody can see."""
    function = project.get(Function, handler)
    for param in function.params if function is not None else ():
        for value in (param.default, param.annotation):
            if ir.is_a(value, "call") and value is not None:
                name = dotted(value[1])
                symbol = resolve(project, handler, name) if name else None
                if (
                    symbol is not None
                    and ":" in symbol
                    and dependency(project, handler, param.annotation, param.default) is None
                ):
                    return project.get(Function, symbol) is not None
    return False
