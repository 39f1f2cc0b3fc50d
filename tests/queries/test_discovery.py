"""Routers that are found by importing every module of a folder or package, and applications kept by a class that registers later."""

from __future__ import annotations

import pytest

from layercheck.queries.discovery import matches, symbolic_path
from layercheck.views.routes import routes
from support import project_of

ORDERS = """
from fastapi import APIRouter
router = APIRouter(prefix="/orders")
drafts = APIRouter(prefix="/drafts")

@router.get("/open")
def open_orders():
    return []

@drafts.get("/")
def all_drafts():
    return []
"""
STOCK = """
from fastapi import APIRouter
router = APIRouter(prefix="/stock")

@router.post("/count")
def count():
    return 1
"""
FILES = {
    "shop/__init__.py": "",
    "shop/api/__init__.py": "",
    "shop/api/orders.py": ORDERS,
    "shop/api/stock.py": STOCK,
    "shop/tools.py": STOCK.replace("/stock", "/tools"),
}
ROUTER_OF_EACH = {"/orders/open", "/stock/count"}

WAYS = {
    "pkgutil-path": """
import importlib, pkgutil
from fastapi import FastAPI
from shop import api
app = FastAPI()
for found in pkgutil.iter_modules(api.__path__):
    module = importlib.import_module(f"shop.api.{found.name}")
    if hasattr(module, "router"):
        app.include_router(module.router)
""",
    "walk-packages-in-function": """
import importlib, pkgutil, os
from fastapi import FastAPI
HERE = os.path.dirname(os.path.abspath(__file__))
def add_all(target):
    for found in pkgutil.walk_packages([os.path.join(HERE, "api")], "shop.api."):
        module = importlib.import_module(found.name)
        target.include_router(getattr(module, "router"))
def create():
    app = FastAPI()
    add_all(app)
    return app
""",
    "pathlib-glob": """
from importlib import import_module
from pathlib import Path
from fastapi import FastAPI
app = FastAPI()
def load():
    for file in sorted((Path(__file__).resolve().parent / "api").glob("[!_]*.py")):
        module = import_module("shop.api." + file.stem)
        router = getattr(module, "router", None)
        if router is not None:
            app.include_router(router)
load()
""",
    "listdir": """
import importlib, os
from fastapi import FastAPI
app = FastAPI()
folder = os.path.join(os.path.dirname(__file__), "api")
for name in os.listdir(folder):
    if name.endswith(".py"):
        app.include_router(importlib.import_module("shop.api." + name[:-3]).router)
""",
}


def listed(main: str, files: dict[str, str] = FILES) -> dict[str, bool]:
    project = project_of({**files, "shop/main.py": main})
    return {route["path"]: route["mounted"] for route in routes(project)}


@pytest.mark.parametrize("way", ["pkgutil-path", "walk-packages-in-function", "pathlib-glob"])
def test_the_named_router_of_every_module_is_included(way: str) -> None:
    found = listed(WAYS[way])
    assert {path for path, mounted in found.items() if mounted} == ROUTER_OF_EACH
    assert found["/drafts/"] is False
    assert found["/tools/count"] is False


def test_a_router_taken_from_the_call_itself() -> None:
    assert {path for path, mounted in listed(WAYS["listdir"]).items() if mounted} == ROUTER_OF_EACH


REGISTRY = """
import glob, importlib, os
from fastapi import APIRouter, FastAPI

class Quiet(APIRouter):
    def __init__(self, prefix="", automatic=True):
        self.automatic = automatic
        super().__init__(prefix=prefix)

class Registry:
    def __init__(self, app):
        self.app = app
        self.root = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))

    def files(self):
        return sorted(glob.glob(os.path.join(self.root, "*", "api", "[!_]*.py")))

    def found(self):
        out = []
        for file in self.files():
            module = importlib.import_module(file)
            for name, value in module.__dict__.items():
                if isinstance(value, APIRouter) and getattr(value, "automatic", True) and value.automatic:
                    out.append(value)
        return out

    def register(self):
        for router in self.found():
            self.app.include_router(router)
"""
REGISTERED = """
from fastapi import FastAPI
from shop.registry import Registry

def register_all(app):
    registry = Registry(app)
    registry.register()

def create():
    app = FastAPI()
    register_all(app)
    return app
"""


def test_a_class_that_looks_through_all_names_of_the_modules_takes_every_router() -> None:
    files = {**FILES, "shop/registry.py": REGISTRY}
    files["shop/api/off.py"] = (
        STOCK.replace("/stock", "/off")
        .replace('"/off"', '"/off", automatic=False')
        .replace("fastapi import APIRouter", "shop.registry import Quiet as APIRouter")
    )
    found = listed(REGISTERED, files)
    assert {path for path, mounted in found.items() if mounted} == {*ROUTER_OF_EACH, "/drafts/"}
    assert found["/off/count"] is False


def test_routers_that_are_found_do_not_shadow_one_another() -> None:
    found = [r["conditional"] for r in routes(project_of({**FILES, "shop/main.py": WAYS["pkgutil-path"]}))]
    assert found
    assert found[0] is True


def test_a_folder_that_is_not_known_includes_nothing() -> None:
    main = WAYS["pathlib-glob"].replace('Path(__file__).resolve().parent / "api"', "Path(input())")
    assert not any(listed(main).values())


def test_a_class_that_keeps_the_application_registers_on_it_later() -> None:
    main = """
from fastapi import FastAPI
from shop.api.orders import drafts
from shop.api import stock

class Setup:
    def __init__(self, target: FastAPI):
        self.target = target

    def add(self):
        self.target.include_router(stock.router, prefix="/v1")
        self.target.get("/ping")(ping)

def ping():
    return "pong"

app = FastAPI()
Setup(app).add()
"""
    found = listed(main)
    assert {path for path, mounted in found.items() if mounted} == {"/v1/stock/count", "/ping"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("os.path.dirname(__file__)", ("shop",)),
        ("os.path.join(os.path.dirname(__file__), '..', 'other/api')", ("other", "api")),
        ("Path(__file__).parents[1] / 'plugins'", ("plugins",)),
        ("Path(__file__).parent.joinpath('a', 'b')", ("shop", "a", "b")),
        ("HERE / 'api'", ("shop", "api")),
        ("Path(unknown)", None),
        ("HERE / unknown", None),
        ("Path(__file__).parents[7]", None),
    ],
)
def test_paths_are_followed_symbolically(text: str, expected: tuple[str, ...] | None) -> None:
    source = f"import os\nfrom pathlib import Path\nHERE = Path(__file__).parent\nresult = {text}\n"
    project = project_of({"shop/__init__.py": "", "shop/paths.py": source})
    assert symbolic_path(project, "shop/paths.py:", "result") == expected


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        (("shop", "*", "[!_]*.py"), "shop/api/orders.py", True),
        (("shop", "*", "[!_]*.py"), "shop/api/__init__.py", False),
        (("shop", "*.py"), "shop/api/orders.py", False),
        (("shop", "**", "*.py"), "shop/a/b/c.py", True),
        (("shop", "**", "*.py"), "shop/c.py", True),
        (("shop", "**", "*.py"), "shops/c.py", False),
    ],
)
def test_patterns_match_as_glob_does(pattern: tuple[str, ...], path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected
