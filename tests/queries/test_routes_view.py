"""What `layercheck routes` says of each route: its inputs as FastAPI reads them, where its dependencies stand, what can come out."""

from __future__ import annotations

from typing import Any

import pytest

from layercheck.views.deps import dependency_tree
from layercheck.views.routes import routes
from support import project_of

HEAD = """
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypedDict
from annotated_types import Ge
from fastapi import APIRouter, BackgroundTasks, Body, Cookie, Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.security import APIKeyHeader, HTTPBearer, OAuth2PasswordBearer, OAuth2PasswordRequestForm
from library import Shape
from pydantic import BaseModel, Field, PositiveInt

app = FastAPI()
MAX = 60 * 60
LIMIT = Query(50, le=MAX)
Ids = list[int]


class Page(BaseModel):
    size: int = Field(20, ge=1, le=100)
    order: str


class Kind(TypedDict):
    name: str


class Jobs(BackgroundTasks):
    pass
"""


def described(main: str) -> list[dict[str, Any]]:
    return routes(project_of({"main.py": HEAD + main}))


def inputs(parameters: str, path: str = "/x") -> dict[str, tuple[str, bool, dict[str, Any]]]:
    found = described(f"\n@app.get({path!r})\ndef read({parameters}): ...\n")
    return {p["name"]: (p["in"], p["required"], p["bounds"]) for p in found[0]["parameters"]}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("x_token: str = Header()", {"x-token": ("header", True, {})}),
        ("x_token: str = Header(None, convert_underscores=False)", {"x_token": ("header", False, {})}),
        ("since: int = Query(default_factory=int, alias='from')", {"from": ("query", False, {})}),
        ("limit: int = LIMIT", {"limit": ("query", False, {"le": 3600})}),
        ("n: Annotated[int, Ge(1), Query(lt=-MAX)]", {"n": ("query", True, {"ge": 1, "lt": -3600})}),
        ("n: int = Query(le=limit_of())", {"n": ("query", True, {"le": None})}),
        (
            "page: Annotated[Page, Query()]",
            {"size": ("query", False, {"ge": 1, "le": 100}), "order": ("query", True, {})},
        ),
        ("ids: list[int]", {"ids": ("body", True, {})}),
        ("ids: Ids | None = None", {"ids": ("body", False, {})}),
        ("ids: Annotated[Ids, Query()]", {"ids": ("query", True, {})}),
        ("names: Annotated[Sequence[str] | None, Cookie()] = None", {"names": ("cookie", False, {})}),
        ("kind: Kind", {"kind": ("body", True, {})}),
        ("jobs: Jobs, request: Request", {}),
        ("shape: Shape", {"shape": ("?", True, {})}),
        ("count: PositiveInt = 1", {"count": ("query", False, {})}),
        ("item: str = 'none'", {"item": ("query", False, {})}),
        (
            "form: OAuth2PasswordRequestForm = Depends()",
            {
                "grant_type": ("form", False, {"pattern": "^password$"}),
                "username": ("form", True, {}),
                "password": ("form", True, {}),
                "scope": ("form", False, {}),
                "client_id": ("form", False, {}),
                "client_secret": ("form", False, {}),
            },
        ),
    ],
)
def test_inputs_are_those_that_fastapi_reads(parameters: str, expected: dict[str, Any]) -> None:
    assert inputs(parameters) == expected


@pytest.mark.parametrize("parameter", ["item: str = 'none'", "item: Shape", "item: list[int]"])
def test_what_the_path_names_is_there_whatever_its_default(parameter: str) -> None:
    assert inputs(parameter, "/x/{item}") == {"item": ("path", True, {})}


def test_the_inputs_of_a_factory_are_known_only_where_it_names_them() -> None:
    main = """
def among(name, first=Depends(lambda: 1)):
    marker = Query(None, alias=name)
    def read(value: str = marker): ...
    return read

def page(most):
    def read(limit: int = Query(10, le=100)): ...
    return read

@app.get("/named")
def named(p=Depends(page(100))): ...

@app.get("/computed")
def computed(p=Depends(among("colour"))): ...
"""
    first, second = described(main)
    assert [p["name"] for p in first["parameters"]] == ["limit"]
    assert first["parameters_known"]
    assert second["parameters"] == []
    assert not second["parameters_known"]


