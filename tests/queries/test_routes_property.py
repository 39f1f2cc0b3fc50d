"""Random FastAPI applications, imported and asked for real: their routes, order, statuses, models and protection are the static ones."""

from __future__ import annotations

import importlib
import itertools
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.views.routes import routes as list_routes
from support import project_of, write_tree

pytest.importorskip("fastapi")
from fastapi import routing
from fastapi.testclient import TestClient

_NUMBER = itertools.count()

DEPENDENCIES = """
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer, OAuth2PasswordBearer
from pydantic import BaseModel

bearer = HTTPBearer()
soft = HTTPBearer(auto_error=False)
oauth = OAuth2PasswordBearer("token")
api_key = APIKeyHeader(name="x-key")
Token = Annotated[str, Depends(oauth)]


class Item(BaseModel):
    id: int = 1


class Page(BaseModel):
    items: list[Item] = []


def user(token: str = Depends(oauth)) -> str:
    return token


def admin(name: Annotated[str, Depends(user)]) -> str:
    return name


def maybe(token=Depends(soft)):
    return token


def strict(token=Depends(soft)):
    if token is None:
        raise HTTPException(401, "who are you?")
    return token


def by_header(request: Request) -> str:
    token = request.headers.get("Authorization")
    if not token:
        raise HTTPException(status_code=401)
    return token


def page(limit: int = 10, offset: int = 0) -> tuple[int, int]:
    return limit, offset


async def session():
    yield 1


class Checker:
    def __init__(self, role: str) -> None:
        self.role = role

    def __call__(self, token: Token) -> str:
        return token


class Filter:
    def __init__(self, q: str = "") -> None:
        self.q = q


def require(role: str):
    def inner(name: str = Depends(user)) -> str:
        return role + name

    return inner


def tagged(label: str):
    def inner() -> str:
        return label

    return inner


is_admin = Checker("admin")
CurrentUser = Annotated[str, Depends(user)]
Paging = Annotated[tuple, Depends(page)]
"""
_GUARDS = [
    "bearer",
    "oauth",
    "api_key",
    "user",
    "admin",
    "strict",
    "by_header",
    "is_admin",
    'Checker("x")',
    'require("x")',
]
_OTHERS = ["soft", "maybe", "page", "session", "Filter", 'tagged("x")']
_NAMES = "bearer, soft, oauth, api_key, user, admin, maybe, strict, by_header, page, session, Checker, Filter, require, tagged, is_admin, Item, Page, CurrentUser, Paging, Token"


class Router(NamedTuple):
    """One router of the application to be: where it lives, what it says, what it includes."""

    number: int
    module: str
    lines: list[str]
    children: list[tuple[Any, str]]
    """(router, the rest of its include_router call)"""


@st.composite
def _depends(draw: st.DrawFn) -> str:
    what = draw(st.sampled_from([*_OTHERS, *_OTHERS, *_GUARDS]))
    return f"{draw(st.sampled_from(['Depends', 'Depends', 'Security']))}({what})"


@st.composite
def _several(draw: st.DrawFn) -> str:
    """`dependencies=[...]` or nothing."""
    if draw(st.integers(0, 3)):
        return ""
    return f"dependencies=[{', '.join(draw(st.lists(_depends(), min_size=1, max_size=2)))}]"


@st.composite
def _prefix(draw: st.DrawFn, number: int) -> str:
    return draw(st.sampled_from([f"/p{number}", f"/p{number}/sub", f"/p{number}/{{org_{number}}}", f"/P-{number}"]))


def _arguments(*parts: str) -> str:
    return ", ".join(p for p in parts if p)


