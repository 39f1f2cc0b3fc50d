"""Routes that a program makes in ways of its own: what the running truth of real applications has taught."""

from __future__ import annotations

import pytest

from layercheck.views.deps import dependency_tree
from layercheck.views.routes import routes
from support import project_of

AUTH = """
from functools import wraps
from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPBearer

bearer = HTTPBearer()


def user(token=Depends(bearer)):
    return token


def nobody():
    return None


def choose(kind):
    return user if kind else nobody


class Role:
    def __call__(self, who=Depends(user)):
        return who


role = Role()


def require(name):
    def inner(who=Depends(user)):
        return name, who

    return inner
"""


def table(main: str, **files: str) -> list[tuple[str, str, bool | None]]:
    project = project_of({"app/__init__.py": "", "app/auth.py": AUTH, "app/main.py": main, **files})
    return [(r["method"], r["path"], r["auth"]) for r in routes(project)]


def test_a_router_class_adds_what_it_hands_to_its_base() -> None:
    main = """
from fastapi import APIRouter, Depends, FastAPI
from app.auth import user

class UserRouter(APIRouter):
    def __init__(self, prefix="", dependencies=None, **kwargs):
        super().__init__(prefix=prefix, dependencies=[Depends(user)], **kwargs)

class Versioned(APIRouter):
    def __init__(self, dependencies=None):
        super().__init__(prefix="/v1", dependencies=dependencies)

guarded = UserRouter(prefix="/me")
free = Versioned()
kept = Versioned(dependencies=[Depends(user)])

@guarded.get("/name")
def name(): ...

@free.get("/news")
def news(): ...

@kept.get("/mail")
def mail(): ...

app = FastAPI()
for router in (guarded, free, kept):
    app.include_router(router)
"""
    assert table(main) == [("GET", "/me/name", True), ("GET", "/v1/news", False), ("GET", "/v1/mail", True)]


def test_methods_from_a_dictionary() -> None:
    main = """
from fastapi import FastAPI
app = FastAPI()
STREAM = {"methods": ["GET", "DELETE"], "response_class": None}

@app.api_route("/stream", **STREAM)
def stream(): ...
"""
    assert [m for m, *_ in table(main)] == ["GET", "DELETE"]


@pytest.mark.parametrize("called", [False, True])
def test_an_application_that_a_helper_can_mount_stays_an_application(called: bool) -> None:
    main = f"""
from fastapi import FastAPI
app = FastAPI()

@app.get("/chat")
def chat(): ...

def mount_chat(other: FastAPI, path: str = "/chainlike"):
    other.mount(path, app)

{"outer = FastAPI()" if called else ""}
{"mount_chat(outer)" if called else ""}
"""
    paths = [path for _, path, _ in table(main)]
    assert paths == (["/chainlike/chat"] if called else ["/chat"])


def test_a_dependency_that_wraps_a_chosen_one_is_not_known_to_let_anybody_in() -> None:
    main = """
from functools import wraps
from fastapi import Depends, FastAPI
from app.auth import choose, user

def made(kind):
    provider = choose(kind)
    @wraps(provider)
    def inner(*args, **kwargs):
        return provider(*args, **kwargs)
    return inner

def fixed():
    @wraps(user)
    def inner(*args, **kwargs):
        return user(*args, **kwargs)
    return inner

authorize = made("x")
always = fixed()
app = FastAPI()

@app.get("/a")
def a(who=Depends(authorize)): ...

@app.get("/b")
def b(who=Depends(always)): ...

@app.get("/c")
def c(): ...
"""
    assert table(main) == [("GET", "/a", None), ("GET", "/b", True), ("GET", "/c", False)]


def test_a_middleware_that_exempts_paths_says_nothing_certain() -> None:
    main = """
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
app = FastAPI()

@app.middleware("http")
async def guard(request: Request, call_next):
    scope = request.scope
    if scope["path"] in {"/health"}:
        return await call_next(request)
    if request.headers.get("Authorization") is None:
        return JSONResponse(status_code=401, content={})
    return await call_next(request)

@app.get("/health")
def health(): ...
"""
    assert table(main) == [("GET", "/health", None)]


