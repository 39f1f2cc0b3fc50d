"""What the tests do: which routes they request, what they expect, which modules they import, what they override."""

from __future__ import annotations

import re

from layercheck import ir
from layercheck.facts.rows import Body, Call, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.frameworks import HTTP_METHODS
from layercheck.project import Project, query
from layercheck.queries.callgraph import enclosing
from layercheck.queries.constants import string_value
from layercheck.queries.file_kinds import is_test
from layercheck.queries.fixtures import tests_behind
from layercheck.queries.routes import Route, route_table
from layercheck.queries.statuses import status_value
from layercheck.tuples import NamedTuple

_CASES = 200
"""More cases of a parametrised test are not told apart."""
_ANY = "\0"
"""Stands for a part of a requested path that is not known."""


class Request(NamedTuple):
    """One request that a test (or a helper of the tests) sends."""

    method: str
    path: str
    """With "\\0" for parts that are not known; the name for url_path_for."""
    by_name: bool
    test: str
    """Key of the function that sends it."""
    at: int
    statuses: tuple[int, ...]
    """Those that the same function compares the answer with."""


@query
def test_functions(project: Project, path: str) -> tuple[str, ...]:
    """The keys of the test functions of a file."""
    if not is_test(project, path):
        return ()
    return tuple(f.key for f in project.of_file(Function, path) if f.name.startswith("test") and not f.parent)


@query
def requests_in(project: Project, path: str) -> tuple[Request, ...]:
    """The requests that the code of one test file sends, through any client."""
    if not is_test(project, path):
        return ()
    out = []
    for body in project.of_file(Body, path):
        rows = [dict(case) for case in _parametrized(project, body.key)]
        for call in body.calls:
            for row in rows:
                written = ir.substitute(call.call, row) if row else call.call
                found = _request(project, body, written)
                if found is not None:
                    method, target, by_name = found
                    expected = _expected(project, body, call, row)
                    out.append(Request(method, target, by_name, body.key, call.at, expected))
    return tuple(dict.fromkeys(out))


@query
def _parametrized(project: Project, key: str) -> tuple[tuple[tuple[str, Expr], ...], ...]:
    """The values that `@pytest.mark.parametrize` gives the parameters of a test, the pairs of each case; one case without pairs without it."""
    function = project.get(Function, key)
    cases: list[dict[str, Expr]] = [{}]
    for decorator in function.decorators if function is not None else ():
        if not ir.is_a(decorator, "call") or ir.last_name(decorator[1]) != "parametrize" or len(decorator[2]) < 2:
            continue
        names, values = decorator[2][0], decorator[2][1]
        if ir.is_a(names, "const") and isinstance(names[1], str):
            listed = [n.strip() for n in names[1].split(",") if n.strip()]
        else:
            listed = [
                t
                for e in (names[1] if ir.is_a(names, "list") or ir.is_a(names, "tuple") else ())
                if (t := ir.text_of(e))
            ]
        rows = [_case(listed, e) for e in values[1]] if ir.is_a(values, "list") or ir.is_a(values, "tuple") else []
        known = [row for row in rows if row is not None]
        if known and len(cases) * len(known) <= _CASES:
            cases = [{**one, **row} for one in cases for row in known]
    return tuple(tuple(case.items()) for case in cases)


def _case(names: list[str], e: Expr) -> dict[str, Expr] | None:
    if ir.is_a(e, "call") and ir.last_name(e[1]) == "param":
        values = e[2]
    elif len(names) == 1:
        values = (e,)
    else:
        values = e[1] if ir.is_a(e, "tuple") or ir.is_a(e, "list") else ()
    return dict(zip(names, values, strict=True)) if len(values) == len(names) else None


