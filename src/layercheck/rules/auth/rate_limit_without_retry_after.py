"""Say with a 429 when to come back.

A client that is told "too many requests" and nothing else tries again at once, and so do all the others: the limit makes more load
instead of less. `Retry-After` tells well-behaved clients how long to wait.

Reported are raised HTTP exceptions and made responses of status 429 without that header. A function that sets the header
some other way, headers that are not known, and projects whose exception handler adds it are left alone; the handlers of slowapi and other
libraries are theirs.

How to fix: `HTTPException(429, ..., headers={"Retry-After": str(seconds)})`.

```python bad app/limits.py
from fastapi import HTTPException


def check(count: int) -> None:
    if count > 10:
        raise HTTPException(status_code=429, detail="Too many requests")
```
```python good app/limits.py
from fastapi import HTTPException


def check(count: int) -> None:
    if count > 10:
        raise HTTPException(status_code=429, detail="Too many requests", headers={"Retry-After": "60"})
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project, query
from layercheck.queries.callgraph import with_nested
from layercheck.queries.constants import string_value
from layercheck.queries.credentials import is_answer, may_answer
from layercheck.queries.exceptions import exception_handlers
from layercheck.queries.middleware import middleware_functions, middleware_in
from layercheck.queries.occasions import names_response
from layercheck.queries.rate_limits import TOO_MANY
from layercheck.queries.statuses import is_http_exception, raised_by, status_value
from layercheck.queries.symbols import binding, class_attribute, resolve
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC511",
    name="rate-limit-without-retry-after",
    message='429 without Retry-After: add headers={{"Retry-After": ...}} so that clients know when to come back',
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("RATE-2",),
    since="0.1",
)
_HEADER = "retry-after"


@only_with("raise", like=names_response)
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each 429 of a body that does not say when to come back."""
    if project.get(Class, body.key) is not None:
        return
    for statement in ir.statements(body.statements) if "raise" in body.words else ():
        if statement[0] == "raise" and statement[1] is not None:
            found = _raised(project, body, statement[1], statement[-1])
            if found is not None and not _said_elsewhere(project, body):
                yield Fault(body.place(statement[-1]), steps=found)
    for call, *_ in body.raw_calls if may_answer(body) else ():
        if is_answer(call) and _status(project, body.key, call) == TOO_MANY and _lacks(project, body.key, call):
            if not _said_elsewhere(project, body):
                yield Fault(body.place(call[4]))


def _status(project: Project, key: str, call: Expr) -> int | None:
    given = ir.keyword(call, "status_code")
    return status_value(project, key, given) if given is not None else None


def _raised(project: Project, body: Body, e: Expr, at: int) -> tuple[Step, ...] | None:
    """The steps to the class that fixes the status (none for HTTPException itself); None when this is no bare 429."""
    raised = raised_by(project, body.key, e, at)
    if raised.status != TOO_MANY or raised.exception is None or not is_http_exception(project, raised.exception):
        return None
    if ir.is_a(e, "call") and not _lacks(project, body.key, e):
        return None
    if ":" not in raised.exception:
        return () if ir.is_a(e, "call") else None
    if _class_says(project, raised.exception):
        return None
    row = project.get(Class, raised.exception)
    return (Step(Place("Class", raised.exception, 0), f"{row.name} answers 429"),) if row is not None else None


def _class_says(project: Project, cls: str) -> bool:
    """Whether the __init__ or a field of an exception class has to do with headers."""
    init = class_attribute(project, cls, "__init__")
    if init is not None and ":" in init and _says(project, init):
        return True
    return any(
        (found := class_attribute(project, cls, name)) is not None and ":" in found
        for name in ("headers", "retry_after")
    )


def _lacks(project: Project, key: str, call: Expr) -> bool:
    """Whether a call surely gives no Retry-After."""
    if any(name is None for name, _ in call[3]) or any(ir.is_a(a, "star") for a in call[2]):
        return False
    if any("retry" in (name or "") for name, _ in call[3]):
        return False
    headers = ir.keyword(call, "headers")
    if headers is None or headers == ("const", None):
        return len(call[2]) < 3
    table = _table(project, key, headers)
    if table is None:
        return False
    return all(
        k is not None and (text := string_value(project, key, k)) is not None and text.lower() != _HEADER
        for k, _ in table[1]
    )


def _table(project: Project, key: str, e: Expr) -> Expr | None:
    name = dotted(e)
    if name is not None:
        symbol = resolve(project, key, name)
        bind = binding(project, symbol) if symbol is not None and ":" in symbol else None
        e = bind.value if bind is not None else None
    return e if ir.is_a(e, "dict") else None


def _said_elsewhere(project: Project, body: Body) -> bool:
    injected = any(ir.last_name(call[1]) == "_inject_headers" for call, *_ in body.raw_calls)  # slowapi's own way
    return injected or _says(project, body.key) or _added_to_all(project)


@query
def _says(project: Project, key: str) -> bool:
    """Whether a function, or one inside it, names the header."""
    for one in with_nested(project, key):
        body = project.get(Body, one)
        for e in ir.expressions(body.statements) if body is not None else ():
            text = ir.text_of(e)
            if (text is not None and text.lower() == _HEADER) or "retry_after" in (dotted(e) or "").lower():
                return True
            if ir.is_a(e, "call") and any("retry_after" in (k or "") for k, _ in e[3]):
                return True
        function = project.get(Function, one)
        if function is not None and any("retry_after" in p[0] for p in function.raw_params):
            return True
    return False


@query
def _added_to_all(project: Project) -> bool:
    """Whether an exception handler or a middleware of the project names the header."""
    if any(r.handler is not None and _says(project, r.handler) for r in exception_handlers(project)):
        return True
    return any(
        m.target is not None and any(_says(project, f) for f in middleware_functions(project, m.target))
        for path in project.files()
        if path.endswith(".py")
        for m in middleware_in(project, path)
    )
