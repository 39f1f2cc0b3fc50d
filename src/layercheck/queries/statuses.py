"""HTTP statuses in code: literals, `status.HTTP_404_NOT_FOUND`, `HTTPStatus.NOT_FOUND`, and the exceptions that carry them."""

from __future__ import annotations

import re

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.symbols import binding, class_attribute, mro, resolve
from layercheck.tuples import NamedTuple

HTTP_EXCEPTIONS = frozenset({
    "fastapi.HTTPException", "starlette.exceptions.HTTPException", "fastapi.exceptions.HTTPException",
    "starlette.exceptions.WebSocketException", "fastapi.WebSocketException",
})  # fmt: skip
_NAMED = {
    "CONTINUE": 100, "OK": 200, "CREATED": 201, "ACCEPTED": 202, "NO_CONTENT": 204, "MOVED_PERMANENTLY": 301, "FOUND": 302,
    "SEE_OTHER": 303, "NOT_MODIFIED": 304, "TEMPORARY_REDIRECT": 307, "PERMANENT_REDIRECT": 308, "BAD_REQUEST": 400, "UNAUTHORIZED": 401,
    "PAYMENT_REQUIRED": 402, "FORBIDDEN": 403, "NOT_FOUND": 404, "METHOD_NOT_ALLOWED": 405, "NOT_ACCEPTABLE": 406, "REQUEST_TIMEOUT": 408,
    "CONFLICT": 409, "GONE": 410, "PRECONDITION_FAILED": 412, "REQUEST_ENTITY_TOO_LARGE": 413, "CONTENT_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415, "IM_A_TEAPOT": 418, "UNPROCESSABLE_ENTITY": 422, "UNPROCESSABLE_CONTENT": 422, "LOCKED": 423,
    "TOO_MANY_REQUESTS": 429, "INTERNAL_SERVER_ERROR": 500, "NOT_IMPLEMENTED": 501, "BAD_GATEWAY": 502, "SERVICE_UNAVAILABLE": 503,
    "GATEWAY_TIMEOUT": 504,
}  # fmt: skip


def status_value(project: Project, key: str, e: Expr | None) -> int | None:
    """The status that an expression surely is; None when it is not known."""
    if e is None:
        return None
    if ir.is_a(e, "const"):
        return e[1] if isinstance(e[1], int) and not isinstance(e[1], bool) else None
    name = dotted(e)
    if name is None:
        return None
    last = name.removesuffix(".value").rpartition(".")[2]
    found = re.fullmatch(r"HTTP_(\d{3})_\w+", last)
    if found:
        return int(found[1])
    symbol = resolve(project, key, name)
    if symbol is not None and ":" not in symbol:
        return _NAMED.get(last) if "HTTPStatus" in symbol or "codes" in symbol else None
    if symbol is not None and not symbol.endswith(":"):
        bind = binding(project, symbol)
        if bind is not None and bind.value is not None and bind.value != e:
            return status_value(project, f"{symbol.partition(':')[0]}:", bind.value)
    return None


class Raised(NamedTuple):
    """One way out of a function by exception."""

    exception: str | None
    """Symbol of the class; None when unknown."""
    status: int | None
    """The status it carries, where it is an HTTP exception."""
    key: str
    """The function whose raise statement it is."""
    at: int
    carried: int | None = None
    """For an exception of the project that is no HTTP exception: the status it carries for whoever answers it."""


_CARRIERS = ("status_code", "status", "code", "http_status")
"""What the exceptions of projects call their status."""


@query
def class_status(project: Project, cls: str) -> int | None:
    """The status of a subclass of HTTPException that fixes it: in a class attribute or in its call of super().__init__."""
    for base in mro(project, cls):
        row = project.get(Class, base)
        if row is None:
            continue
        for field in row.fields:
            if field.name in _CARRIERS:
                found = status_value(project, base, field.value)
                if found is not None:
                    return found
        init = class_attribute(project, base, "__init__")
        body = project.get(Body, init) if init is not None and ":" in init else None
        if body is None:
            continue
        for call, *_ in body.raw_calls:
            if ir.last_name(call[1]) == "__init__":
                found = _given_status(project, body.key, call, next(iter(mro(project, base)[1:]), ""))
                if found is not None:
                    return found
        function = project.get(Function, body.key)
        for param in function.params if function is not None else ():
            if param.name in ("status_code", "code"):
                found = status_value(project, body.key, param.default)
                if found is not None:
                    return found
    return None


def _given_status(project: Project, key: str, call: Expr, cls: str) -> int | None:
    """The status that a call hands to the constructor of a class, by keyword or by position."""
    if ":" not in cls:
        return status_value(project, key, ir.argument(call, 0, "status_code"))
    init = class_attribute(project, cls, "__init__")
    function = project.get(Function, init) if init is not None and ":" in init else None
    if function is None:
        return (
            status_value(project, key, ir.argument(call, 0, "status_code")) if is_http_exception(project, cls) else None
        )
    for position, param in enumerate(function.params[1:]):
        if param.name in _CARRIERS:
            found = status_value(project, key, ir.argument(call, position if param.kind != "kw" else 99, param.name))
            if found is not None:
                return found
    return status_value(project, key, ir.keyword(call, "status_code"))


def is_http_exception(project: Project, symbol: str) -> bool:
    """Whether a class is HTTPException or inherits from it."""
    return any(base in HTTP_EXCEPTIONS for base in mro(project, symbol))


def raised_by(project: Project, key: str, e: Expr, at: int) -> Raised:
    """What `raise e` raises."""
    call = e if ir.is_a(e, "call") else None
    name = dotted(call[1] if call is not None else e)
    symbol = resolve(project, key, name) if name else None
    if symbol is None and call is None and name is not None:
        body = project.get(Body, key)
        values = [
            raw
            for raw in (body.raw_binds if body is not None else ())
            if raw[0] == name and raw[1] == "=" and ir.is_a(raw[2], "call")
        ]
        if values:
            return raised_by(project, key, values[-1][2], at)
        return Raised(None, None, key, at)
    if symbol is not None and ":" in symbol and project.get(Class, symbol) is None:
        bind = binding(project, symbol)
        if bind is not None and ir.is_a(bind.value, "call") and bind.value is not None:
            return raised_by(project, f"{symbol.partition(':')[0]}:", bind.value, at)._replace(key=key, at=at)
        function = project.get(Function, symbol)
        if function is not None:  # raise not_found("user")
            made = _made_exception(project, symbol)
            return made._replace(key=key, at=at) if made is not None else Raised(None, None, key, at)
        return Raised(None, None, key, at)
    if symbol is None:
        return Raised(None, None, key, at)
    if is_http_exception(project, symbol):
        status = None
        if call is not None:
            status = _given_status(project, key, call, symbol)
        if status is None and symbol not in HTTP_EXCEPTIONS:
            status = class_status(project, symbol)
        return Raised(symbol, status, key, at)
    carried = None
    if ":" in symbol:
        carried = _given_status(project, key, call, symbol) if call is not None else None
        carried = carried if carried is not None else class_status(project, symbol)
    return Raised(symbol, None, key, at, carried)


@query
def _made_exception(project: Project, function: str) -> Raised | None:
    """The exception that a helper returns to be raised."""
    body = project.get(Body, function)
    for statement in ir.statements(body.statements) if body is not None else ():
        if statement[0] == "return" and ir.is_a(statement[1], "call"):
            return raised_by(project, function, statement[1], statement[2])
    return None
