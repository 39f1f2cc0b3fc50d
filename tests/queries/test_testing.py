"""What tests do: the routes that they request, what they expect, their fixtures, and what they put in the place of providers."""

from __future__ import annotations

import pytest

from layercheck.queries.fixtures import fixtures_in, fixtures_of, overrides
from layercheck.queries.testing import requests_in
from layercheck.views.deps import dependency_tree
from layercheck.views.routes import routes
from support import project_of

MAIN = """
from fastapi import Depends, FastAPI

app = FastAPI()

def get_db():
    yield 1

def get_user(db=Depends(get_db)):
    return 1

@app.get("/users/{user_id}")
def read_user(user_id: int, user=Depends(get_user)):
    return user

@app.post("/users", status_code=201)
def create_user(user=Depends(get_user)):
    return user

@app.delete("/users/{user_id}")
def delete_user(user_id: int):
    return None
"""


def project_with(test: str, **more: str):
    return project_of({"app/__init__.py": "", "app/main.py": MAIN, "tests/test_users.py": test, **more})


def sent(test: str) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(r.method, r.path, r.statuses) for r in requests_in(project_with(test), "tests/test_users.py")]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (
            'def test_a(client):\n    made = client.post("/users", json={})\n    assert made.status_code == 201\n'
            '    read = client.get("/users/1")\n    assert read.status_code == 404\n',
            [("POST", "/users", (201,)), ("GET", "/users/1", (404,))],
        ),
        (
            'def test_a(api):\n    r = api.get("/users/1")\n    assert 200 == r.status_code\n    r = api.get("/users/2")\n    assert r.status_code in (404, 410)\n',
            [("GET", "/users/1", (200,)), ("GET", "/users/2", (404, 410))],
        ),
        (
            'async def test_a(ac):\n    answer = await ac.get("/users/1")\n    assert answer.status_code == 200\n',
            [("GET", "/users/1", (200,))],
        ),
        ('def test_a(c):\n    assert c.get("/users/1").status_code == 200\n', [("GET", "/users/1", (200,))]),
        (
            'import pytest\n@pytest.mark.parametrize("path, status", [("/users/1", 200), pytest.param("/users/x", 422, id="bad")])\n'
            "def test_a(c, path, status):\n    r = c.get(path)\n    assert r.status_code == status\n",
            [("GET", "/users/1", (200,)), ("GET", "/users/x", (422,))],
        ),
        (
            'import pytest\n@pytest.mark.parametrize("status", [400, 409])\n@pytest.mark.parametrize(["name"], [("a",)])\n'
            'def test_a(c, status, name):\n    r = c.post("/users")\n    assert r.status_code == status\n',
            [("POST", "/users", (400,)), ("POST", "/users", (409,))],
        ),
        (
            'def test_a(app, c):\n    url = app.url_path_for("read_user", user_id=1)\n    c.get(url)\n',
            [("GET", "read_user", ())],
        ),
    ],
)
def test_requests_and_what_is_expected_of_each(test: str, expected: list[tuple[str, str, tuple[int, ...]]]) -> None:
    assert sent(test) == expected


CONFTEST = """
import pytest
from fastapi.testclient import TestClient
from app.main import app

@pytest.fixture(scope="session")
def client():
    return TestClient(app)

@pytest.fixture(autouse=True)
def clean():
    yield

@pytest.fixture(name="somebody")
def make_somebody(client):
    client.post("/users")
    return 1

@pytest.fixture
def unused(somebody):
    return 2
"""
USING = """
import pytest
from tests.helpers import removed

@pytest.mark.usefixtures("somebody")
def test_marked():
    pass

def test_asking(client, somebody):
    client.get(f"/users/{somebody}")

def test_helper(client):
    removed(client)

class TestMany:
    def test_in_class(self, client):
        self.check(client)

    def check(self, client):
        client.get("/users/7")
"""
HELPERS = """
def removed(client):
    inner(client)

def inner(client):
    client.delete("/users/1")
"""


