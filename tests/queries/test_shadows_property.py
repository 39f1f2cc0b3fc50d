"""Random FastAPI applications, asked for real: the routes that LC416 calls shadowed are those that no request reaches, and only they."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.project import Project
from layercheck.queries.paths import covers
from layercheck.queries.routes import MOUNT, Route, applications, registered
from layercheck.queries.shadows import shadows
from support import project_of

pytest.importorskip("starlette", minversion="1.0")  # older ones write the pattern of {id:uuid} differently
from starlette.routing import compile_path

HEX = "0123456789abcdef0123456789abcdef"
DASHED = "DEADBEEF-0123-4567-89ab-cdef01234567"
LITERALS = ["me", "a", "7", "7.5", HEX, DASHED, "x-7", "a.json"]
CONVERTORS = ["", "", ":int", ":float", ":uuid", ":path", ":str"]
SAMPLES = {
    "str": ["~free~", "me", "7", "7.5"],
    "int": ["902", "7", "0"],
    "float": ["31.25", "7", "902.0"],
    "uuid": [DASHED.lower()[:-1] + "F", HEX[::-1], "9" * 32],
    "path": ["", "~free~", "deep/er/~and~/deeper", "me"],
}

HEAD = """
from fastapi import APIRouter, FastAPI
from starlette.responses import JSONResponse


def answering(number):
    async def application(scope, receive, send):
        await JSONResponse({"mount": number})(scope, receive, send)

    return application


app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
"""


@st.composite
def segments(draw: st.DrawFn, names: Any) -> str:
    parameter = f"{{{next(names)}{draw(st.sampled_from(CONVERTORS))}}}"
    mixed = draw(st.sampled_from(["{0}", "{0}", "{0}", "x-{0}", "{0}.json", "{0}-{1}"]))
    text = mixed.format(parameter, f"{{{next(names)}}}")
    return draw(st.sampled_from([text, draw(st.sampled_from(LITERALS))]))


@st.composite
def paths(draw: st.DrawFn, names: Any) -> str:
    found = "".join(f"/{part}" for part in draw(st.lists(segments(names), min_size=0, max_size=2)))
    return found + draw(st.sampled_from(["", "", "/"])) or "/"


@st.composite
def route_lines(draw: st.DrawFn, owner: str, numbers: Any, names: Any) -> list[str]:
    number = next(numbers)
    path = draw(paths(names))
    kind = draw(st.sampled_from(["get", "get", "get", "post", "head", "both", "add", "starlette"]))
    function = [f"def h{number}():", f'    return {{"handler": "h{number}"}}', ""]
    match kind:
        case "both":
            return [f'@{owner}.api_route("{path}", methods=["GET", "POST"])', *function]
        case "add":
            return [*function, f'{owner}.add_api_route("{path}", h{number}, methods=["POST"])']
        case "starlette":
            return [
                f"async def h{number}(request):",
                f'    return JSONResponse({{"handler": "h{number}"}})',
                "",
                f'{owner}.add_route("{path}", h{number})',
            ]
    return [f'@{owner}.{kind}("{path}")', *function]


@st.composite
def applications_text(draw: st.DrawFn) -> str:
    """A module: routes, routers with routes, mounted applications, in any order."""
    numbers, names = itertools.count(), (f"p{n}" for n in itertools.count())
    lines = [HEAD]
    prefixes = st.sampled_from(["", "/v1", "/me", "/{tenant}", "/{tenant:int}", "/a/{tenant:path}"])
    for _ in range(draw(st.integers(1, 5))):
        number = next(numbers)
        match draw(st.sampled_from(["route", "route", "router", "twice", "mount", "asgi"])):
            case "route":
                lines += draw(route_lines("app", numbers, names))
            case "router" | "twice" as kind:
                name = f"router_{number}"
                lines += [f'{name} = APIRouter(prefix="{draw(st.sampled_from(["", "/sub"]))}")']
                for _ in range(draw(st.integers(1, 3))):
                    lines += draw(route_lines(name, numbers, names))
                for _ in range(2 if kind == "twice" else 1):
                    lines += [f'app.include_router({name}, prefix="{draw(prefixes)}")']
            case "mount":
                name = f"inner_{number}"
                lines += [f"{name} = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)"]
                for _ in range(draw(st.integers(1, 2))):
                    lines += draw(route_lines(name, numbers, names))
                lines += [f'app.mount("{draw(prefixes)}/mounted", {name})']
            case "asgi":
                lines += [f'app.mount("{draw(prefixes)}", answering({number}))']
    return "\n".join(lines) + "\n"


async def _ask(app: Any, method: str, path: str) -> str:
    """The handler that answers a request; "" for none (404, 405, a redirect, a plain mount)."""
    said: list[bytes] = []
    status: list[int] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "root_path": "", "scheme": "http", "query_string": b"", "headers": [], "client": ("test", 1), "server": ("test", 80), "state": {},
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        status.append(message.get("status", 0))
        said.append(message.get("body", b""))

    await app(scope, receive, send)
    return json.loads(b"".join(said)).get("handler", "") if max(status) == 200 else ""


def _samples(path: str) -> list[str]:
    """Request paths that a template matches, with free values that no other template of these tests has in mind."""
    pattern = re.compile(r"{\w+(?::(\w+))?}")
    kinds = [m[1] or "str" for m in pattern.finditer(path)]
    out = []
    for values in itertools.islice(itertools.product(*(SAMPLES[k] for k in kinds)), 12):
        left = iter(values)
        out.append(pattern.sub(lambda _, left=left: next(left), path))
    return out


def _reached(app: Any, route: Route) -> bool:
    name = (route.handler or "").rpartition(":")[2]

    async def any_of() -> bool:
        return any([await _ask(app, route.method, sample) == name for sample in _samples(route.path)])

    return asyncio.run(any_of())


def _checked(project: Project) -> list[Route]:
    """All routes of all applications; those of HEAD are asked like the others."""
    return [r for app in applications(project) for r in registered(project, app) if r.method != MOUNT]


@given(text=applications_text())
def test_shadowed_is_what_no_request_reaches(text: str) -> None:
    namespace: dict[str, Any] = {}
    try:
        exec(compile(text, "main.py", "exec"), namespace)  # our own text, made above
    except Exception as error:
        if "Prefix and path cannot be both empty" in str(error) or "Duplicated param name" in str(error):
            return
        raise
    project = project_of({"shop/main.py": text})
    dark = {(s.route.handler, s.route.path, s.route.method) for found in shadows(project).values() for s in found}
    wrong = []
    for route in _checked(project):
        if route.method == "HEAD":
            continue  # an answer to HEAD has no body that says who gave it
        said = (route.handler, route.path, route.method) in dark
        if said == _reached(namespace["app"], route):
            wrong.append(f"{route.method} {route.path} {route.handler}: said to be {'shadowed' if said else 'reached'}")
    assert not wrong, "\n".join(wrong) + "\n" + text


@given(data=st.data())
def test_covering_is_that_of_the_compiled_expressions(data: st.DataObject) -> None:
    """Against starlette's own regular expressions: covers() is exact on every sample, and never claims too much."""
    names = (f"p{n}" for n in itertools.count())
    earlier, later = data.draw(paths(names)), data.draw(paths(names))
    if covers(earlier, later):
        first, second = compile_path(earlier)[0], compile_path(later)[0]
        free = st.from_regex(second, alphabet=st.characters(min_codepoint=45, max_codepoint=126), fullmatch=True)
        assert all(first.match(data.draw(free).rstrip("\n")) for _ in range(5))
        assert all(first.match(sample) for sample in _samples(later) if second.match(sample))
