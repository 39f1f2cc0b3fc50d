"""Whether a route answers without credentials: what its dependencies, decorators, body and middleware do about them.

A *scheme* is a class of fastapi.security (or a subclass). A dependency protects when it reaches a scheme that rejects by itself
(auto_error, the default), or when it reads credentials some other way (an optional scheme, the Authorization header, a cookie,
`request.user`) and something on the way raises 401 or 403. Reading without rejecting is "optional": anonymous calls pass.
"""

from __future__ import annotations

from typing import NamedTuple

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.frameworks import SECURITY_SCHEMES
from layercheck.project import Project, query
from layercheck.queries.callgraph import sites
from layercheck.queries.depends import Dependency, declared_dependencies
from layercheck.queries.routes import Route, all_dependencies
from layercheck.queries.symbols import binding, class_attribute, mro, resolve
from layercheck.queries.types import Typing, symbol_type

_HARMLESS_PREFIXES = (
    "fastapi.security.OAuth2PasswordRequestForm", "fastapi_pagination", "fastapi_filter", "fastapi_limiter", "sqlalchemy", "sqlmodel",
    "fastapi.Request", "fastapi.Response", "fastapi.BackgroundTasks", "starlette", "builtins", "typing", "redis", "httpx", "pydantic",
    "arq", "celery",
)  # fmt: skip
_AUTH_WORDS = (
    "current_user",
    "authenticat",
    "auth_required",
    "require_auth",
    "login_required",
    "verify_token",
    "jwt",
    "bearer",
    "api_key",
)
_HEADERS = frozenset(
    {"authorization", "x-api-key", "api-key", "x-token", "x-auth-token", "x-access-token", "apikey", "x-api-token"}
)
_HEADER_PARAMETERS = frozenset(
    {"authorization", "x_api_key", "api_key", "x_token", "x_auth_token", "x_access_token", "apikey", "access_token"}
)
_REJECTING_NAMES = (
    "unauth",
    "forbidden",
    "notauth",
    "permission",
    "accessdenied",
    "credential",
    "invalidtoken",
    "authenticat",
    "tokenexpired",
    "authoriz",
)
_RESPONSES = ("JSONResponse", "Response", "PlainTextResponse", "ORJSONResponse", "HTMLResponse", "RedirectResponse")

YES, OPTIONAL, UNKNOWN, NO = "yes", "optional", "unknown", "no"
_ORDER = {YES: 3, UNKNOWN: 2, OPTIONAL: 1, NO: 0}


class Protection(NamedTuple):
    """What one dependency, or a route as a whole, does about credentials, and through what."""

    state: str
    via: tuple[str, ...]

    @property
    def auth(self) -> bool | None:
        """True: rejects anonymous calls. False: answers them. None: not known."""
        return {YES: True, UNKNOWN: None}.get(self.state, False)


_NONE = Protection(NO, ())


def _best(found: list[Protection]) -> Protection:
    return max(found, key=lambda p: _ORDER[p.state], default=_NONE)


# ------------------------------------------------------------------------------------------------------ dependencies


def dependency_protection(project: Project, wanted: Dependency) -> Protection:
    """What a declared dependency does about credentials."""
    if wanted.target is None:
        if ir.is_a(wanted.expression, "call") or wanted.expression is None or dotted(wanted.expression) is None:
            return Protection(UNKNOWN, ("?",))
        name = dotted(wanted.expression) or "?"
        return Protection(UNKNOWN, (name,))
    if wanted.called:
        return called_protection(project, wanted.target, _optional_call(wanted.expression))
    return protection(project, wanted.target)


def _optional_call(e: Expr | None) -> bool:
    return ir.is_a(e, "call") and e is not None and ir.keyword(e, "auto_error") == ("const", False)


@query(bottom=_NONE)
def called_protection(project: Project, symbol: str, optional: bool) -> Protection:
    """`Depends(HTTPBearer())`, `Depends(RoleChecker(["admin"]))`, `Depends(require("admin"))`."""
    if _is_scheme(project, symbol):
        return Protection(OPTIONAL if optional else YES, (_short(symbol),))
    if project.get(Class, symbol) is not None:
        return _through(symbol, _call_method(project, symbol))
    if project.get(Function, symbol) is not None:
        return _through(
            symbol, _best([protection(project, made) for made in _made_by(project, symbol)] + [_own(project, symbol)])
        )
    return _external(symbol)


@query(bottom=_NONE)
def protection(project: Project, symbol: str) -> Protection:
    """What a dependency target (function, class, instance, scheme) does about credentials."""
    if ":" not in symbol:
        return Protection(YES, (symbol,)) if symbol in SECURITY_SCHEMES else _external(symbol)
    if project.get(Function, symbol) is not None:
        return _through(symbol, _function(project, symbol))
    if project.get(Class, symbol) is not None:
        if _is_scheme(project, symbol):
            return Protection(YES, (_short(symbol),))
        return _through(
            symbol,
            _best([dependency_protection(project, d.dependency) for d in declared_dependencies(project, symbol)]),
        )
    kind = symbol_type(project, symbol)
    if kind is None:
        return _bound(project, symbol)
    if kind[0] == "inst":
        if _is_scheme(project, kind[1]):
            bind = binding(project, symbol)
            optional = bind is not None and _optional_call(bind.value)
            if optional and ":" in kind[1] and _overrides_call(project, kind[1]) and _rejects_in_call(project, kind[1]):
                optional = False
            return Protection(OPTIONAL if optional else YES, (_short(symbol),))
        return _through(symbol, _call_method(project, kind[1])) if ":" in kind[1] else _external(kind[1])
    if kind[0] in ("func", "method"):
        return _through(symbol, protection(project, kind[1]))
    return _bound(project, symbol)


def _bound(project: Project, symbol: str) -> Protection:
    """A module variable whose type is unknown: the result of a factory, of the project or of a library."""
    bind = binding(project, symbol)
    if bind is not None and ir.is_a(bind.value, "call") and bind.value is not None:
        func = dotted(bind.value[1])
        target = resolve(project, f"{symbol.partition(':')[0]}:", func) if func else None
        if target is not None and ":" in target:
            return _through(symbol, called_protection(project, target, _optional_call(bind.value)))
        text = f"{symbol} {target or func or ''}".lower()
        if any(word in text for word in _AUTH_WORDS):
            return Protection(
                OPTIONAL if ir.keyword(bind.value, "optional") == ("const", True) else YES, (_short(symbol),)
            )
    return Protection(UNKNOWN, (_short(symbol),))


def _external(symbol: str) -> Protection:
    if symbol in SECURITY_SCHEMES:
        return Protection(YES, (symbol,))
    if symbol.startswith(_HARMLESS_PREFIXES):
        return _NONE
    if any(word in symbol.lower() for word in _AUTH_WORDS):
        return Protection(YES, (symbol,))
    return Protection(UNKNOWN, (symbol,))


def _through(symbol: str, found: Protection) -> Protection:
    return Protection(found.state, (_short(symbol), *found.via)) if found.state != NO else found


def _short(symbol: str) -> str:
    return symbol.partition(":")[2] or symbol


def _is_scheme(project: Project, cls: str) -> bool:
    return any(
        base in SECURITY_SCHEMES
        or (":" not in base and base.startswith("fastapi.security.") and not base.endswith("Form"))
        for base in mro(project, cls)
    )


def _overrides_call(project: Project, cls: str) -> bool:
    found = class_attribute(project, cls, "__call__")
    return found is not None and ":" in found


def _rejects_in_call(project: Project, cls: str) -> bool:
    found = class_attribute(project, cls, "__call__")
    return found is not None and ":" in found and rejects(project, found)


def _call_method(project: Project, cls: str) -> Protection:
    found = class_attribute(project, cls, "__call__")
    if found is None or ":" not in found:
        return _NONE if found is None else Protection(UNKNOWN, (found,))
    return _function(project, found)


def _function(project: Project, key: str) -> Protection:
    found = [dependency_protection(project, d.dependency) for d in declared_dependencies(project, key)]
    best = _best([*found, _own(project, key)])
    if best.state == OPTIONAL and rejects(project, key):
        return Protection(YES, best.via)
    return best