def used():
    return project_with(USING, **{"tests/__init__.py": "", "tests/conftest.py": CONFTEST, "tests/helpers.py": HELPERS})


def test_fixtures_are_read() -> None:
    found = fixtures_in(used(), "tests/conftest.py")
    assert [(f.name, f.scope, f.autouse, f.asks) for f in found] == [
        ("client", "session", False, ()),
        ("clean", "function", True, ()),
        ("somebody", "function", False, ("client",)),
        ("unused", "function", False, ("somebody",)),
    ]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("test_marked", {"client", "clean", "make_somebody"}),
        ("test_asking", {"client", "clean", "make_somebody"}),
        ("test_helper", {"client", "clean"}),
        ("TestMany.test_in_class", {"client", "clean"}),
    ],
)
def test_the_fixtures_of_a_test(test: str, expected: set[str]) -> None:
    found = fixtures_of(used(), f"tests/test_users.py:{test}")
    assert {key.rpartition(":")[2] for key in found} == expected


def test_the_nearest_fixture_wins() -> None:
    near = "import pytest\n@pytest.fixture\ndef client():\n    return 1\n\ndef test_a(client):\n    pass\n"
    project = project_with(near, **{"tests/conftest.py": CONFTEST})
    assert fixtures_of(project, "tests/test_users.py:test_a")[0] == "tests/test_users.py:client"


def test_routes_name_the_tests_behind_fixtures_and_helpers() -> None:
    table = {(r["method"], r["path"]): {t.rpartition(":")[2] for t in r["tests"]} for r in routes(used())}
    assert table == {
        ("GET", "/users/{user_id}"): {"test_asking", "TestMany.test_in_class"},
        ("POST", "/users"): {"test_marked", "test_asking"},
        ("DELETE", "/users/{user_id}"): {"test_helper"},
    }


FAKES = "from app.main import app, get_db\n\ndef fake_db():\n    return 2\n\n"


@pytest.mark.parametrize(
    "code",
    [
        "app.dependency_overrides[get_db] = fake_db\n",
        "def test_a():\n    app.dependency_overrides[get_db] = fake_db\n",
        "app.dependency_overrides = {get_db: fake_db}\n",
        "app.dependency_overrides |= {get_db: fake_db}\n",
        "app.dependency_overrides.update({get_db: fake_db})\n",
        "app.dependency_overrides.setdefault(get_db, fake_db)\n",
        "def test_a(monkeypatch):\n    monkeypatch.setitem(app.dependency_overrides, get_db, fake_db)\n",
        "def test_a(mocker):\n    mocker.patch.dict(app.dependency_overrides, {get_db: fake_db})\n",
    ],
)
def test_overrides(code: str) -> None:
    found = overrides(project_with(FAKES + code))
    assert [(o.provider, o.replacement) for o in found] == [("app/main.py:get_db", "tests/test_users.py:fake_db")]


def test_an_override_by_a_lambda_and_one_of_a_container() -> None:
    container = (
        "from dependency_injector import containers, providers\n\ndef make():\n    return 1\n\n"
        "class Container(containers.DeclarativeContainer):\n    thing = providers.Factory(make)\n"
    )
    code = (
        FAKES + "from app.container import Container\napp.dependency_overrides[get_db] = lambda: 1\n"
        "def test_a():\n    container = Container()\n    with container.thing.override(fake_db()):\n        pass\n"
    )
    found = overrides(project_with(code, **{"app/container.py": container}))
    assert {(o.provider, o.replacement) for o in found} == {
        ("app/main.py:get_db", None),
        ("app/container.py:make", "tests/test_users.py:fake_db"),
    }


def test_the_tree_of_dependencies_shows_what_stands_in() -> None:
    project = project_with(FAKES + "app.dependency_overrides[get_db] = fake_db\n")
    user = dependency_tree(project, "app/main.py:create_user")["dependencies"][0]
    assert user["overridden"] == []
    assert user["dependencies"][0]["overridden"] == ["tests/test_users.py:fake_db"]
