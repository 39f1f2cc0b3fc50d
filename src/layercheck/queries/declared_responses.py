"""The answers that a route, router or application documents with `responses={404: {...}}`."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class, Function
from layercheck.ir import Expr
from layercheck.knowledge.frameworks import ROUTE_ADDERS, ROUTE_DECORATORS
from layercheck.project import Project, query
from layercheck.queries.evaluate import Evaluator
from layercheck.queries.evaluate_values import Code, Mapping, Member, Scope, Value
from layercheck.queries.file_kinds import is_test
from layercheck.queries.statuses import status_value
from layercheck.queries.symbols import class_attribute
from layercheck.queries.words import bodies

_RESPONSES = "responses"
DEFAULT = "default"
"""The key under which OpenAPI documents every answer that has no key of its own."""


def declared_responses(project: Project, key: str, call: Expr) -> tuple[str, ...] | None:
    """The keys of `responses=` in a call, sorted; () when it says nothing, None when it cannot be evaluated.

    Constants, merges (`{**common, 404: {...}}`, `common | {...}`), helpers of the project, HTTPStatus and status constants are followed.
    """
    found: set[str] = set()
    for name, value in call[3]:
        if name == "responses":
            keys = _keys(project, Evaluator(project).value(Scope(key), value))
        elif name is None:
            keys = _spread(project, key, value)
        else:
            continue
        if keys is None:
            return None
        found.update(keys)
    return tuple(sorted(found))


def _spread(project: Project, key: str, spread: Expr) -> tuple[str, ...] | None:
    """The keys in `**documented`; () too where it cannot be followed and nothing in the project could put responses into it."""
    value = Evaluator(project).value(Scope(key), spread)
    if isinstance(value, Mapping):
        return _keys(project, value.get("responses"))
    return None if _said_elsewhere(project) else ()


@query
def _said_elsewhere(project: Project) -> bool:
    """Whether application code names "responses" anywhere but in calls that put routes on routers."""
    return any(
        says_responses(project, path) for path in project.files() if path.endswith(".py") and not is_test(project, path)
    )


_SAYING = ROUTE_DECORATORS | ROUTE_ADDERS | {"include_router", "api_route", "APIRouter", "FastAPI"}


@query
def says_responses(project: Project, path: str) -> bool:
    """Whether the code of a file has "responses" as a text, a parameter, a field, or a keyword of a call that makes no route."""
    if any(p[0] == _RESPONSES for f in project.of_file(Function, path) for p in f.raw_params):
        return True
    if any(f[0] == _RESPONSES for c in project.of_file(Class, path) for f in c.raw_fields):
        return True
    if any(_RESPONSES in said.texts for said in project.said_in(path)):
        return True
    for body in bodies(project, path, lambda said: _RESPONSES in said.words):
        for e in ir.expressions(body.statements):
            if ir.is_a(e, "call") and ir.last_name(e[1]) not in _SAYING and ir.keyword(e, _RESPONSES) is not None:
                return True
    return False


@query
def router_class_documents(project: Project, cls: str) -> bool:
    """Whether a router class of the project registers in its own way and names `responses` where it does."""
    for name in ("api_route", "add_api_route", "include_router"):
        method = class_attribute(project, cls, name)
        if method is not None and ":" in method and says_responses(project, method.partition(":")[0]):
            return True
    return False


def both_responses(outer: tuple[str, ...] | None, inner: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What two declarations document together: FastAPI merges those on the way."""
    return None if outer is None or inner is None else tuple(sorted({*outer, *inner}))


def documents(responses: tuple[str, ...], status: int) -> bool:
    """Whether a status is documented: by itself, as a range (4XX), or by default."""
    return not {str(status), f"{status // 100}XX", DEFAULT}.isdisjoint(responses)


def _keys(project: Project, value: Value) -> tuple[str, ...] | None:
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        return None
    found = [_key(project, key) for key, _ in value.items]
    return None if any(key is None for key in found) else tuple(key for key in found if key is not None)


def _key(project: Project, key: Value) -> str | None:
    if isinstance(key, Member):
        key = key.value
    if isinstance(key, Code) and not ir.is_a(key.expr, "call"):
        key = status_value(project, key.key, key.expr)
    if isinstance(key, bool) or not isinstance(key, int | str):
        return None
    text = str(key)
    return text.lower() if text.lower() == DEFAULT else text.upper()