def _own(project: Project, key: str) -> Protection:
    """Credentials that a function reads itself."""
    if reads_credentials(project, key):
        return Protection(YES if rejects(project, key) else OPTIONAL, ("reads credentials",))
    name = key.partition(":")[2].rpartition(".")[2]
    if (
        "current_user" in name or name.startswith(("authenticate", "require_auth", "verify_auth", "check_auth"))
    ) and rejects(project, key):
        return Protection(YES, (f"{name} rejects",))
    return _NONE


@query
def _made_by(project: Project, factory: str) -> tuple[str, ...]:
    """The functions and instances that a dependency factory returns."""
    body = project.get(Body, factory)
    if body is None:
        return ()
    typing = Typing(project, factory)
    found = []
    for statement in ir.statements(body.statements):
        if statement[0] != "return" or statement[1] is None:
            continue
        value = statement[1]
        if ir.is_a(value, "call"):
            name = dotted(value[1])
            symbol = resolve(project, factory, name) if name else None
            if symbol is not None and ":" in symbol:
                if ir.last_name(value[1]) in ("partial",) and value[2]:
                    continue
                found.append(symbol)
                row = project.get(Class, symbol)
                if row is not None:
                    call = class_attribute(project, symbol, "__call__")
                    found.extend([call] if call is not None and ":" in call else [])
                continue
            if symbol in ("functools.partial", "fastapi.Depends", "fastapi.Security") and value[2]:
                value = value[2][0]
        kind = typing.type(value, statement[-1])
        if kind is not None and kind[0] in ("func", "method"):
            found.append(kind[1])
        elif kind is not None and kind[0] == "inst" and ":" in kind[1]:
            call = class_attribute(project, kind[1], "__call__")
            if call is not None and ":" in call:
                found.append(call)
    return tuple(dict.fromkeys(found))


# -------------------------------------------------------------------------------------------------- what code does


@query(bottom=False)
def rejects(project: Project, key: str) -> bool:
    """Whether a function raises (or answers with) 401 or 403, itself or in a project function that it calls.

    What a try catches again does not count.
    """
    body = project.get(Body, key)
    if body is None:
        return False
    targets = {site.at: site.target for site in sites(project, key)}
    return _block_rejects(project, key, body.statements, targets)


def _block_rejects(project: Project, key: str, block: tuple[ir.Stmt, ...], targets: dict[int, str | None]) -> bool:
    for statement in block:
        if statement[0] == "raise" and statement[1] is not None and _is_rejection(project, key, statement[1]):
            return True
        if statement[0] == "return" and statement[1] is not None and _is_rejecting_response(statement[1]):
            return True
        for e in ir.own_expressions(statement):
            for call in ir.calls(e):
                target = targets.get(call[4])
                if target is not None and project.get(Function, target) is not None and rejects(project, target):
                    return True
        inner = list(ir.blocks(statement))
        if statement[0] == "try" and _swallows(statement):
            inner = inner[1:]
        if any(_block_rejects(project, key, one, targets) for one in inner):
            return True
    return False


def _swallows(statement: ir.Stmt) -> bool:
    """Whether a try catches the exceptions that reject, and does not raise again."""
    for types, _, handler, _ in statement[2]:
        names = [types] if types is None or not ir.is_a(types, "tuple") else list(types[1])
        for name in names:
            last = ir.last_name(name) if name is not None else "Exception"
            if last in ("Exception", "BaseException", "HTTPException", "StarletteHTTPException") or any(
                w in last.lower() for w in _REJECTING_NAMES
            ):
                return not any(s[0] == "raise" for s in ir.statements(handler))
    return False


def _is_rejection(project: Project, key: str, e: Expr) -> bool:
    call = e if ir.is_a(e, "call") else None
    name = dotted(call[1] if call is not None else e)
    if name is None:
        return False
    last = name.rpartition(".")[2].lower().replace("_", "")
    if any(word in last for word in _REJECTING_NAMES):
        return True
    if call is None:
        body = project.get(Body, key)
        values = [
            raw[2] for raw in (body.raw_binds if body is not None else ()) if raw[0] == name and raw[2] is not None
        ]
        return any(ir.is_a(v, "call") and _is_rejection(project, key, v) for v in values)
    status = ir.argument(call, 0, "status_code")
    return status is not None and _denies(status)


