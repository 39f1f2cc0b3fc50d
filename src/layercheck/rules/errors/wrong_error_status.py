"""Answer errors with the status that they have.

A client decides by the status: retries, caches, alarms and dashboards all read it, nobody parses the body first. A 200 that says
`{"error": ...}` is a success to every tool on the way; a "not found" sent as 500 wakes somebody up at night; a 404 raised inside a
`try` whose `except Exception` answers 500 never arrives.

A 500 that speaks of the server (its configuration, a system account, the answer of a language model) is right, and so is the `False` of an
except branch whose try returns `True`: that is what was asked.

How to fix: raise the error with its own status (4xx for what the client did, 5xx for what the server did), and let HTTPException
pass a broad except: `except HTTPException: raise` before it.

```python bad app/routes/orders.py
from fastapi import APIRouter, HTTPException

from app.services import orders

router = APIRouter()


@router.get("/orders/{order_id}")
def read_order(order_id: int):
    order = orders.find(order_id)
    if order is None:
        return {"error": "no such order"}
    return order


@router.delete("/orders/{order_id}")
def cancel_order(order_id: int):
    try:
        order = orders.find(order_id)
        if order is None:
            raise HTTPException(status_code=404, detail="no such order")
        return orders.cancel(order)
    except Exception:
        raise HTTPException(status_code=500, detail="cancelling failed")
```
```python good app/routes/orders.py
from fastapi import APIRouter, HTTPException

from app.services import orders

router = APIRouter()


@router.get("/orders/{order_id}")
def read_order(order_id: int):
    order = orders.find(order_id)
    if order is None:
        raise HTTPException(status_code=404, detail="no such order")
    return order


@router.delete("/orders/{order_id}")
def cancel_order(order_id: int):
    try:
        order = orders.find(order_id)
        if order is None:
            raise HTTPException(status_code=404, detail="no such order")
        return orders.cancel(order)
    except HTTPException:
        raise
    except Exception:
        raise HTTPException(status_code=500, detail="cancelling failed")
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, Stmt
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.answers import is_response_class
from layercheck.queries.callgraph import sites
from layercheck.queries.error_answers import masked_failure, says_error, sets_status
from layercheck.queries.exceptions import Clause, clauses
from layercheck.queries.handlers import is_handler
from layercheck.queries.items import Handler
from layercheck.queries.statuses import HTTP_EXCEPTIONS, is_http_exception, raised_by, status_value
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC306",
    name="wrong-error-status",
    message="{what}",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ERR-3",),
    since="0.1",
)
_CLIENT_MISTAKE = pattern(
    r"not found|does not exist|doesn't exist|no such|already exists|already registered|invalid|must be|is required|are required"
    r"|not allowed|unauthorized|forbidden|permission denied|not permitted",
    re.IGNORECASE,
)
_SERVERS_MISTAKE = pattern(
    r"config|server|internal|(?<!\bin )(?<!\bin the )(?<!\bin our )\bsystem|response|upstream|\bllm\b|after (?:being )?(?:creat|insert|sav|updat|upload|writ)",
    re.IGNORECASE,
)
_NOT_MODIFIED = 304
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@only_with("raise")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """The raises, returns and except clauses of a function whose status does not say what happened."""
    if project.get(Function, body.key) is not None:
        yield from _wrong(project, body, is_handler(project, body.key))


def check_handler(handler: Handler, project: Project) -> Iterator[Fault]:
    """The same for a handler that raises nothing."""
    body = project.get(Body, handler.function.key)
    if body is not None and "raise" not in body.words:
        yield from _wrong(project, body, True)


def _wrong(project: Project, body: Body, handler: bool) -> Iterator[Fault]:
    reported: set[int] = set()
    for clause in clauses(project, body.key):
        fault = _swallowed_guard(project, body, clause)
        if fault is None and handler:
            answer = masked_failure(project, clause)
            if answer is not None:
                fault = Fault(body.place(answer[-1]), {"what": _MASKED})
                reported.add(answer[-1])
        if fault is not None:
            reported.update(s[-1] for s in ir.statements(clause.body) if s[0] == "return")
            yield fault
    if "raise" in body.words:
        yield from _raises(project, body)
    if handler and not sets_status(project, body.key):
        yield from _returns(project, body, reported)


_MASKED = "an except branch answers with a success status: raise an error with a 5xx status, the client takes this for a success"


def _raises(project: Project, body: Body) -> Iterator[Fault]:
    """HTTPExceptions with a success status, and client mistakes that are raised as 500."""
    guarded: dict[int, Expr] | None = None
    for statement in ir.statements(body.statements):
        if statement[0] != "raise" or statement[1] is None:
            continue
        raised = raised_by(project, body.key, statement[1], statement[-1])
        if raised.status is None or raised.exception is None or not is_http_exception(project, raised.exception):
            continue
        if raised.exception.endswith("WebSocketException"):
            continue
        if raised.status == _NOT_MODIFIED:
            continue  # the answer to a conditional request, which the framework sends without a body
        if raised.status < 400:
            redirect = raised.status in _REDIRECTS and any(
                ir.keyword(call, "headers") is not None for call in ir.calls(statement[1])
            )
            what = f"HTTPException with the status {raised.status}: " + (
                "return a RedirectResponse" if redirect else "an error needs a status of 400 or more"
            )
            yield Fault(body.place(statement[-1]), {"what": what}, level=Level.INFO if redirect else "")
        elif raised.status == 500 and _is_client_mistake(statement[1]):
            if guarded is None:
                guarded = {s[-1]: test for test, s in _guarded_raises(body.statements)}
            test = guarded.get(statement[-1])
            if test is not None and not _asks_the_server(body, test, statement[-1]):
                what = "a mistake of the client is raised as 500: choose a 4xx status (404, 409, 422, ...)"
                yield Fault(body.place(statement[-1]), {"what": what})


def _guarded_raises(block: tuple[Stmt, ...]) -> Iterator[tuple[Expr, Stmt]]:
    """(test, raise) for every raise that stands directly below an `if`."""
    for statement in ir.statements(block):
        if statement[0] == "if":
            for test, inner in statement[1]:
                for own in inner:
                    if own[0] == "raise" and own[1] is not None:
                        yield test, own


def _is_client_mistake(e: Expr) -> bool:
    """`HTTPException(500, "User not found")`: the text says what it is."""
    for node in ir.walk(e):
        text = ir.text_of(node)
        if text is not None and _CLIENT_MISTAKE.search(text) and not _SERVERS_MISTAKE.search(text):
            return True
    return False


def _asks_the_server(body: Body, test: Expr, before: int) -> bool:
    """Whether a guard looks at constants and settings only (`if not TEMPLATE.exists()`): what is missing there, no client forgot."""
    names = set(_roots(test))
    for name in tuple(names):
        values = [s[2] for s in ir.statements(body.statements) if s[0] == "assign" and s[-1] < before and name in s[1]]
        if values:
            names.discard(name)
            names.update(_roots(values[-1]))
    return bool(names) and all(name.isupper() or name in ("config", "settings") for name in names)


def _roots(e: Expr) -> Iterator[str]:
    """The names that an expression starts from; of a call with arguments those of the arguments."""
    if e.__class__ is str:
        yield e.partition(".")[0]
    elif ir.is_a(e, "ref"):
        yield e[1].partition(".")[0]
    elif ir.is_a(e, "call"):
        handed = [*e[2], *(value for _, value in e[3])]
        for inner in handed or [e[1]]:
            yield from _roots(inner)
    else:
        for inner in ir.children(e):
            yield from _roots(inner)


def _returns(project: Project, body: Body, reported: set[int]) -> Iterator[Fault]:
    """Payloads that say "error" and leave with a success status."""
    targets = {site.at: site.target for site in sites(project, body.key)}
    for statement in ir.statements(body.statements):
        if statement[0] != "return" or statement[1] is None or statement[-1] in reported:
            continue
        value = statement[1]
        while ir.is_a(value, "await"):
            value = value[1]
        if says_error(value):
            yield Fault(body.place(statement[-1]), {"what": _PAYLOAD})
        elif ir.is_a(value, "tuple") and len(value[1]) == 2 and says_error(value[1][0]):
            yield Fault(
                body.place(statement[-1]), {"what": "FastAPI sends this tuple as a 200 payload: raise HTTPException"}
            )
        elif ir.is_a(value, "call"):
            target = targets.get(value[4])
            if target is None or not is_response_class(project, target):
                continue
            status = ir.keyword(value, "status_code") or ir.argument(value, 1, "status_code")
            known = 200 if status is None else status_value(project, body.key, status)
            if known is not None and known < 400 and says_error(ir.argument(value, 0, "content")):
                yield Fault(body.place(statement[-1]), {"what": _PAYLOAD})


_PAYLOAD = "an error is answered with a success status: raise HTTPException (or an exception of the domain) with a 4xx or 5xx status"


def _swallowed_guard(project: Project, body: Body, clause: Clause) -> Fault | None:
    """A 4xx raised inside the try that its own broad except turns into something else."""
    if not clause.broad or _catches_http_before(project, clause):
        return None
    answered = _answer(project, body, clause)
    if answered is None:
        return None
    for statement in _own_statements(clause.tried):
        if statement[0] != "raise" or statement[1] is None:
            continue
        raised = raised_by(project, body.key, statement[1], statement[-1])
        if raised.exception is None or not is_http_exception(project, raised.exception):
            continue
        if raised.status is not None and 400 <= raised.status < 500 and raised.status != answered:
            turned = f"turns it into {answered}" if answered else "swallows it"
            what = f"the {raised.status} raised in this try never arrives, its except {turned}: add `except HTTPException: raise`"
            return Fault(body.place(clause.at), {"what": what})
    return None


def _own_statements(block: tuple[Stmt, ...]) -> Iterator[Stmt]:
    """The statements of a try body, not those that an inner try protects."""
    for statement in block:
        yield statement
        if statement[0] == "try":
            for _, _, inner, _ in statement[2]:
                yield from _own_statements(inner)
            yield from _own_statements(statement[3])
            continue
        for inner in ir.blocks(statement):
            yield from _own_statements(inner)


def _catches_http_before(project: Project, clause: Clause) -> bool:
    """Whether a clause before this one takes HTTPException (or something unknown)."""
    for types in clause.before:
        for symbol in types:
            if symbol is None or symbol in HTTP_EXCEPTIONS or is_http_exception(project, symbol):
                return True
    return False


def _answer(project: Project, body: Body, clause: Clause) -> int | None:
    """The status that a clause ends with (0 for a return without one); None where it lets the exception through or cannot be known."""
    found: int | None = None
    for statement in ir.statements(clause.body):
        for e in ir.own_expressions(statement):
            for node in ir.walk(e):
                if ir.is_a(node, "call") and ir.last_name(node[1]) in ("isinstance", "getattr", "hasattr"):
                    return None
                if ir.is_a(node, "ref") and node[1].endswith(".status_code") and node[1].split(".")[0] == clause.name:
                    return None
        if statement[0] == "raise":
            if statement[1] is None or (statement[1].__class__ is str and statement[1] == clause.name):
                return None
            raised = raised_by(project, body.key, statement[1], statement[-1])
            if raised.status is None:
                return None
            found = raised.status
        elif statement[0] == "return" and found is None and is_handler(project, body.key):
            value = statement[1]
            if ir.is_a(value, "call") and value is not None:
                status = status_value(project, body.key, ir.keyword(value, "status_code"))
                if status is None:
                    return None
                found = status
            else:
                found = 0
    return found