def test_the_tree_goes_through_factories_and_instances() -> None:
    main = """
from fastapi import Depends, FastAPI
from app.auth import require, role
app = FastAPI()

@app.get("/a", dependencies=[Depends(role)])
def a(who=Depends(require("admin"))): ...
"""
    project = project_of({"app/__init__.py": "", "app/auth.py": AUTH, "app/main.py": main})
    tree = dependency_tree(project, "app/main.py:a")
    names = {n["target"]: [c["target"] for c in n["dependencies"]] for n in tree["dependencies"]}
    assert names == {"app/auth.py:require": ["app/auth.py:user"], "app/auth.py:role": ["app/auth.py:user"]}


def test_objects_that_are_only_handed_around_cost_no_time() -> None:
    """Forty functions that each hand an object to the next three: walking every path through them would never end."""
    lines = ["def f40(thing, key):", "    return thing.get(key)"]
    for i in reversed(range(40)):
        calls = " or ".join(f"f{min(i + n, 40)}(thing, key)" for n in (1, 2, 3))
        lines += [f"def f{i}(thing, key):", "    thing.get('/x')", f"    return {calls}"]
    main = "from fastapi import FastAPI\nfrom app.chain import f0\napp = FastAPI()\nf0(app, 1)\n\n@app.get('/a')\ndef a(): ...\n"
    assert table(main, **{"app/chain.py": "\n".join(lines) + "\n"}) == [("GET", "/a", False)]


def test_only_what_registers_is_a_router() -> None:
    main = """
from fastapi import FastAPI
app = FastAPI()

def register(router, handler):
    router.get("/made")(handler)
    router.state.get("/not-a-route")

def look(cache):
    return cache.get("/also-not")

def handler(): ...

register(app, handler)
look(app)
"""
    assert [path for _, path, _ in table(main)] == ["/made"]


@pytest.mark.parametrize(
    "parameter",
    [
        "user=Depends(user)",
        "user: Annotated[dict, Depends(user)]",
        "auth=Depends(auth.user)",
        "user=Security(user)",
        "user: dict = Depends(user)",
    ],
)
def test_a_parameter_with_the_name_of_its_dependency(parameter: str) -> None:
    main = f"""
from typing import Annotated
from fastapi import APIRouter, Depends, FastAPI, Security
from app import auth
from app.auth import user

app = FastAPI()
views = APIRouter()

@app.get("/x")
def read({parameter}):
    return 1
"""
    assert table(main) == [("GET", "/x", True)]


def test_a_class_attribute_with_the_name_of_its_dependency() -> None:
    main = """
from fastapi import APIRouter, Depends, FastAPI
from fastapi_utils.cbv import cbv
from app.auth import user

router = APIRouter()

@cbv(router)
class Views:
    user: dict = Depends(user)

    @router.get("/x")
    def read(self):
        return 1

app = FastAPI()
app.include_router(router)
"""
    assert table(main) == [("GET", "/x", True)]


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ("from app import beta, alpha", ["/beta", "/alpha"]),
        ("from app import alpha, beta", ["/alpha", "/beta"]),
        ("import app.beta\nimport app.alpha", ["/beta", "/alpha"]),
        ("from app import needs_beta, alpha, beta", ["/beta", "/alpha"]),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from app import beta\nfrom app import alpha, beta",
            ["/alpha", "/beta"],
        ),
    ],
)
def test_several_modules_that_add_to_one_router_do_so_in_the_order_of_imports(
    imports: str, expected: list[str]
) -> None:
    adding = "from app.shared import router\n@router.get('/{0}')\ndef read_{0}():\n    return 1\n"
    main = f"from fastapi import FastAPI\n{imports}\nfrom app.shared import router\napp = FastAPI()\napp.include_router(router)\n"
    found = table(main, **{
        "app/shared.py": "from fastapi import APIRouter\nrouter = APIRouter()\n",
        "app/alpha.py": adding.format("alpha"),
        "app/beta.py": adding.format("beta"),
        "app/needs_beta.py": "from app.beta import read_beta\n",
    })  # fmt: skip
    assert [path for _, path, _ in found] == expected


def test_a_route_says_what_it_takes_and_does() -> None:
    main = """
from typing import Annotated
import httpx
from fastapi import FastAPI, Query

app = FastAPI()
client = httpx.AsyncClient()

async def ask(page):
    return await client.get("https://example.invalid", params={"page": page})

@app.get("/x", summary="All of it")
async def read(page: Annotated[int, Query(ge=1, le=100)] = 1, name: str | None = Query(None, max_length=9)):
    return await ask(page)

@app.get("/y")
def other(page: int):
    return httpx.get("https://example.invalid")
"""
    first, second = routes(project_of({"app/main.py": main}))
    assert first["summary"] == "All of it"
    assert first["effects"] == ["http"]
    assert [(p["name"], p["type"], p["bounds"]) for p in first["parameters"]] == [
        ("page", "Annotated[int, Query(ge=1, le=100)]", {"ge": 1, "le": 100}),
        ("name", "str | None", {"max_length": 9}),
    ]
    assert second["summary"] is None
    assert "http" in second["effects"]


