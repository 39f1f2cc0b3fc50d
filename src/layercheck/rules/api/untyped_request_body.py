"""Let a schema read the request body.

A body that arrives as `dict`, as `Any` or by `await request.json()` has been checked by nobody: a missing key is a 500 instead of a 422,
an extra key goes straight into an update, and the API page says nothing about what to send.

Reported are handler parameters for the body whose type says nothing (`dict`, `dict[str, Any]`, `list`, `list[dict]`, `Any`, or none
with `Body()`), and handlers that read JSON, form or raw body from the request. Spared are handlers that hand what they read to a schema
or adapter or take a schema besides, that hand the request itself to somebody, webhooks and whatever verifies a signature (that is
computed over the raw body), proxies that pass the body on, bodies in YAML, XML, protobuf or MessagePack, which no parameter reads, and Form and File parameters.

How to fix: a Pydantic model as parameter; `dict[str, int]` where the keys are really free.

```python bad app/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.post("/orders", status_code=201)
def create_order(payload: dict) -> str:
    return payload["title"]
```
```python good app/routes.py
from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()


class OrderCreate(BaseModel):
    title: str


@router.post("/orders", status_code=201)
def create_order(payload: OrderCreate) -> str:
    return payload.title
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Place, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.callgraph import Site, sites
from layercheck.queries.depends import declared_dependencies
from layercheck.queries.items import Handler
from layercheck.queries.models import is_schema
from layercheck.queries.parameters import Parameter, function_parameters
from layercheck.queries.publicity import is_page
from layercheck.queries.routes import Route, handler_routes
from layercheck.queries.schemas import classes_in
from layercheck.queries.symbols import binding, resolve

RULE = Rule(
    code="LC408",
    name="untyped-request-body",
    message="{what}, so nobody checks what clients send: take a Pydantic model as parameter",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("API-6", "SEC-1"),
    since="0.1",
)
_MAPPINGS = frozenset(
    {"builtins.dict", "typing.Dict", "typing.Mapping", "collections.abc.Mapping", "typing.MutableMapping"}
)
_SEQUENCES = frozenset({"builtins.list", "typing.List", "typing.Sequence", "collections.abc.Sequence"})
_ANYTHING = frozenset({"typing.Any", "builtins.object"})
_REQUESTS = frozenset({"fastapi.Request", "starlette.requests.Request", "fastapi.requests.Request"})
_READS = frozenset({"json", "body", "form"})
_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_SIGNED = pattern(
    r"signature|webhook|hmac|compare_digest|construct_event|verify_\w*(request|payload|hook|event)|svix", re.IGNORECASE
)
_ABOUT_HOOKS = pattern(
    r"(add|create|delete|disable|enable|get|install|list|register|remove|send|set_?up|uninstall|update)_?(\w+_)?webhooks?$",
    re.IGNORECASE,
)
"""A handler that looks after webhooks is none itself."""
_HOOK = pattern(
    r"(^|[/_-])(web)?hooks?($|[/_-])|webhook|(^|/)callbacks?($|/)|/events?/receive|proxy|passthrough", re.IGNORECASE
)
_VALIDATES = pattern(
    r"^(model_validate\w*|parse_obj\w*|parse_raw\w*|validate_(python|json|strings)|from_dict|from_json|load|loads_as|decode)$"
)
_FORWARDS = frozenset({"content", "data", "body", "json", "files"})
_OUTGOING = frozenset({"Request", "build_request", "stream"})
_OTHER_FORMATS = frozenset({
    "yaml.safe_load", "yaml.load", "yaml.full_load", "yaml.safe_load_all", "xmltodict.parse", "xml.etree.ElementTree.fromstring",
    "defusedxml.ElementTree.fromstring", "lxml.etree.fromstring", "msgpack.unpackb", "msgpack.loads", "cbor2.loads", "tomllib.loads",
})  # fmt: skip
"""Readers of what FastAPI reads no schema from."""
_PROTOBUF = frozenset({"ParseFromString", "SerializeToString"})


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """The body parameters of a handler that no schema describes, and a body that it reads from the request itself."""
    function = handler.function
    routes = handler_routes(project, function.key)
    if (
        not any(r.method in _METHODS for r in routes)
        or all(is_page(project, r) for r in routes)
        or _is_signed(project, function, routes)
    ):
        return
    parameters = function_parameters(project, function.key)
    for parameter in parameters:
        loose = _loose_parameter(project, parameter)
        if loose is not None:
            yield Fault(parameter.place, {"what": f"{parameter.name} of {function.name} is {loose}"})
    if any(_is_typed(project, p) for p in parameters):
        return
    site = next((s for s in sites(project, function.key) if _reads_body(project, function, s)), None)
    if site is not None and not _is_handed_on(project, function.key, site):
        read = f"{function.name} reads the body with {dotted(site.call[1])}()"
        yield Fault(Place("Body", function.key, site.at), {"what": read})


def _loose_parameter(project: Project, parameter: Parameter) -> str | None:
    """What a body parameter's type fails to say; None when it is no body or has a shape."""
    if parameter.annotation is None:
        return "untyped" if parameter.source == "body" else None
    found = _loose(project, parameter.owner, parameter.annotation)
    if parameter.source != "body" and (parameter.source != "query" or parameter.marker is not None or found != "dict"):
        return None  # FastAPI takes a mapping without a marker for the body
    return None if found is None else f"any {found}" if found != "thing" else "anything at all"


