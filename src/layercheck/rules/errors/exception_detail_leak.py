"""Do not send the text of a caught exception to the client.

`detail=str(e)` of a broadly caught exception shows SQL, host names, paths and secrets to whoever provokes the error, and makes the
wording of a library part of the API. What went wrong belongs into the log; the client gets a sentence that you wrote.

How to fix: log the exception, answer with a constant text; or raise an exception of your own that a global handler answers.

```python bad app/routes/reports.py
from fastapi import APIRouter, HTTPException

from app.services import reports

router = APIRouter()


@router.get("/reports/{name}")
def read_report(name: str):
    try:
        return reports.build(name)
    except Exception as error:
        raise HTTPException(status_code=500, detail=f"Report failed: {error}")
```
```python good app/routes/reports.py
import logging

from fastapi import APIRouter, HTTPException

from app.services import reports

logger = logging.getLogger(__name__)
router = APIRouter()


@router.get("/reports/{name}")
def read_report(name: str):
    try:
        return reports.build(name)
    except Exception as error:
        logger.exception("report %s", name)
        raise HTTPException(status_code=500, detail="The report could not be built") from error
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, Stmt
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.answers import is_response_class
from layercheck.queries.callgraph import sites
from layercheck.queries.exceptions import BROAD, caught_symbols, clauses, handled_exceptions, is_transport
from layercheck.queries.handlers import is_handler
from layercheck.queries.leaks import Taint, public_statements, spread, tells
from layercheck.queries.occasions import may_be_exception, may_be_handed_exception
from layercheck.queries.statuses import is_http_exception
from layercheck.queries.words import only_with
from layercheck.tuples import NamedTuple

RULE = Rule(
    code="LC305",
    name="exception-detail-leak",
    message="the text of a caught {caught} reaches the client ({how}): log it and answer with a text of your own",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ERR-5",),
    since="0.1",
)


@only_with(where=may_be_handed_exception)
def check_parameters(function: Function, project: Project) -> Iterator[Fault]:
    """Each statement that puts the text of a broad exception which a function is handed into an answer."""
    body = project.get(Body, function.key)
    if body is not None and "except" not in body.words:
        yield from _told(function, body, project)


@only_with("except")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each statement that puts the text of a broadly caught exception, or of one that is handed over, into an answer."""
    function = project.get(Function, body.key)
    if function is not None and "except" in body.words:
        yield from _told(function, body, project)


def _told(function: Function, body: Body, project: Project) -> Iterator[Fault]:
    caught_here = [
        (clause, caught)
        for clause in (clauses(project, body.key) if "except" in body.words else ())
        if (caught := _revealing(project, clause.types, clause.bare)) is not None
    ]
    handed = [
        (name, caught)
        for name, _, annotation, *_ in function.raw_params
        if annotation is not None and (caught := _handed(project, body.key, annotation)) is not None
    ]
    if not caught_here and not (handed and _meant_broadly(project, body.key)):
        return
    answering = _answers(project, body.key)
    ways = Ways(answering, _sinks(project, body.key), {site.at: site.target for site in sites(project, body.key)})
    if not answering and not ways.sinks:
        return  # nothing of this function reaches the client
    found: dict[int, Fault] = {}
    for clause, caught in caught_here:
        taint = spread(clause.body, Taint(frozenset({clause.name} if clause.name else ()), frozenset()))
        _collect(body, clause.body, taint, caught, ways, found)
        if answering and taint.texts:
            after = tuple(s for s in body.statements if s[0] == "return" and s[-1] > clause.at)
            _collect(body, after, Taint(frozenset(), taint.texts), caught, ways, found)
    for name, caught in handed if _meant_broadly(project, body.key) else ():
        taint = spread(body.statements, Taint(frozenset({name}), frozenset()))
        _collect(body, body.statements, taint, caught, ways, found)
    yield from found.values()


class Ways(NamedTuple):
    """How what a function says can reach the client."""

    answering: bool
    """By what it returns."""
    sinks: dict[int, str]
    """By calls: ordinal -> what the call makes that is sent."""
    targets: dict[int, str | None]
    """Ordinal -> what is called."""


def _handed(project: Project, key: str, annotation: Expr) -> str | None:
    """The name to show of an exception that a parameter is annotated with, else None."""
    if not may_be_exception(annotation):
        return None
    return _revealing(project, caught_symbols(project, key, annotation), False)


def _answers(project: Project, key: str) -> bool:
    """Whether what a function returns goes to the client."""
    return is_handler(project, key) or bool(handled_exceptions(project, key))


def _revealing(project: Project, types: tuple[str | None, ...], bare: bool) -> str | None:
    """The name to show of a broad or transport exception among the caught types, else None."""
    if bare:
        return "exception"
    for symbol in types:
        if symbol in BROAD or is_transport(project, symbol):
            return (symbol or "").rpartition(".")[2]
    return None


def _meant_broadly(project: Project, key: str) -> bool:
    """An exception handler is typed `exc: Exception` for the type checker; what it is registered for counts."""
    return all(symbol in BROAD or is_transport(project, symbol) for symbol in handled_exceptions(project, key))


def _collect(
    body: Body, block: tuple[Stmt, ...], taint: Taint, caught: str, ways: Ways, found: dict[int, Fault]
) -> None:
    for statement in public_statements(block):
        if statement[0] == "return" and ways.answering and not _is_call_of_project(ways.targets, statement[1]):
            if statement[1] is not None and tells(statement[1], taint, bare=False):
                found.setdefault(statement[-1], Fault(body.place(statement[-1]), {"caught": caught, "how": "returned"}))
                continue
        for e in ir.own_expressions(statement):
            for call in ir.calls(e):
                how = ways.sinks.get(call[4])
                if how is not None and _any_tells(call, taint):
                    at = statement[-1] if statement[0] in ("raise", "return") else call[4]
                    found.setdefault(statement[-1], Fault(body.place(at), {"caught": caught, "how": how}))


def _is_call_of_project(targets: dict[int, str | None], e: Expr | None) -> bool:
    """`return await self.handle(e)`: what the helper makes of the exception is its own matter."""
    while ir.is_a(e, "await") and e is not None:
        e = e[1]
    if not ir.is_a(e, "call") or e is None:
        return False
    target = targets.get(e[4])
    return target is None or (":" in target and any(a.__class__ is str for a in e[2]))


def _sinks(project: Project, key: str) -> dict[int, str]:
    """The calls of a body that make what is sent to the client: ordinal -> what that is."""
    found = {}
    for site in sites(project, key):
        target = site.target
        if target is None or (":" in target and project.get(Class, target) is None):
            continue
        how = _sink(project, target)
        if how is not None:
            found[site.at] = how
    return found


@query
def _sink(project: Project, target: str) -> str | None:
    """What a call makes that is sent to the client, or None."""
    if is_http_exception(project, target):
        return f"{_short(target)} detail"
    if is_response_class(project, target):
        return _short(target)
    return None


def _short(target: str) -> str:
    return target.rpartition(":")[2].rpartition(".")[2]


def _any_tells(call: Expr, taint: Taint) -> bool:
    values = [*call[2], *(value for name, value in call[3] if name not in ("status_code", "headers"))]
    return any(tells(value, taint, bare=False) for value in values)
