"""Give every token an end.

A token without `exp` is valid until the signing key changes, which nobody does. Whoever finds one in a log, a browser history or a
backup years later is still logged in.

Reported is the signing of a payload (PyJWT, python-jose, Authlib, joserfc) that provably has no `exp`: every key of it is known. A payload that comes
from elsewhere, is read again on the spot, is handed to a function that may change it or gets keys that are not known is left alone.

How to fix: put `exp` into the payload, minutes for access tokens, days for refresh tokens.

```python bad app/tokens.py
import jwt

from app.settings import settings


def make_token(user_id: int) -> str:
    return jwt.encode({"sub": str(user_id)}, settings.key, algorithm="HS256")
```
```python good app/tokens.py
from datetime import UTC, datetime, timedelta

import jwt

from app.settings import settings


def make_token(user_id: int) -> str:
    payload = {"sub": str(user_id), "exp": datetime.now(UTC) + timedelta(minutes=15)}
    return jwt.encode(payload, settings.key, algorithm="HS256")
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.tokens import DECODERS, ENCODERS
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.callers import callers
from layercheck.queries.callgraph import Site, bound_arguments, sites
from layercheck.queries.constants import string_value
from layercheck.queries.effects import display
from layercheck.queries.file_kinds import is_test
from layercheck.queries.items import CallSite
from layercheck.queries.models import is_schema
from layercheck.queries.schemas import schema_fields
from layercheck.queries.symbols import has_unknown_base, resolve
from layercheck.queries.types import Typing
from layercheck.queries.words import last_parts

RULE = Rule(
    code="LC505",
    name="token-without-expiry",
    message="{call}() signs a token that never expires: add exp to its payload",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("AUTH-4",),
    since="0.1",
)
_EXPIRY = frozenset({"exp"})
_LOOKS_ONLY = frozenset({
    "debug", "dumps", "encode", "error", "exception", "get", "info", "isinstance", "items", "keys", "len", "log", "print", "repr", "str", "values",
    "warning", "copy", "deepcopy", "dict", "bool",
})  # fmt: skip
"""Calls that can be handed a payload without adding to it."""
_DEPTH = 10


TRIGGERS = last_parts(ENCODERS)


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """Each call that signs a payload in which nothing puts an expiry."""
    if item.site.target not in ENCODERS:
        return
    position, name = ENCODERS[item.site.target]
    payload = ir.argument(item.call, position, name)
    if payload is None or any(s.target in DECODERS for s in sites(project, item.body.key)):
        return  # one that reads it again on the spot tries its keys out
    steps = _endless(project, item.body.key, payload, item.site.at, 0)
    if steps is not None:
        yield Fault(item.place, {"call": dotted(item.call[1]) or "encode"}, steps)


def _endless(project: Project, key: str, e: Expr, at: int, depth: int) -> tuple[Step, ...] | None:
    """Where a payload without expiry comes from (empty when from right here); None where it has one or cannot be traced."""
    if depth > _DEPTH:
        return None
    name = dotted(e)
    if name is not None:
        return _named(project, key, name, at, depth)
    match e:
        case ("dict", pairs):
            return _all([_pair(project, key, k, v, at, depth) for k, v in pairs])
        case ("op", "|", operands):
            return _all([_endless(project, key, o, at, depth + 1) for o in operands])
        case ("call", "dict", args, keywords, _):
            if any(k == "exp" or (k is None and _endless(project, key, v, at, depth + 1) is None) for k, v in keywords):
                return None
            return _all([_endless(project, key, a, at, depth + 1) for a in args])
        case ("call", func, args, _, call_at):
            return _called(project, key, func, args, call_at, depth)
        case ("await", value):
            return _endless(project, key, value, at, depth + 1)
    return None


def _all(found: list[tuple[Step, ...] | None]) -> tuple[Step, ...] | None:
    return None if None in found else tuple(step for steps in found if steps for step in steps)


def _pair(project: Project, key: str, k: Expr | None, v: Expr, at: int, depth: int) -> tuple[Step, ...] | None:
    if k is None:
        return _endless(project, key, v, at, depth + 1)
    text = string_value(project, key, k)
    return None if text is None or text in _EXPIRY else ()


def _named(project: Project, key: str, name: str, at: int, depth: int) -> tuple[Step, ...] | None:
    """A local name: every value that it is given and everything that is done with it."""
    body = project.get(Body, key)
    function = project.get(Function, key)
    if body is None or "." in name or not _stays_as_it_is(project, body, name):
        return None
    values = [raw for raw in body.raw_binds if raw[0] == name]
    if function is not None and any(p[0] == name for p in function.raw_params):
        return _handed_over(project, key, name, depth) if not values else None
    if not values or any(raw[1] != "=" for raw in values):
        return None
    return _all([_endless(project, key, raw[2], at, depth + 1) for raw in values])


def _stays_as_it_is(project: Project, body: Body, name: str, depth: int = 0) -> bool:
    """Whether nothing in a function adds an unknown key, or the expiry, to a dictionary."""
    for statement in ir.statements(body.statements):
        if statement[0] in ("assign", "ann", "aug"):
            for target in statement[1] if statement[0] == "assign" else (statement[1],):
                if ir.is_a(target, "item") and dotted(target[1]) == name and not _other_key(target[2]):
                    return False
        for e in ir.own_expressions(statement):
            for call in ir.calls(e):
                if _changes(call, name) and not _only_looked_at(project, body.key, call, name, depth):
                    return False
    return True


def _only_looked_at(project: Project, key: str, call: Expr, name: str, depth: int) -> bool:
    """Whether a function of the project that is handed the payload leaves it as it is: it works on a copy, or reads it."""
    site = next((s for s in sites(project, key) if s.at == call[4]), None)
    body = project.get(Body, site.target) if site is not None and site.target is not None else None
    if site is None or body is None or depth > 2 or project.get(Function, body.key) is None:
        return False
    if name not in (*call[2], *(v for _, v in call[3])):
        return False  # payload.update(...)
    if not any(s[0] == "return" and s[1] is not None for s in ir.statements(body.statements)):
        return False  # it is called for what it does, and a stub does not say that
    taken = [p for p, value in bound_arguments(project, body.key, site).items() if value == name]
    other = any(raw[2] == p for raw in body.raw_binds for p in taken)  # another name for the same dictionary
    return bool(taken) and not other and all(_stays_as_it_is(project, body, p, depth + 1) for p in taken)


def _other_key(index: Expr) -> bool:
    text = ir.text_of(index)
    return text is not None and text not in _EXPIRY


def _changes(call: Expr, name: str) -> bool:
    func = call[1]
    if func == f"{name}.update":
        plain = all(k is not None and k not in _EXPIRY for k, _ in call[3])
        known = all(ir.is_a(a, "dict") and all(k is not None and _other_key(k) for k, _ in a[1]) for a in call[2])
        return not (plain and known)
    if func == f"{name}.setdefault":
        return not (call[2] and _other_key(call[2][0]))
    values = (*call[2], *(v for _, v in call[3]))
    return name in values and ir.last_name(func) not in _LOOKS_ONLY


def _called(
    project: Project, key: str, func: Expr, args: tuple[Expr, ...], at: int, depth: int
) -> tuple[Step, ...] | None:
    last = ir.last_name(func)
    if last in ("copy", "deepcopy"):
        owner = args[0] if args else (func.rpartition(".")[0] if func.__class__ is str else func[1])
        return _endless(project, key, owner, at, depth + 1) if owner else None
    if last in ("model_dump", "dict") and (func.__class__ is str or ir.is_a(func, "attr")):
        return _dumped(project, key, func.rpartition(".")[0] if func.__class__ is str else func[1], at)
    name = dotted(func)
    symbol = resolve(project, key, name) if name else None
    body = project.get(Body, symbol) if symbol is not None and project.get(Function, symbol) is not None else None
    if body is None or symbol is None:
        return None
    returned = [s for s in ir.statements(body.statements) if s[0] == "return" and s[1] is not None]
    if not returned:
        return None
    inner = _all([_endless(project, symbol, s[1], s[-1], depth + 1) for s in returned])
    return (
        None
        if inner is None
        else (Step(Place("Body", symbol, returned[0][-1]), f"{display(symbol)}() builds it without exp"), *inner)
    )


def _dumped(project: Project, key: str, owner: Expr, at: int) -> tuple[Step, ...] | None:
    """`Claims(...).model_dump()`: a schema all of whose fields are known, without one for the expiry."""
    kind = Typing(project, key).type(owner, at)
    if (
        kind is None
        or kind[0] != "inst"
        or ":" not in kind[1]
        or not is_schema(project, kind[1])
        or has_unknown_base(project, kind[1])
    ):
        return None
    row = project.get(Class, kind[1])
    fields = schema_fields(project, kind[1])
    odd = any(
        "exp" in f.name.lower() or (ir.is_a(f.value, "call") and f.value is not None and ir.keyword(f.value, "alias"))
        for f in fields
    )
    if row is None or odd or not fields or any(f.name == "model_config" for f in row.fields):
        return None
    return (Step(row.place(), f"{row.name} has no field exp"),)


def _handed_over(project: Project, key: str, name: str, depth: int) -> tuple[Step, ...] | None:
    """A parameter: without expiry when every caller in the project hands over a payload without one."""
    found: list[tuple[Step, ...] | None] = []
    for caller in callers(project, key):
        if is_test(project, caller.key.partition(":")[0]):
            continue
        site = next((s for s in sites(project, caller.key) if s.at == caller.at), None)
        value = _given(project, key, name, site)
        inner = _endless(project, caller.key, value, caller.at, depth + 1) if value is not None else None
        found.append(
            None
            if inner is None
            else (Step(Place("Body", caller.key, caller.at), "hands over a payload without exp"), *inner)
        )
    return _all(found) if found else None


def _given(project: Project, key: str, name: str, site: Site | None) -> Expr | None:
    return bound_arguments(project, key, site).get(name) if site is not None else None