def _loose(project: Project, key: str, e: Expr) -> str | None:
    """ "dict", "list" or "thing" for a type without a shape, None for one with a shape or that is not known."""
    if ir.is_a(e, "op") and e[1] == "|":
        found = [_loose(project, key, o) for o in e[2] if o != ("const", None)]
        return found[0] if found and all(f is not None for f in found) else None
    name = dotted(e)
    symbol = resolve(project, key, name) if name else None
    bind = binding(project, symbol) if symbol is not None and ":" in symbol and not symbol.endswith(":") else None
    if bind is not None and bind.value is not None and dotted(bind.value) != name:
        return _loose(project, f"{(symbol or '').partition(':')[0]}:", bind.value)
    if symbol is not None:
        return (
            "dict"
            if symbol in _MAPPINGS
            else "list"
            if symbol in _SEQUENCES
            else "thing"
            if symbol in _ANYTHING
            else None
        )
    if not ir.is_a(e, "item"):
        return None
    head = dotted(e[1])
    symbol = resolve(project, key, head) if head else None
    items = e[2][1] if ir.is_a(e[2], "tuple") else (e[2],)
    if symbol in _MAPPINGS:
        return "dict" if _loose(project, key, items[-1]) is not None else None
    if symbol in _SEQUENCES:
        return "list" if _loose(project, key, items[0]) is not None else None
    if symbol in ("typing.Optional", "typing.Annotated", "typing_extensions.Annotated"):
        return _loose(project, key, items[0])
    return None


def _is_typed(project: Project, parameter: Parameter) -> bool:
    """Whether a parameter is a body with a schema, or a form or file field."""
    if parameter.source in ("form", "file"):
        return True
    return parameter.source == "body" and any(
        is_schema(project, c) for c in classes_in(project, parameter.owner, parameter.annotation)
    )


def _reads_body(project: Project, function: Function, site: Site) -> bool:
    """`await request.json()` on a parameter that is a request."""
    func = site.call[1]
    owner, _, method = func.rpartition(".") if func.__class__ is str else ("", "", "")
    if method not in _READS or not site.awaited or site.use == "stmt" or _gives_away(project, function.key, owner):
        return False
    for param in function.params:
        if param.name == owner:
            name = dotted(param.annotation) if param.annotation is not None else None
            return name is not None and resolve(project, function.key, name) in _REQUESTS
    return False


def _gives_away(project: Project, key: str, request: str) -> bool:
    """Whether a handler hands its request to somebody, who may check it: a bot framework, an OAuth server, a verifier."""
    return any(request in s.call[2] or any(request == value for _, value in s.call[3]) for s in sites(project, key))


def _is_handed_on(project: Project, key: str, site: Site) -> bool:
    """Whether what is read goes into a schema or an adapter, or on to another service as it is."""
    body = project.get(Body, key)
    names = {
        raw[0]
        for raw in (body.raw_binds if body is not None else ())
        if raw[2] is not None and _holds(raw[2], site, set())
    }
    for other in sites(project, key):
        if other.at == site.at:
            continue
        if ir.last_name(other.call[1]) in _PROTOBUF:
            return True  # who answers in protobuf is asked in it
        values = [(None, a) for a in other.call[2]] + list(other.call[3])
        given = [name for name, value in values if _holds(value, site, names)]
        if not given:
            continue
        if _VALIDATES.match(ir.last_name(other.call[1])) or _makes_schema(project, key, other):
            return True
        last = ir.last_name(other.call[1])
        if any(name in _FORWARDS for name in given) and (other.awaited or last in _OUTGOING):
            return True
        if other.target in _OTHER_FORMATS or last in _PROTOBUF:
            return True
    return False


def _holds(e: Expr, site: Site, names: set[str]) -> bool:
    """Whether an expression is the read value, one of the names that hold it, or wraps one of them in nothing but await and stars."""
    while ir.is_a(e, "await") or ir.is_a(e, "star"):
        e = e[1]
    return (
        e == site.call
        or (e.__class__ is str and e in names)
        or (ir.is_a(e, "call") and any(_holds(a, site, names) for a in e[2]))
    )


def _makes_schema(project: Project, key: str, site: Site) -> bool:
    return (
        site.target is not None
        and ":" in site.target
        and project.get(Class, site.target) is not None
        and is_schema(project, site.target)
    )


def _is_signed(project: Project, function: Function, routes: tuple[Route, ...]) -> bool:
    """A webhook by its path or name, or a handler (or dependency) that checks a signature; a proxy."""
    if _HOOK.search(function.name) or any(_HOOK.search(route.path) for route in routes):
        return True
    keys = [
        function.key,
        *(d.dependency.target for d in declared_dependencies(project, function.key) if d.dependency.target is not None),
    ]
    return any(_checks_signature(project, key) for key in keys)


def _checks_signature(project: Project, key: str) -> bool:
    if _SIGNED.search(key.rpartition(":")[2]):
        return True
    function = project.get(Function, key)
    if function is not None and any(_SIGNED.search(p.name) for p in function.params):
        return True
    return any(
        (_SIGNED.search(dotted(s.call[1]) or "") and not _ABOUT_HOOKS.search(ir.last_name(s.call[1])))
        or (_looks_up(s) and any(_SIGNED.search(ir.text_of(a) or "") for a in s.call[2]))
        for s in sites(project, key)
    )


def _looks_up(site: Site) -> bool:
    """Whether a call may look up what its first argument names, in headers: `request.headers.get("X-Signature")`; not in a body."""
    owner = (dotted(site.call[1]) or "").rpartition(".")[0].lower()
    return owner == "" or "header" in owner or "environ" in owner or "settings" in owner or "config" in owner