def _denies(status: Expr) -> bool:
    if ir.is_a(status, "const"):
        return status[1] in (401, 403)
    name = dotted(status) or ""
    return any(word in name for word in ("401", "403", "UNAUTHORIZED", "FORBIDDEN"))


def _is_rejecting_response(e: Expr) -> bool:
    if not ir.is_a(e, "call") or not ir.last_name(e[1]).endswith(_RESPONSES):
        return False
    status = ir.keyword(e, "status_code")
    return status is not None and _denies(status)


@query(bottom=False)
def reads_credentials(project: Project, key: str) -> bool:
    """Whether a function looks at the Authorization header, an API key, a token or session cookie, or `request.user`."""
    function = project.get(Function, key)
    body = project.get(Body, key)
    if function is None or body is None:
        return False
    for param in function.params:
        source = _parameter_source(param.annotation, param.default)
        if source in ("Header", "Cookie") and (
            param.name.lower() in _HEADER_PARAMETERS or "token" in param.name.lower() or "session" in param.name.lower()
        ):
            return True
    for e in ir.expressions(body.statements):
        if _looks_at_credentials(e):
            return True
    passed = [p.name for p in function.params if p.name in ("request", "req", "websocket", "ws", "connection", "conn")]
    if passed:
        for site in sites(project, key):
            values = [*site.call[2], *(v for _, v in site.call[3])]
            if (
                any(v in passed for v in values if v.__class__ is str)
                and site.target is not None
                and project.get(Function, site.target) is not None
            ):
                if reads_credentials(project, site.target):
                    return True
    return False


def _parameter_source(annotation: Expr | None, default: Expr | None) -> str:
    for e in (default, annotation):
        if e is None:
            continue
        for node in ir.walk(e):
            if ir.is_a(node, "call"):
                name = ir.last_name(node[1])
                if name in ("Header", "Cookie"):
                    return name
    return ""


def _looks_at_credentials(e: Expr) -> bool:
    match e:
        case ("call", func, args, _, _):
            text = func if func.__class__ is str else f"{dotted(func[1]) or ''}.{func[2]}" if func[0] == "attr" else ""
            if text.endswith("headers.get") and args:
                return (ir.text_of(args[0]) or "").lower() in _HEADERS
            if text.endswith("cookies.get") and args:
                name = (ir.text_of(args[0]) or "token").lower()
                return any(word in name for word in ("token", "session", "auth", "jwt", "sid"))
        case ("item", owner, index, _):
            text = dotted(owner) or ""
            if text.endswith("headers"):
                return (ir.text_of(index) or "").lower() in _HEADERS
            if text.endswith("cookies"):
                name = (ir.text_of(index) or "token").lower()
                return any(word in name for word in ("token", "session", "auth", "jwt", "sid"))
        case ("ref", chain, _):
            return str(chain).endswith(
                (
                    "request.user",
                    "request.state.user",
                    "request.auth",
                    "request.user.is_authenticated",
                    "state.current_user",
                )
            )
    return False


# ------------------------------------------------------------------------------------------------------------- routes


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
    return _best(found)


def _decorator(project: Project, symbol: str, name: str, decorator: Expr) -> Protection:
    """A decorator of the project: what it and the functions inside it do; scopes handed over count as a demand."""
    row = project.get(Function, symbol)
    if row is None:
        return _NONE
    names = [symbol]
    for key in names:
        inner = project.get(Function, key)
        names.extend(f"{row.path}:{n}" for n in (inner.nested if inner is not None else ()))
    if any(reads_credentials(project, key) and rejects(project, key) for key in names):
        return Protection(YES, (f"@{name}",))
    bodies = [body for key in names if (body := project.get(Body, key)) is not None]
    security = any(ir.last_name(call[1]) in ("Security", "requires") for body in bodies for call, *_ in body.raw_calls)
    if security and ir.is_a(decorator, "call"):
        scopes = [a for a in decorator[2] if ir.is_a(a, "list")] + [
            v for k, v in decorator[3] if k in ("scopes", "permissions", "roles")
        ]
        if scopes and all(ir.is_a(s, "list") and not s[1] for s in scopes):
            return _NONE
        return Protection(YES if scopes else UNKNOWN, (f"@{name}",))
    return _NONE