def _request(project: Project, body: Body, call: Expr) -> tuple[str, str, bool] | None:
    name = ir.last_name(call[1])
    if name in HTTP_METHODS and not (call[1].__class__ is str and "." not in call[1]):
        target = ir.argument(call, 0, "url")
        method = name.upper()
    elif name == "request" and len(call[2]) >= 2:
        text = string_value(project, body.key, call[2][0])
        if text is None or text.lower() not in HTTP_METHODS:
            return None
        method, target = text.upper(), call[2][1]
    elif name in ("websocket_connect",):
        method, target = "WEBSOCKET", ir.argument(call, 0, "url")
    else:
        return None
    if target is None:
        return None
    given = _bound_value(body, target)
    for inner in (*ir.calls(target), *(ir.calls(given) if given is not None else ())):
        if ir.last_name(inner[1]) == "url_path_for" and inner[2]:
            route_name = string_value(project, body.key, inner[2][0])
            return (method, route_name, True) if route_name is not None else None
    text = _pattern(project, body, target)
    if text is None:
        return None
    text = re.sub(r"^https?://[^/]+", "", text.partition("?")[0])
    return (method, text, False) if (text.startswith(("/", _ANY)) and len(text) > 1) or text == "/" else None


def _bound_value(body: Body, e: Expr) -> Expr | None:
    """The value of a local name that is bound once."""
    values = [raw[2] for raw in body.raw_binds if e.__class__ is str and raw[0] == e and raw[1] == "="]
    return values[0] if len(values) == 1 else None


def _pattern(project: Project, body: Body, e: Expr) -> str | None:
    """The path of a request with unknown parts; None where nothing of it is known."""
    whole = string_value(project, body.key, e)
    if whole is not None:
        return whole
    parts: tuple[Expr, ...]
    if ir.is_a(e, "fstr"):
        parts = e[1]
    elif ir.is_a(e, "op") and e[1] == "+":
        parts = e[2]
    elif ir.is_a(e, "call") and ir.is_a(e[1], "attr") and e[1][2] == "format":
        template = string_value(project, body.key, e[1][1])
        return re.sub(r"{[^}]*}", _ANY, template) if template is not None else None
    elif ir.is_a(e, "op") and e[1] == "%":
        template = string_value(project, body.key, e[2][0])
        return re.sub(r"%[sd]", _ANY, template) if template is not None else None
    else:
        name = dotted(e)
        values = [
            raw[2]
            for raw in body.raw_binds
            if name is not None and raw[0] == name and raw[1] == "=" and raw[2] is not None and raw[2] != e
        ]
        return _pattern(project, body, values[-1]) if values else None
    texts = [string_value(project, body.key, p) for p in parts]
    if all(t is None for t in texts):
        return None
    return "".join(_ANY if t is None else t for t in texts)


def _expected(project: Project, body: Body, request: Call, row: dict[str, Expr]) -> tuple[int, ...]:
    """The statuses that a function compares the answer of one request with; where the answer has no name, all that it compares."""
    compared = _compared(project, body)
    bound = [raw for raw in body.raw_binds if raw[1] == "=" and _is_call(raw[2], request.at)]
    if bound:
        name, at = bound[0][0], request.at
        later = [raw[5] for raw in body.raw_binds if raw[0] == name and raw[5] > bound[0][5]]
        until = min(later, default=1 << 30)
        compared = [c for c in compared if dotted(c.answer) == name and at < c.at < until] or (
            [] if any(dotted(c.answer) == name for c in compared) else compared
        )
    elif any(_is_call(c.answer, request.at) for c in compared):
        compared = [c for c in compared if _is_call(c.answer, request.at)]
    values = {status_value(project, body.key, ir.substitute(v, row) if row else v) for c in compared for v in c.values}
    return tuple(sorted(v for v in values if v is not None))


def _is_call(e: Expr | None, at: int) -> bool:
    inner = e[1] if e is not None and ir.is_a(e, "await") else e
    return inner is not None and ir.is_a(inner, "call") and inner[4] == at


class _Compared(NamedTuple):
    """`answer.status_code == 200`, `answer.status_code in (200, 201)`."""

    answer: Expr
    at: int
    values: tuple[Expr, ...]


