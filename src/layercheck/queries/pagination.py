"""Whether a route lets its caller ask for a part of a list: by parameters, by a provider or by a pagination library."""

from __future__ import annotations

import re

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.pagination import PAGE_POSITIONS, PAGE_SIZES, PAGING_LIBRARIES
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.callgraph import bound_arguments, sites
from layercheck.queries.depends import Dependency
from layercheck.queries.models import is_schema
from layercheck.queries.parameters import Parameter, params_model_fields, route_parameters
from layercheck.queries.routes import Route, all_dependencies
from layercheck.queries.schemas import classes_in
from layercheck.queries.symbols import resolve
from layercheck.queries.types import annotation_type

_NAMES = PAGE_SIZES | PAGE_POSITIONS
_WORDS = pattern(
    r"(^|_)(pag(e|es|er|ing|ination|inate|inator)|cursor|limit|offset|skip)(_|$)|paginat|pageparams", re.IGNORECASE
)
_INPUTS = frozenset({"query", "path", "header", "cookie", "?"})
_MAX_HANDS = 3


@query
def takes_page(project: Project, route: Route) -> bool:
    """Whether the caller of a route can say which part of the answer it wants; True too where nobody can tell.

    Counted are names of the trade, however spelt, anything that ends up in `.limit()` or `.offset()`, parameters of providers and
    fields of params models, page types of a library, and handlers that read the query string themselves.
    """
    function = project.get(Function, route.handler) if route.handler is not None else None
    if function is None or any(p.kind == "kwvar" for p in function.params):
        return True
    parameters = route_parameters(project, route)
    inputs = [p for one in parameters if one.source in _INPUTS for p in (one, *_fields(project, one))]
    if any(_pages(project, parameter) for parameter in inputs):
        return True
    if any(_paging_dependency(wanted) for wanted in all_dependencies(project, route)):
        return True
    if _reads_query_string(project, function.key):
        return True
    mine = frozenset(p.name for p in parameters if p.owner == function.key and p.source in _INPUTS)
    return _reaches_limit(project, function.key, mine, 0)


def _fields(project: Project, parameter: Parameter) -> tuple[Parameter, ...]:
    """The fields of a params model: `wanted: Annotated[BookFilter, Query()]`."""
    if parameter.marker is None:
        return ()
    classes = classes_in(project, parameter.owner, parameter.annotation)
    return tuple(field for cls in classes if is_schema(project, cls) for field in params_model_fields(project, cls))


def _pages(project: Project, parameter: Parameter) -> bool:
    written = dotted(parameter.annotation) if parameter.annotation is not None else None
    if written is not None and resolve(project, parameter.owner, written) is None:
        return True  # a name from a file that is not there, or cannot be read, may stand for a provider
    names = (parameter.name.lower(), parameter.alias.lower())
    if any(n in _NAMES or n.replace("-", "_") in _NAMES or _WORDS.search(n) for n in names):
        return True
    kind = annotation_type(project, parameter.owner, parameter.annotation)
    return kind is not None and kind[0] == "inst" and kind[1].startswith(PAGING_LIBRARIES)


def _paging_dependency(wanted: Dependency) -> bool:
    """A provider that cannot be resolved, or one of a library whose name says what it is for."""
    if wanted.target is None:
        return not ir.is_a(wanted.expression, "lambda")
    if ":" in wanted.target:
        return False
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", wanted.target.rpartition(".")[2])
    return wanted.target.startswith(PAGING_LIBRARIES) or _WORDS.search(name) is not None


@query
def _reads_query_string(project: Project, key: str) -> bool:
    """`request.query_params` (or a call of a pagination library) in the handler."""
    body = project.get(Body, key)
    for e in ir.expressions(body.statements) if body is not None else ():
        name = dotted(e) if e.__class__ is str or ir.is_a(e, "ref") else None
        if name is not None and ".query_params" in name:
            return True
        if ir.is_a(e, "call"):
            func = dotted(e[1])
            symbol = resolve(project, key, func) if func else None
            if symbol is not None and symbol.startswith(PAGING_LIBRARIES):
                return True
    return False


@query(bottom=False)
def _reaches_limit(project: Project, key: str, names: frozenset[str], depth: int) -> bool:
    """Whether one of these names is what `.limit(...)` or `.offset(...)` gets, here or in a function it is handed to."""
    if not names:
        return False
    for site in sites(project, key):
        if ir.last_name(site.call[1]) in ("limit", "offset", "fetch") and any(
            _mentions(a, names) for a in site.call[2]
        ):
            return True
        if depth < _MAX_HANDS and site.target is not None and project.get(Function, site.target) is not None:
            handed = frozenset(
                p
                for p, value in bound_arguments(project, site.target, site).items()
                if value is not None and _mentions(value, names)
            )
            if handed and _reaches_limit(project, site.target, handed, depth + 1):
                return True
    return False


def _mentions(e: Expr, names: frozenset[str]) -> bool:
    return any(node.__class__ is str and node in names for node in ir.walk(e))
