"""Answer a DELETE with 204, and a 204 with nothing.

A DELETE that answers 200 with a message or `true` makes every client parse something that says nothing; 204 No Content says it all.
And a handler that declares 204 or 304 and still returns a body breaks the protocol: servers cut it off or clients hang.

How to fix: `status_code=status.HTTP_204_NO_CONTENT` and no return value; or return the deleted resource with a response model.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.delete("/books/{book_id}")
def delete_book(book_id: int):
    return {"message": "deleted"}
```
```python good app/routes.py
from fastapi import APIRouter, status

router = APIRouter()


@router.delete("/books/{book_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_book(book_id: int) -> None:
    return None
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.answers import BOOL, DICT, LIST, MESSAGE, NOTHING, ORM, RESPONSE, SCHEMA, TEXT, answers
from layercheck.queries.handlers import Registration
from layercheck.queries.items import Handler
from layercheck.queries.models import is_schema
from layercheck.queries.schemas import classes_in, schema_fields
from layercheck.queries.statuses import status_value
from layercheck.queries.symbols import external_mro, has_unknown_base, mro, resolve
from layercheck.queries.types import annotation_type

RULE = Rule(
    code="LC406",
    name="delete-without-status",
    message="{handler} {what}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-3",),
    since="0.1",
)
_BODIES = frozenset({DICT, MESSAGE, LIST, SCHEMA, ORM, TEXT, BOOL})
_MESSAGE_FIELDS = frozenset(
    {"message", "msg", "detail", "status", "ok", "success", "result", "info", "code", "status_code", "error"}
)


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """A DELETE that says nothing of its status, and any handler with a body where there must be none."""
    function = handler.function
    for registration in handler.registrations:
        declared = ir.keyword(registration.call, "status_code")
        status = status_value(project, registration.scope, declared)
        if status in (204, 304):
            if any(a.kind in _BODIES for a in answers(project, function.key)):
                what = f"declares {status} and returns a body: return nothing, or declare another status"
                yield Fault(handler.place, {"handler": function.name, "what": what}, (), Level.ERROR)
                return
        elif (
            declared is None and registration.method == "delete" and not any(n is None for n, _ in registration.call[3])
        ):
            if _says_nothing(project, function, registration):
                what = "is a DELETE without status_code that returns no resource: declare status_code=204 and return nothing"
                yield Fault(handler.place, {"handler": function.name, "what": what})
                return


def _says_nothing(project: Project, function: Function, registration: Registration) -> bool:
    """Whether the answer is nothing, a bool, or only a message."""
    if _sets_status(project, function.key) or ir.keyword(registration.call, "response_class") is not None:
        return False
    found_answers = answers(project, function.key)
    if found_answers and all(a.kind == RESPONSE for a in found_answers):
        return _only_messages(project, function.key)
    model = ir.keyword(registration.call, "response_model")
    declared, scope = (model, registration.scope) if model is not None else (function.returns, function.key)
    if declared is not None and declared != ("const", None):
        found = _declared(project, scope, declared)
        if found is not None:
            return found
    kinds = {a.kind for a in answers(project, function.key)}
    return (bool(kinds) and kinds <= {NOTHING, BOOL, TEXT, MESSAGE}) or _only_sets_of_a_text(project, function.key)


def _only_sets_of_a_text(project: Project, key: str) -> bool:
    """`return {"deleted"}`, which was meant to be a dict or is a message in braces."""
    body = project.get(Body, key)
    returned = [s[1] for s in ir.statements(body.statements) if s[0] == "return"] if body is not None else []
    return bool(returned) and all(
        ir.is_a(e, "set") and len(e[1]) == 1 and (ir.is_a(e[1][0], "fstr") or ir.text_of(e[1][0]) is not None)
        for e in returned
    )


def _only_messages(project: Project, key: str) -> bool:
    """Whether every Response that is returned is made of a message and nothing else, and of no status but 200."""
    body = project.get(Body, key)
    returned = [s[1] for s in ir.statements(body.statements) if s[0] == "return"] if body is not None else []
    return bool(returned) and all(_message_response(project, key, e) for e in returned)


def _message_response(project: Project, key: str, e: Expr | None) -> bool:
    while ir.is_a(e, "await"):
        e = e[1]  # type: ignore[index]
    if e is None or not ir.is_a(e, "call") or e[2]:
        return False
    named = {name: value for name, value in e[3] if name is not None}
    if len(named) != len(e[3]) or status_value(project, key, named.get("status_code")) not in (None, 200):
        return False
    content = named.get("content")
    if ir.is_a(content, "dict") and content is not None:
        keys = {ir.text_of(k) for k, _ in content[1] if k is not None}
        return bool(keys) and keys <= _MESSAGE_FIELDS
    return bool({"message", "msg", "detail"} & set(named)) and set(named) <= _MESSAGE_FIELDS


def _declared(project: Project, key: str, e: Expr) -> bool | None:
    """Whether a declared model is only a message; None when the declaration does not tell."""
    kind = annotation_type(project, key, e)
    if kind is not None and kind[0] == "inst" and kind[1] in ("builtins.bool", "builtins.str", "None"):
        return True
    classes = classes_in(project, key, e)
    if len(classes) == 1 and is_schema(project, classes[0]):
        names = {f.name for f in schema_fields(project, classes[0])}
        return names <= _MESSAGE_FIELDS if names else _is_empty(project, classes[0])
    if classes:
        return False
    name = ir.dotted(e)
    symbol = resolve(project, key, name) if name else None
    return None if symbol is None or symbol.startswith(("builtins.", "typing.")) or ir.is_a(e, "item") else False


def _is_empty(project: Project, cls: str) -> bool:
    """Whether a schema surely has no field at all: `class Nothing(BaseModel): pass`."""
    row = project.get(Class, cls)
    bare = row is not None and not (row.fields or row.methods or row.keywords or row.decorators)
    return bare and mro(project, cls)[1:] == external_mro("pydantic.BaseModel") and not has_unknown_base(project, cls)


def _sets_status(project: Project, key: str) -> bool:
    """`response.status_code = 204` in the body."""
    body = project.get(Body, key)
    return body is not None and any(raw[0].endswith(".status_code") for raw in body.raw_binds)
