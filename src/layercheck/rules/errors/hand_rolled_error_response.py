"""Raise errors, do not build their responses by hand.

A handler that returns its own JSONResponse with an error status invents a second error format, hides the error from exception
handlers, logging and rollback code, and leaves OpenAPI none the wiser. Errors of OAuth (`{"error": "invalid_grant"}`, `{"error": ..., "error_description": ...}`) are left alone:
the protocol fixes their body. So are those below `/scim` (RFC 7644), pages for people (an HTMLResponse, a template) and the empty 416 of
a range request.

How to fix: raise an exception of the domain (or HTTPException) and let the global exception handler give all errors one shape.

```python bad app/routes/books.py
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from app.services import books

router = APIRouter()


@router.get("/books/{book_id}")
def read_book(book_id: int):
    book = books.find(book_id)
    if book is None:
        return JSONResponse(status_code=404, content={"detail": "no such book"})
    return book
```
```python good app/routes/books.py
from fastapi import APIRouter

from app.errors import BookNotFoundError
from app.services import books

router = APIRouter()


@router.get("/books/{book_id}")
def read_book(book_id: int):
    book = books.find(book_id)
    if book is None:
        raise BookNotFoundError(book_id)
    return book
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.ir import Expr, Stmt
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.answers import PAGE, RESPONSE, answers
from layercheck.queries.callgraph import sites
from layercheck.queries.error_answers import is_probe
from layercheck.queries.exceptions import Clause, clauses
from layercheck.queries.items import Handler
from layercheck.queries.routes import handler_routes
from layercheck.queries.statuses import is_http_exception, status_value

RULE = Rule(
    code="LC307",
    name="hand-rolled-error-response",
    message="{handler} builds its {status} answer by hand: raise an exception and let the global handler shape the error",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ERR-2",),
    since="0.1",
)


def check(item: Handler, project: Project) -> Iterator[Fault]:
    """Each return of a handler that is a Response with an error status, or follows `response.status_code = 4xx`."""
    key = item.function.key
    body = project.get(Body, key)
    if body is None or any(r.method.startswith("websocket") for r in item.registrations):
        return
    if any("scim" in route.path.lower().split("/") for route in handler_routes(project, key)):
        return  # RFC 7644 fixes the body of every error
    probe = is_probe(project, key)
    helpers = _helper_statuses(project, body)
    protocol = _protocol_errors(body)
    for answer in answers(project, key):
        if answer.status is None and answer.at in helpers:
            answer = answer._replace(status=helpers[answer.at])
        if answer.shows == PAGE or answer.status == _RANGE:
            continue  # a form with its messages, or what RFC 9110 says: no handler for errors of an API shapes these
        if answer.kind == RESPONSE and answer.status is not None and 400 <= answer.status <= 599:
            if not (probe and answer.status >= 500) and answer.at not in protocol:
                yield Fault(body.place(answer.at), {"handler": item.function.name, "status": answer.status})
    for clause in clauses(project, key):
        if clause.name is not None and any(t is not None and is_http_exception(project, t) for t in clause.types):
            yield from _forwarded(body, clause, item.function.name)
    for block in _blocks(body.statements):
        status = None
        for statement in block:
            if statement[0] == "assign" and any(ir.last_name(t) == "status_code" for t in statement[1]):
                status = status_value(project, key, statement[2])
            elif statement[0] == "return" and statement[1] not in (None, ("const", None)) and status is not None:
                if status >= 400 and not (probe and status >= 500):
                    yield Fault(body.place(statement[-1]), {"handler": item.function.name, "status": status})


_RANGE = 416
_OAUTH_ERRORS = frozenset({
    "access_denied", "authorization_pending", "expired_token", "invalid_client", "invalid_client_metadata", "invalid_grant",
    "invalid_redirect_uri", "invalid_request", "invalid_scope", "invalid_target", "invalid_token", "slow_down", "unauthorized_client",
    "unsupported_grant_type", "unsupported_response_type", "unsupported_token_type",
})  # fmt: skip
"""The error codes of OAuth (RFC 6749, 6750, 7009, 7591, 8628): the protocol fixes the body they come in."""


def _protocol_errors(body: Body) -> frozenset[int]:
    """The returns whose body a protocol prescribes, so that no global handler could shape it."""
    told = {raw[0] for raw in body.raw_binds if ir.is_a(raw[2], "dict") and _is_oauth_body(raw[2])}
    return frozenset(
        s[-1]
        for s in ir.statements(body.statements)
        if s[0] == "return"
        and s[1] is not None
        and any(
            ir.text_of(e) in _OAUTH_ERRORS
            or (e.__class__ is str and e in told)
            or (ir.is_a(e, "dict") and _is_oauth_body(e))
            for e in ir.walk(s[1])
        )
    )


def _is_oauth_body(payload: Expr) -> bool:
    """`{"error": code, "error_description": text}`, whichever code it is."""
    return {"error", "error_description"} <= {ir.text_of(key) for key, _ in payload[1] if key is not None}


def _helper_statuses(project: Project, body: Body) -> dict[int, int]:
    """The status of returned calls of project functions that always answer with one and the same status."""
    targets = {
        site.at: site.target for site in sites(project, body.key) if site.target is not None and ":" in site.target
    }
    found = {}
    for statement in ir.statements(body.statements):
        value = statement[1] if statement[0] == "return" else None
        if ir.is_a(value, "call") and value is not None and (target := targets.get(value[4])) is not None:
            statuses = {(a.kind, a.status) for a in answers(project, target)}
            kind, status = next(iter(statuses)) if len(statuses) == 1 else ("", None)
            if kind == RESPONSE and status is not None:
                found[statement[-1]] = status
    return found


def _forwarded(body: Body, clause: Clause, handler: str) -> Iterator[Fault]:
    """A caught HTTPException that is taken apart to build a response: `JSONResponse(..., status_code=error.status_code)`."""
    for statement in ir.statements(clause.body):
        value = statement[1] if statement[0] == "return" else None
        if ir.is_a(value, "call") and value is not None:
            status = ir.dotted(ir.keyword(value, "status_code"))
            if status == f"{clause.name}.status_code":
                yield Fault(body.place(statement[-1]), {"handler": handler, "status": status})


def _blocks(block: tuple[Stmt, ...]) -> Iterator[tuple[Stmt, ...]]:
    yield block
    for statement in block:
        for inner in ir.blocks(statement):
            yield from _blocks(inner)