def _compared(project: Project, body: Body) -> list[_Compared]:
    found = []
    for e in ir.expressions(body.statements):
        if ir.is_a(e, "cmp") and len(e[2]) == 1:
            left, (operator, right) = e[1], e[2][0]
            for one, other in ((left, right), (right, left)):
                if ir.last_name(one) in ("status_code", "status"):
                    several = operator == "in" and other.__class__ is tuple and other[0] in ("tuple", "list", "set")
                    name = dotted(one)
                    answer = name.rpartition(".")[0] if name is not None else one[1] if ir.is_a(one, "attr") else one
                    found.append(_Compared(answer, e[3], tuple(other[1]) if several else (other,)))
    return found


@query
def all_requests(project: Project) -> tuple[Request, ...]:
    """The requests of all tests."""
    return tuple(r for path in project.files() if path.endswith(".py") for r in requests_in(project, path))


@query
def has_tests(project: Project) -> bool:
    """Whether the project has test functions at all."""
    return any(test_functions(project, path) for path in project.files() if path.endswith(".py"))


def path_regex(path: str) -> re.Pattern[str]:
    """What a route path matches, by Starlette's rules (starlette.routing.compile_path): a parameter is one segment, `:path` many."""
    out, last = "", 0
    for found in re.finditer(r"{([a-zA-Z_][a-zA-Z0-9_]*)(:[a-zA-Z_][a-zA-Z0-9_]*)?}|{\?}", path):
        out += re.escape(path[last : found.start()])
        out += {":path": ".*", ":int": "[0-9]+", ":float": r"[0-9]+(?:\.[0-9]+)?", ":uuid": "[0-9a-fA-F-]+"}.get(
            found[2] or "", "[^/]+"
        )
        last = found.end()
    return re.compile(out + re.escape(path[last:]))


class Requested(NamedTuple):
    """The tests of one route."""

    tests: tuple[str, ...]
    statuses: tuple[int, ...]


@query
def requested_routes(project: Project) -> _Requested:
    """(method, path, handler) of a route -> its tests: the request's path fits the template, or the name is the handler's."""
    table: dict[tuple[str, str, str | None], tuple[set[str], set[int]]] = {}
    behind = tests_behind(project)
    routes = route_table(project)
    compiled = [(route, path_regex(route.path)) for route in routes]
    for request in all_requests(project):
        for route in _matching(request, compiled):
            tests, statuses = table.setdefault((route.method, route.path, route.handler), (set(), set()))
            tests.update(behind.get(request.test, (request.test,)))
            statuses.update(request.statuses)
    return _Requested(
        {key: Requested(tuple(sorted(tests)), tuple(sorted(statuses))) for key, (tests, statuses) in table.items()}
    )


class _Requested(dict[tuple[str, str, "str | None"], Requested]):
    """A dictionary that is never changed after it is made."""

    __slots__ = ()


def _matching(request: Request, compiled: list[tuple[Route, re.Pattern[str]]]) -> list[Route]:
    if request.by_name:
        return [
            r
            for r, _ in compiled
            if r.method == request.method
            and (ir.text_of(ir.keyword(r.call, "name")) or (r.handler or "").rpartition(":")[2].rpartition(".")[2])
            == request.path
        ]
    filled = request.path.replace(_ANY, "1")
    exact = [r for r, pattern in compiled if r.method == request.method and pattern.fullmatch(filled)]
    if exact:
        literal = [r for r in exact if r.path == request.path]
        return literal or exact[:1]
    if request.path.startswith(_ANY):  # f"{base}/users": an unknown beginning
        tail = request.path.lstrip(_ANY).replace(_ANY, "1")
        if tail.strip("/"):
            return [r for r, _ in compiled if r.method == request.method and _tail_fits(r.path, tail)][:1]
    return []


def _tail_fits(path: str, tail: str) -> bool:
    segments, wanted = path.strip("/").split("/"), tail.strip("/").split("/")
    if len(wanted) > len(segments):
        return False
    pairs = zip(segments[-len(wanted) :], wanted, strict=True)
    return all(a == b or a.startswith("{") for a, b in pairs) and any(
        a == b for a, b in zip(segments[-len(wanted) :], wanted, strict=True)
    )


__all__ = [
    "Request",
    "all_requests",
    "enclosing",
    "has_tests",
    "requested_routes",
    "requests_in",
    "test_functions",
]