@query
def middleware_protection(project: Project, app: str) -> Protection:
    """What the middleware of an application does about credentials; one that exempts paths is "unknown" for each route."""
    path = app.partition(":")[0]
    found = []
    for target, name in app_middleware(project, path):
        keys = [target]
        row = project.get(Class, target)
        if row is not None:
            keys = [f"{row.path}:{q}" for m, q in row.methods if m in ("dispatch", "__call__")]
        for key in keys:
            if rejects(project, key) and _reads_anywhere(project, key):
                found.append(Protection(UNKNOWN if _looks_at_path(project, key) else YES, (name,)))
    return _best(found)


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
    return any(
        site.target is not None
        and project.get(Function, site.target) is not None
        and _looks_at_path(project, site.target)
        for site in sites(project, key)
    )


@query
def app_middleware(project: Project, path: str) -> tuple[tuple[str, str], ...]:
    """(project class or function, name) of every middleware that the file of an application, or one it calls, adds."""
    found = []
    for body_path in {path, *_set_up_files(project, path)}:
        for body in project.of_file(Body, body_path):
            for call in body.calls:
                name = ir.last_name(call.func)
                if name == "add_middleware" and call.call[2]:
                    text = dotted(call.call[2][0])
                    symbol = resolve(project, body.key, text) if text else None
                    if symbol == "starlette.middleware.base.BaseHTTPMiddleware":
                        text = (
                            dotted(ir.keyword(call.call, "dispatch"))
                            if ir.keyword(call.call, "dispatch") is not None
                            else None
                        )
                        symbol = resolve(project, body.key, text) if text else None
                    if symbol is not None and ":" in symbol:
                        found.append((symbol, _short(symbol)))
                elif name == "Middleware" and call.call[2]:
                    text = dotted(call.call[2][0])
                    symbol = resolve(project, body.key, text) if text else None
                    if symbol is not None and ":" in symbol:
                        found.append((symbol, _short(symbol)))
        for function in project.of_file(Function, body_path):
            if any(ir.is_a(d, "call") and ir.last_name(d[1]) == "middleware" for d in function.decorators):
                found.append((function.key, function.name))
    return tuple(sorted(set(found)))


def _set_up_files(project: Project, path: str) -> set[str]:
    """The files of the functions that an application's file calls: `register_middleware(app)` in another module."""
    found = set()
    for body in project.of_file(Body, path):
        for site in sites(project, body.key):
            if site.target is not None and project.get(Function, site.target) is not None:
                found.add(site.target.partition(":")[0])
    return found


def route_protection(project: Project, route: Route) -> Protection:
    """What a route as a whole does about credentials."""
    found = [dependency_protection(project, d) for d in all_dependencies(project, route)]
    if route.handler is not None:
        found.append(_own(project, route.handler))
        found.append(decorator_protection(project, route.handler))
    else:
        found.append(Protection(UNKNOWN, ("handler not resolved",)))
    if route.app:
        found.append(middleware_protection(project, route.app))
    best = _best(found)
    if best.state == OPTIONAL and route.handler is not None and rejects_anonymous(project, route.handler):
        return Protection(YES, best.via)
    if best.state in (NO, OPTIONAL) and route.unknown_dependencies:
        return Protection(UNKNOWN, ("dependencies that cannot be resolved",))
    return best


@query
def rejects_anonymous(project: Project, handler: str) -> bool:
    """Whether a handler with an optional user turns anonymous calls away in its own body: `if user is None: raise ... 401`."""
    body = project.get(Body, handler)
    if body is None:
        return False
    for statement in body.statements:
        if statement[0] != "if":
            continue
        for test, inner in statement[1]:
            negative = (ir.is_a(test, "un") and test[1] == "not") or (
                ir.is_a(test, "cmp") and test[2][0] == ("is", ("const", None))
            )
            if negative and any(
                s[0] == "raise" and s[1] is not None and _is_rejection(project, handler, s[1]) for s in inner
            ):
                return True
    return False