@pytest.mark.parametrize(
    ("call", "auth"),
    [
        ("add(app)", False),
        ("add(app, dependencies=None)", False),
        ("add(app, dependencies=somebody())", None),
        ("add(app, **somebody())", None),
    ],
)
def test_a_function_that_is_left_its_default_dependencies(call: str, auth: bool | None) -> None:
    main = f"""
from fastapi import APIRouter, FastAPI

router = APIRouter()

@router.get("/x")
def read():
    return 1

def add(target, dependencies=None):
    target.include_router(router, dependencies=dependencies)

app = FastAPI()
{call}
"""
    assert table(main) == [("GET", "/x", auth)]


def test_a_router_with_two_names_is_one_router() -> None:
    main = """
from fastapi import FastAPI
from app.books import public_router

app = FastAPI()
app.include_router(public_router, prefix="/v1")
"""
    books = """
from fastapi import APIRouter

public_router = r = APIRouter(prefix="/books")

@r.get("")
def one(): ...

@public_router.post("")
def two(): ...
"""
    found = table(main, **{"app/books.py": books})
    assert found == [("GET", "/v1/books", False), ("POST", "/v1/books", False)]


@pytest.mark.parametrize(
    "factory",
    [
        "def make(prefix, dependencies=None):\n    return APIRouter(prefix=prefix, dependencies=dependencies)",
        "def make(prefix, **more):\n    made = APIRouter(prefix=prefix, **more)\n    return made",
        "def make(prefix, **more):\n    return inner(f'{prefix}', **more)\ndef inner(start, **more):\n    return APIRouter(prefix=start, **more)",
        "class Own(APIRouter): ...\ndef make(*, prefix, **more):\n    return Own(prefix=prefix, **more)",
    ],
)
def test_each_call_of_a_factory_makes_a_router_of_its_own(factory: str) -> None:
    main = f"""
from fastapi import APIRouter, Depends, FastAPI
from app.auth import user

{factory}

books = make(prefix="/books")
pens = make(prefix="/pens", dependencies=[Depends(user)])

@books.get("")
def list_books(): ...

@pens.get("")
def list_pens(): ...

app = FastAPI()
app.include_router(books)
app.include_router(pens, prefix="/v1")
"""
    assert table(main) == [("GET", "/books", False), ("GET", "/v1/pens", True)]


def test_a_factory_with_dependencies_of_its_own() -> None:
    main = """
from fastapi import APIRouter, Depends, FastAPI
from app.auth import user

def make(prefix):
    return APIRouter(prefix=f"/v1{prefix}", dependencies=[Depends(user)])

app = FastAPI()
books = make("/books")

@books.get("")
def list_books(): ...

app.include_router(books)
"""
    assert table(main) == [("GET", "/v1/books", True)]


def test_a_factory_that_registers_keeps_its_own_router() -> None:
    main = """
from fastapi import APIRouter, FastAPI

def health(path):
    router = APIRouter()

    @router.get("/live")
    def live(): ...

    return router

def more():
    router = APIRouter(prefix="/more")
    router.add_api_route("/x", print)
    return router

app = FastAPI()
app.include_router(health("/a"))
extra = more()
app.include_router(extra)
"""
    assert [(m, p) for m, p, _ in table(main)] == [("GET", "/live"), ("GET", "/more/x")]


def test_an_application_made_by_a_factory() -> None:
    main = """
from fastapi import FastAPI

def make():
    return FastAPI(title="Books")

app = make()

@app.get("/books")
def list_books(): ...
"""
    assert table(main) == [("GET", "/books", False)]


def test_a_router_class_of_a_library_may_ask_for_credentials() -> None:
    main = """
from fastapi import FastAPI
from fastapi_something import GuardedRouter

books = GuardedRouter(prefix="/books")

@books.get("/{book_id}")
def get_book(): ...

app = FastAPI()
app.include_router(books)
"""
    assert table(main) == [("GET", "/books/{book_id}", None)]


