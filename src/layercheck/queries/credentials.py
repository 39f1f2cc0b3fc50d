""" "What code does about credentials: reads them from the request, refuses without them, checks tokens and signatures.

*Rejecting* means to raise or answer 401 or 403: by the status, by what the exception's handler answers, or by the exception's name.
*Reading* means the Authorization header, an API key, a token or session cookie, or `request.user`.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.tokens import DECODERS, SIGNATURE_CHECKS, SIGNATURE_METHODS
from layercheck.project import Project, query
from layercheck.queries.callgraph import callee_functions, sites
from layercheck.queries.exceptions import exception_handlers
from layercheck.queries.occasions import RESPONSE_ENDINGS, names_response
from layercheck.queries.secrets import words
from layercheck.queries.statuses import raised_by, status_value
from layercheck.queries.symbols import mro

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
    "autherror",
    "authexception",
    "notloggedin",
    "loginrequired",
)
_DENIED = (401, 403)


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
        for e in ir.own_expressions(statement):
            for call in ir.calls(e):
                if _is_rejecting_response(project, key, call):
                    return True
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
    raised = raised_by(project, key, e, 0)
    if raised.status is not None:
        return raised.status in _DENIED
    name = dotted(e[1] if ir.is_a(e, "call") else e) or ""
    called = raised.exception or name
    last = called.rpartition(".")[2].rpartition(":")[2].lower().replace("_", "")
    if any(word in last for word in _REJECTING_NAMES) or _names_rejection(e):
        return True
    if raised.exception is not None:
        return denied_by_handler(project, raised.exception)
    status = ir.argument(e, 0, "status_code") if ir.is_a(e, "call") else None
    return status is not None and _denies(project, key, status)


def _names_rejection(e: Expr) -> bool:
    """`RequestError(ErrorType.NOT_AUTHENTICATED)`: one exception for everything, and a member of an enumeration that says which."""
    given = [*e[2], *(value for _, value in e[3])] if ir.is_a(e, "call") else []
    for value in given:
        owner, _, last = (dotted(value) or "").rpartition(".")
        said = last.lower().replace("_", "")
        if owner and last.isupper() and any(word in said for word in _REJECTING_NAMES):
            return True
    return False


def _denies(project: Project, key: str, status: Expr) -> bool:
    known = status_value(project, key, status)
    if known is not None:
        return known in _DENIED
    return any(word in (dotted(status) or "") for word in ("401", "403", "UNAUTHORIZED", "FORBIDDEN"))


@query
def denied_by_handler(project: Project, exception: str) -> bool:
    """Whether the application's handler of an exception class answers 401 or 403."""
    if ":" not in exception:
        return False
    family = mro(project, exception)
    for registered in exception_handlers(project):
        if registered.exception in family and registered.handler is not None:
            body = project.get(Body, registered.handler)
            for e in ir.expressions(body.statements) if body is not None else ():
                if ir.is_a(e, "call") and (
                    _is_rejecting_response(project, registered.handler, e) or "unauth" in ir.last_name(e[1]).lower()
                ):
                    return True
    return False


def may_answer(body: Body) -> bool:
    """Whether a body can make a response at all: some name in it ends like those of response classes."""
    return any(map(names_response, body.words))


def is_answer(call: Expr) -> bool:
    """Whether a call makes a response, by the name of its class."""
    return ir.last_name(call[1]).endswith(RESPONSE_ENDINGS)


def _is_rejecting_response(project: Project, key: str, e: Expr) -> bool:
    if not ir.is_a(e, "call") or not is_answer(e):
        return False
    status = ir.keyword(e, "status_code")
    return status is not None and _denies(project, key, status)


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


# ------------------------------------------------------------------------------------------- tokens and signatures


@query(bottom=False, kept=True)
def verifies_token(project: Project, key: str) -> bool:
    """Whether a function verifies a JSON web token, itself or in a project function that it calls."""
    return any(
        site.target in DECODERS or any(verifies_token(project, f) for f in callee_functions(project, site.target))
        for site in sites(project, key)
    )


@query(bottom=False)
def verifies_signature(project: Project, key: str) -> bool:
    """Whether a function checks a signature or a shared secret of the request, itself or in a project function that it calls."""
    for site in sites(project, key):
        if site.target in SIGNATURE_CHECKS or ir.last_name(site.call[1]) in SIGNATURE_METHODS:
            return True
        said = words(ir.last_name(site.call[1]))
        if "signature" in said and not {"verify", "validate", "check", "valid"}.isdisjoint(said):
            return True
        if any(verifies_signature(project, f) for f in callee_functions(project, site.target)):
            return True
    return False


# -------------------------------------------------------------------------------------------------- who gets through


@query
def rejects_anonymous(project: Project, handler: str) -> bool:
    """Whether a function with an optional user turns anonymous calls away in its own body: `if user is None: raise ... 401`."""
    body = project.get(Body, handler)
    for statement in body.statements if body is not None else ():
        for test, inner in statement[1] if statement[0] == "if" else ():
            if negative_test(test) and any(
                s[0] == "raise" and s[1] is not None and _is_rejection(project, handler, s[1]) for s in inner
            ):
                return True
    return False


def negative_test(test: Expr) -> bool:
    """`not x`, `x is None`, or one of them beside others after `or`."""
    match test:
        case ("un", "not", _):
            return True
        case ("cmp", _, ((operator, ("const", None)), *_), _):
            return bool(operator in ("is", "=="))
        case ("bool", "or", operands):
            return any(negative_test(o) for o in operands)
    return False


@query
def admits_anonymous(project: Project, key: str) -> bool:
    """Whether a function that reads credentials surely goes on without them: `if not token: return await call_next(request)`.

    Or it refuses only where a credential was sent: every rejection stands under `if token:`.
    """
    body = project.get(Body, key)
    if body is None:
        return False
    names = {raw[0] for raw in body.raw_binds if raw[2] is not None and _reads(raw[2])}
    if not names:
        return False
    targets = {site.at: site.target for site in sites(project, key)}

    def refuses(block: tuple[ir.Stmt, ...]) -> bool:
        return _block_rejects(project, key, block, targets)

    outside = False
    for statement in body.statements:
        if statement[0] != "if":
            outside = outside or refuses((statement,))
            continue
        for test, inner in statement[1]:
            about = any(n in names for n in ir.walk(test) if n.__class__ is str)
            if about and negative_test(test):
                if inner and inner[-1][0] == "return" and not refuses(inner):
                    return True
                outside = True
            elif not about:
                outside = outside or refuses(inner)
        outside = outside or refuses(statement[2])
    return not outside and any(s[0] == "if" for s in body.statements)


def _reads(e: Expr) -> bool:
    return any(_looks_at_credentials(node) for node in ir.walk(e))