GUARDED = """
bearer = HTTPBearer()
key = APIKeyHeader(name="x-key", auto_error=False)

class Missing(HTTPException):
    def __init__(self):
        super().__init__(status_code=404)

def user(token=Depends(bearer)):
    raise HTTPException(403)

def store(db):
    raise Missing

def tenant(): ...
def audit(): ...
def quota(): ...

router = APIRouter(dependencies=[Depends(user)])

@router.post("/things", status_code=201, summary="Store it", dependencies=[Depends(quota)], **SHARED)
def create(t=Depends(tenant), k=Depends(key)):
    if t:
        return RedirectResponse("/")
    if k:
        return JSONResponse({}, 409)
    store(t)

app.include_router(router, dependencies=[Depends(audit)])
""".replace("router = APIRouter", 'SHARED = {"include_in_schema": False, "tags": ["things"]}\n\nrouter = APIRouter', 1)


def test_a_route_says_what_it_is_given_and_what_can_come_out() -> None:
    (found,) = described(GUARDED)
    assert (found["status_code"], found["statuses"]) == (201, [201, 307, 401, 403, 404, 409])
    assert [(r["exception"], r["status"]) for r in found["raises"]] == [
        ("Missing", 404),
        ("fastapi.HTTPException", 403),
    ]
    assert found["security"] == ["APIKeyHeader", "HTTPBearer"]
    assert (found["summary"], found["tags"], found["include_in_schema"]) == ("Store it", ["things"], False)
    assert [(d["from"], d["target"].partition(":")[2]) for d in found["dependencies"]] == [
        ("include", "audit"),
        ("router", "user"),
        ("decorator", "quota"),
        ("parameter", "tenant"),
        ("parameter", "key"),
    ]


def test_the_tree_of_a_handler_says_where_each_dependency_stands() -> None:
    project = project_of({"main.py": HEAD + GUARDED})
    levels = [d["from"] for d in dependency_tree(project, "main.py:create")["dependencies"]]
    assert levels == ["parameter", "parameter", "include", "router", "decorator"]


def test_what_a_dependency_does_is_done_by_the_route_and_a_commit_is_a_write() -> None:
    main = """
from sqlalchemy.orm import Session

def get_db():
    with Session() as db:
        yield db
        db.commit()

def visitor(db: Session = Depends(get_db)):
    db.execute("select 1")

@app.get("/a")
def read(v=Depends(visitor)): ...

@app.put("/b")
def rename(thing, db: Session = Depends(get_db)):
    thing.name = "new"
    db.commit()
"""
    project = project_of({"main.py": HEAD + main})
    assert {"db-read", "commit"} <= set(routes(project)[0]["effects"])
    assert [r["path"] for r in routes(project, writes=True)] == ["/b"]


def test_methods_may_be_a_constant() -> None:
    found = described('\nPROXIED = ["GET", "PUT"]\n\n@app.api_route("/p", methods=PROXIED)\ndef proxy(): ...\n')
    assert [r["method"] for r in found] == ["GET", "PUT"]


def test_a_final_router_is_a_router() -> None:
    main = """
from typing import Final
router: Final = APIRouter(prefix="/v1")

@router.get("/p")
def read(): ...

app.include_router(router)
"""
    assert [r["path"] for r in described(main)] == ["/v1/p"]


def test_a_prefix_from_the_environment_has_its_default_and_is_not_exact() -> None:
    main = """
import os
router = APIRouter()

@router.get("/p")
def read(): ...

def create_app():
    made = FastAPI()
    prefix = os.environ.get("PREFIX", "/api/").rstrip("/")
    made.include_router(router, prefix=prefix)
    return made
"""
    assert [(r["path"], r["exact"]) for r in described(main)] == [("/api/p", False)]