@st.composite
def _route(draw: st.DrawFn, router: str, bare: bool) -> list[str]:
    number = next(_NUMBER)
    path = draw(
        st.sampled_from(
            [
                f"/r{number}",
                f"/r{number}/",
                f"/r{number}/{{item_id}}",
                f"/r{number}/{{name:path}}",
                f"/r{number}/x.json",
            ]
        )
    )
    if not bare and draw(st.integers(0, 7)) == 0:
        path = draw(st.sampled_from(["", "/"]))
    parameters = []
    if "item_id" in path:
        parameters.append("item_id: int")
    for i in range(draw(st.integers(0, 2))):
        what = draw(st.sampled_from([*_OTHERS, *_GUARDS]))
        parameters.append(
            draw(
                st.sampled_from(
                    [
                        f"d{i}: Annotated[Any, Depends({what})]",
                        f"d{i}=Depends({what})",
                        f"d{i}: CurrentUser",
                        f"d{i}: Paging",
                    ]
                )
            )
        )
    parameters.sort(key=lambda p: "=Depends" in p)
    answer = draw(st.sampled_from(["", " -> Item", " -> list[Item]", " -> None", " -> dict[str, Any]"]))
    extras = [draw(_several())]
    if draw(st.booleans()):
        extras.append(draw(st.sampled_from(["status_code=201", "status_code=status.HTTP_202_ACCEPTED", "response_model=Page", "response_model=list[Item]",
                                            "response_model=None", "include_in_schema=False", "deprecated=True", 'tags=["a"]'])))  # fmt: skip
    verb = draw(st.sampled_from(["get", "post", "put", "patch", "delete"]))
    head = f"{draw(st.sampled_from(['def', 'async def']))} h{number}({', '.join(parameters)}){answer}:"
    body = "    return " + {"": "1", " -> None": "None", " -> Item": "Item()", " -> list[Item]": "[]"}.get(answer, "{}")
    if any(e.startswith("response_model=") for e in extras):
        body = "    return []" if "response_model=list[Item]" in extras else "    return Page()"
    kind = draw(st.sampled_from(["verb", "verb", "verb", "api_route", "add", "websocket"]))
    if kind == "websocket":
        return [
            f'@{router}.websocket("{path or "/"}")',
            f"async def h{number}(socket: WebSocket) -> None:",
            "    await socket.accept()",
            "",
        ]
    if kind == "api_route":
        methods = draw(st.lists(st.sampled_from(["GET", "POST", "DELETE"]), min_size=1, max_size=2, unique=True))
        return [f"@{router}.api_route({_arguments(repr(path), f'methods={methods!r}', *extras)})", head, body, ""]
    if kind == "add":
        return [
            head,
            body,
            "",
            f"{router}.add_api_route({_arguments(repr(path), f'h{number}', f'methods=[{verb.upper()!r}]', *extras)})",
            "",
        ]
    return [f"@{router}.{verb}({_arguments(repr(path), *extras)})", head, body, ""]


@st.composite
def _router(draw: st.DrawFn, depth: int) -> Router:
    number = next(_NUMBER)
    module = f"m{number}" if draw(st.booleans()) else "shared"
    prefix = draw(_prefix(number)) if draw(st.booleans()) else ""
    name = f"router_{number}"
    call = _arguments(f'prefix="{prefix}"' if prefix else "", draw(_several()))
    lines = [f"{name} = {draw(st.sampled_from(['APIRouter', 'fastapi.APIRouter']))}({call})", ""]
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(_route(name, not prefix))
    children = []
    for _ in range(draw(st.integers(0, 2)) if depth < 4 else 0):
        child = draw(_router(depth + 1))
        where = draw(_prefix(next(_NUMBER)))
        # Without a prefix of its own a router with a path "" can only be included under one.
        children.append((child, _arguments(f'prefix="{where}"' if draw(st.booleans()) else "", draw(_several()))))
    return Router(number, module, lines, children)


def _all(router: Router) -> Iterator[Router]:
    """Post-order: what is included is defined before it is included."""
    for child, _ in router.children:
        yield from _all(child)
    yield router


HEAD = f"""
from typing import Annotated, Any
import fastapi
from fastapi import APIRouter, Depends, FastAPI, Security, WebSocket, status
from .deps import {_NAMES}
"""


@st.composite
def applications(draw: st.DrawFn) -> dict[str, str]:
    """The files of a package with an application `app` in `main.py`."""
    roots = draw(st.lists(_router(1), min_size=1, max_size=3))
    texts: dict[str, list[str]] = {}
    shared_imports: list[str] = []
    for root in roots:
        for router in _all(root):
            own = texts.setdefault(router.module, [])
            imports = shared_imports if router.module == "shared" else own
            included = []
            for child, rest in router.children:
                name = f"router_{child.number}"
                if child.module != router.module:
                    form = draw(st.sampled_from(["name", "alias", "module"]))
                    # "shared" and another module may need each other: those imports stand where they are needed.
                    target = own if router.module == "shared" or child.module == "shared" else imports
                    if form == "name":
                        target.append(f"from .{child.module} import {name}")
                    elif form == "alias":
                        target.append(f"from .{child.module} import {name} as other_{child.number}")
                        name = f"other_{child.number}"
                    else:
                        target.append(f"from . import {child.module} as module_{child.number}")
                        name = f"module_{child.number}.router_{child.number}"
                included.append(f"router_{router.number}.include_router({_arguments(name, rest)})")
            own += [*router.lines, *included, ""]
    files = {f"{module}.py": HEAD + "\n".join(lines) + "\n" for module, lines in texts.items()}
    files["deps.py"] = DEPENDENCIES
    files["main.py"] = draw(_main(roots))
    return files


