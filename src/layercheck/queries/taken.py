"""Which path parameters somebody takes: the handler, a dependency at any depth, a class-based view, or code that reads the request."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function, Param
from layercheck.ir import dotted
from layercheck.knowledge.frameworks import SECURITY_SCHEMES
from layercheck.project import Project, query
from layercheck.queries.depends import Dependency, declared_dependencies
from layercheck.queries.file_kinds import is_application
from layercheck.queries.parameters import dependency_keys, function_parameters, is_params_class
from layercheck.queries.routes import Route, all_dependencies
from layercheck.queries.schemas import schema_fields
from layercheck.queries.symbols import binding, class_attribute, has_unknown_base, mro, resolve
from layercheck.queries.words import bodies
from layercheck.tuples import NamedTuple

_REQUESTS = frozenset({
    "fastapi.Request", "fastapi.WebSocket", "starlette.requests.Request", "starlette.websockets.WebSocket", "starlette.requests.HTTPConnection",
    "fastapi.requests.HTTPConnection",
})  # fmt: skip
_PARAMS = "path_params"
_READS = ("path_params", "scope", "url", "base_url")


class Taken(NamedTuple):
    """The names that a route's code takes from the request; `everything` where that cannot be told."""

    names: frozenset[str]
    everything: bool


_EVERYTHING = Taken(frozenset(), True)


@query
def taken_by(project: Project, route: Route) -> Taken:
    """The parameter names (aliases where given) that the handler of a route and all its dependencies declare."""
    function = project.get(Function, route.handler) if route.handler is not None else None
    if function is None or route.unknown_dependencies or route.route_class is not None:
        return _EVERYTHING
    names: set[str] = set()
    seen: set[str] = set()
    if not _add(project, function.key, names) or _uses_request(project, function.key):
        return _EVERYTHING
    if function.cls and not _add_view(project, f"{function.path}:{function.cls}", names):
        return _EVERYTHING
    for wanted in all_dependencies(project, route):
        if not _follow(project, wanted, names, seen):
            return _EVERYTHING
    return Taken(frozenset(names), False)


def _follow(project: Project, wanted: Dependency, names: set[str], seen: set[str]) -> bool:
    """Add what a dependency takes; False when that cannot be known."""
    target = wanted.target
    if target is None:
        return False
    if target in seen:
        return True
    seen.add(target)
    if ":" not in target:
        return target in SECURITY_SCHEMES or target.startswith(_PATHLESS)
    if _is_pathless(project, target):
        return True
    if project.get(Class, target) is not None and not wanted.called and is_params_class(project, target):
        names.update(f.name for f in schema_fields(project, target))
        return not has_unknown_base(project, target)
    keys = dependency_keys(project, target, wanted.called)
    if not keys:
        return _is_scheme(project, target)
    return all(
        _add(project, key, names)
        and all(_follow(project, d.dependency, names, seen) for d in declared_dependencies(project, key))
        for key in keys
    )


_PATHLESS = (
    "fastapi_users.", "fastapi_limiter.", "fastapi_pagination.", "fastapi_login.", "fastapi_jwt_auth.", "fastapi_csrf_protect.", "slowapi.",
)  # fmt: skip
"""Libraries whose dependencies take nothing from a path."""


@query
def _is_pathless(project: Project, target: str) -> bool:
    """Whether a module variable is what such a library makes: `current_user = fastapi_users.current_user(active=True)`."""
    from layercheck.queries.types import Typing

    bind = binding(project, target)
    if bind is None or not ir.is_a(bind.value, "call") or bind.value is None:
        return False
    kind = Typing(project, f"{target.partition(':')[0]}:").type(bind.value[1])
    return kind is not None and kind[0] == "ext" and kind[1].startswith(_PATHLESS)


def _is_scheme(project: Project, target: str) -> bool:
    """Whether a dependency is an instance of a security scheme of the framework: it takes nothing from the path."""
    from layercheck.queries.types import symbol_type

    kind = symbol_type(project, target)
    return kind is not None and kind[0] == "inst" and any(base in SECURITY_SCHEMES for base in mro(project, kind[1]))


def _add(project: Project, key: str, names: set[str]) -> bool:
    """Add the parameters of a function; False when it may take anything: **kwargs, or a request that it reads or hands on."""
    function = project.get(Function, key)
    if function is None or any(p.kind in ("kwvar", "var") for p in function.params):
        return False
    for parameter in function_parameters(project, key):
        names.update((parameter.alias, parameter.name))
    return not (_uses_request(project, key) and read_from_requests(project).everything)


@query
def _uses_request(project: Project, key: str) -> bool:
    """Whether a function looks into the path of its request, or hands the request to somebody."""
    function = project.get(Function, key)
    body = project.get(Body, key)
    if function is None or body is None:
        return True
    requests = {p.name for p in function.params if _is_request(project, key, p)}
    if not requests:
        return False
    for e in ir.expressions(body.statements):
        chain = dotted(e) if e.__class__ is str or ir.is_a(e, "ref") else None
        if (
            chain is not None
            and chain.partition(".")[0] in requests
            and chain.partition(".")[2].partition(".")[0] in _READS
        ):
            return True
        if ir.is_a(e, "call") and any(
            v in requests for v in (*e[2], *(value for _, value in e[3])) if v.__class__ is str
        ):
            return True
    return False


def _is_request(project: Project, key: str, param: Param) -> bool:
    """Annotated as a request, or called one (the endpoints of Starlette have no annotations to speak of)."""
    name = dotted(param.annotation) if param.annotation is not None else None
    return param.name == "request" if name is None else resolve(project, key, name) in _REQUESTS


def _add_view(project: Project, cls: str, names: set[str]) -> bool:
    """Add what a class-based view takes: its annotated attributes and the parameters of its __init__."""
    if has_unknown_base(project, cls):
        return False
    for base in mro(project, cls):
        row = project.get(Class, base)
        if row is not None:
            names.update(field.name for field in row.fields)
    init = class_attribute(project, cls, "__init__")
    return init is None or ":" not in init or _add(project, init, names)


@query
def read_from_requests(project: Project) -> Taken:
    """The names that application code reads from `path_params`, middleware included; everything when one of them is not literal."""
    names: set[str] = set()
    everything = False
    for path in project.files():
        if path.endswith(".py") and is_application(project, path):
            found = read_in(project, path)
            names |= found.names
            everything = everything or found.everything
    return Taken(frozenset(names), everything)


@query
def read_in(project: Project, path: str) -> Taken:
    """Those that the code of one file reads."""
    names: set[str] = set()
    everything = False
    for body in bodies(project, path, lambda said: _PARAMS in said.words or _PARAMS in said.texts):
        whole = 0
        for e in ir.expressions(body.statements):
            if ir.is_a(e, "item") and ir.last_name(e[1]) == _PARAMS:
                whole -= 1
                text = ir.text_of(e[2])
            elif ir.is_a(e, "call") and e[1].__class__ is str and f".{_PARAMS}." in f".{e[1]}" and e[2]:
                text = ir.text_of(e[2][0])
            else:
                whole += (ir.is_a(e, "ref") and ir.last_name(e) == _PARAMS) or e == ("const", _PARAMS)
                continue
            everything = everything or text is None
            names.update([text] if text is not None else [])
        everything = everything or whole > 0
    return Taken(frozenset(names), everything)