def test_a_prefix_that_settings_put_together() -> None:
    main = """
from fastapi import APIRouter, FastAPI
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    VERSION: str = "v1"
    PREFIX: str = f"/api/{VERSION}"

settings = Settings()
router = APIRouter(prefix="/books")

@router.get("")
def list_books(): ...

app = FastAPI()
app.include_router(router, prefix=settings.PREFIX)
"""
    assert table(main) == [("GET", "/api/v1/books", False)]


def test_routers_that_come_with_the_start() -> None:
    main = """
from contextlib import asynccontextmanager
from fastapi import APIRouter, FastAPI

books = APIRouter(prefix="/books")

@books.get("")
def list_books(): ...

async def start(app: FastAPI):
    add_routers(app)

def add_routers(app: FastAPI):
    app.include_router(books, prefix="/v1")

@asynccontextmanager
async def lifespan(app: FastAPI):
    await start(app)
    yield

def create():
    app = FastAPI(lifespan=lifespan)

    @app.get("/live")
    def live(): ...

    return app
"""
    assert sorted(table(main)) == [("GET", "/live", False), ("GET", "/v1/books", False)]


_LISTED = """
from fastapi import APIRouter

books = APIRouter()
carts = APIRouter()


@books.get("/books")
def read_books(): ...


@carts.get("/carts")
def read_carts(): ...
"""


@pytest.mark.parametrize(
    ("listed", "loop"),
    [
        ("from app.api import books, carts\nall_routers = [books, carts]", "for router in all_routers:"),
        ("from app.api import books as b, carts as c\nall_routers = (b, c)", "for router in all_routers:"),
        (
            "from app import api\nall_routers = {'Books': api.books, 'Carts': api.carts}",
            "for _, router in all_routers.items():",
        ),
        (
            "from app import api\nall_routers = {'Books': api.books, 'Carts': api.carts}",
            "for router in all_routers.values():",
        ),
    ],
)
@pytest.mark.parametrize("apart", [True, False])
def test_routers_in_a_collection_of_another_module(listed: str, loop: str, apart: bool) -> None:
    start = "from app.lists import all_routers" if apart else listed
    main = f"""
from fastapi import FastAPI
{start}

app = FastAPI()

{loop}
    app.include_router(router, prefix="/v1")
"""
    found = table(main, **{"app/api.py": _LISTED, "app/lists.py": listed})
    assert [path for _, path, _ in found] == ["/v1/books", "/v1/carts"]


def test_routers_with_their_prefixes_as_the_default_of_a_factory() -> None:
    main = """
from fastapi import FastAPI
from app.api import books, carts

ROUTERS = [(books, "/b"), (carts, "/c")]


def create_app(routers: list = ROUTERS) -> FastAPI:
    app = FastAPI()
    for router, prefix in routers:
        app.include_router(router, prefix=prefix)
    return app


app = create_app()
"""
    assert [path for _, path, _ in table(main, **{"app/api.py": _LISTED})] == ["/b/books", "/c/carts"]


def test_a_lifespan_of_another_module_adds_routers_to_the_application_of_a_factory() -> None:
    start = """
from contextlib import asynccontextmanager
from fastapi import FastAPI


def init_routers(app: FastAPI):
    from app.api import books

    app.include_router(books, prefix="/v1")


@asynccontextmanager
async def lifespan(app: FastAPI):
    init_routers(app)
    yield
"""
    main = """
from fastapi import FastAPI
from app.start import lifespan


def create_app() -> FastAPI:
    made = FastAPI(lifespan=lifespan)
    made.add_middleware(object)
    return made


app = create_app()
"""
    found = table(main, **{"app/api.py": _LISTED, "app/start.py": start})
    assert ("GET", "/v1/books", False) in found


def test_a_copy_of_a_dependency_asks_for_the_same() -> None:
    main = """
from collections.abc import Callable
from types import FunctionType
from fastapi import Depends, FastAPI
from app.auth import nobody, user


def copied(function: Callable) -> Callable:
    made = FunctionType(function.__code__, function.__globals__)
    return made


user_in_production = copied(user)
nobody_in_production = copied(nobody)
app = FastAPI()


@app.post("/a", dependencies=[Depends(user_in_production)])
def a(): ...


@app.post("/b", dependencies=[Depends(nobody_in_production)])
def b(): ...
"""
    assert table(main) == [("POST", "/a", True), ("POST", "/b", None)]