@st.composite
def _main(draw: st.DrawFn, roots: list[Router]) -> str:
    lines = [f"from .{r.module} import router_{r.number}" for r in roots]
    made = f"app = FastAPI({draw(_several())})"
    body = [made]
    if draw(st.integers(0, 3)) == 0:
        body += ["", '@app.get("/health")', "def health() -> None:", "    return None", ""]
    form = draw(st.sampled_from(["each", "loop", "mount"]))
    names = [f"router_{r.number}" for r in roots]
    if form == "loop":
        where = draw(_prefix(next(_NUMBER)))
        body += [f"for router in ({', '.join(names)},):", f'    app.include_router(router, prefix="{where}")']
    elif form == "mount":
        body += ["inner = FastAPI()", *(f"inner.include_router({n})" for n in names), 'app.mount("/inner", inner)']
    else:
        body += [f"app.include_router({_arguments(n, draw(_several()))})" for n in names]
    if form == "each" and draw(st.booleans()):
        inside = textwrap.indent("\n".join([*body, "return app"]), "    ")
        return HEAD + "\n".join(lines) + f"\n\n\ndef create_app() -> FastAPI:\n{inside}\n\n\napp = create_app()\n"
    return HEAD + "\n".join([*lines, "", *body]) + "\n"


# ---------------------------------------------------------------------------------------------------------- comparison


def _walk(entries: Any, prefix: str = "") -> Iterator[tuple[Any, str]]:
    """The routes of a running application in order; newer releases of FastAPI keep included routers as branches."""
    contexts = getattr(routing, "iter_route_contexts", None)
    for found in contexts(entries) if contexts is not None else entries:
        branch = getattr(getattr(found, "_route_context", None), "starlette_route", None)
        route = branch if branch is not None else found
        original = getattr(route, "original_route", None) or route
        path = prefix + (getattr(route, "path", None) or getattr(original, "path", "") or "")
        if type(original).__name__ == "Mount":
            yield from _walk(original.app.routes, path)
        elif type(original).__name__ in ("APIRoute", "APIWebSocketRoute"):
            yield (route if getattr(route, "endpoint", None) is not None else original), path


def _running(app: Any) -> list[tuple[Any, ...]]:
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    out: list[tuple[Any, ...]] = []
    for route, path in _walk(app.routes):
        name = route.endpoint.__name__
        methods = getattr(route, "methods", None)
        if not methods:
            out.append(("WEBSOCKET", path, name))
            continue
        url = path.replace("{item_id}", "7").replace("{name:path}", "a/b").replace("{", "").replace("}", "")
        for method in sorted(methods):
            status = client.request(method, url).status_code
            out.append(
                (method, path, name, route.status_code or 200, _model(route.response_model), status in (401, 403))
            )
    return out


def _model(model: Any) -> list[str]:
    text = str(model)
    return [n for n in ("Item", "Page") if getattr(model, "__name__", "") == n or f".{n}]" in text]


def _static(project: Any) -> list[tuple[Any, ...]]:
    out: list[tuple[Any, ...]] = []
    for route in list_routes(project):
        if route["method"] == "WEBSOCKET":
            out.append(("WEBSOCKET", route["path"], route["handler"]))
        else:
            success = min((s for s in route["statuses"] if s < 400), default=None)
            out.append(
                (route["method"], route["path"], route["handler"], success, route["response_model"], route["auth"])
            )
    return out


def _by_route(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """In order of registration; the methods of one registration have no order."""
    return [entry for _, group in itertools.groupby(found, key=lambda e: e[1:3]) for entry in sorted(group)]


@given(files=applications())
def test_the_route_table_is_that_of_the_running_application(files: dict[str, str], tmp_path_factory: Any) -> None:
    folder: Path = tmp_path_factory.mktemp("app")
    package = f"layercheck_app_{next(_NUMBER)}"
    tree = {f"{package}/{name}": text for name, text in files.items()} | {f"{package}/__init__.py": ""}
    write_tree(folder, tree)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        app = importlib.import_module(f"{package}.main").app
        running = _running(app)
    finally:
        sys.path.remove(str(folder))
        for name in [n for n in sys.modules if n.partition(".")[0] == package]:
            del sys.modules[name]
    assert _by_route(_static(project_of(tree))) == _by_route(running)
