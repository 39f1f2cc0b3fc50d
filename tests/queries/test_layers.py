"""Which layer a module has without configuration, and why: layouts of real backends, each in a few lines."""

from __future__ import annotations

import pytest

from layercheck.config.settings import LayerSettings
from layercheck.queries.depends import providers_of
from layercheck.queries.file_kinds import is_composition_root, is_script, is_test
from layercheck.queries.layers import fits, layer_of
from support import project_of

SESSION = """
from sqlalchemy import text
from sqlalchemy.orm import Session


class Tides:
    def __init__(self, session: Session):
        self.session = session

    def all(self):
        return self.session.execute(text("select * from tides")).all()
"""
ROUTES = """
from fastapi import APIRouter

{imports}
router = APIRouter()


@router.get("/tides")
def tides():
    return {call}
"""


def routes(imports: str = "", call: str = "[]") -> str:
    return ROUTES.format(imports=imports, call=call)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("harbour/repositories/page_views.py", "repositories"),
        ("harbour/services/tide_router.py", "services"),
        ("harbour/services/router.py", "services"),
        ("harbour/tides/page_views.py", "routes"),
        ("harbour/routers/tide_views.py", "routes"),
        ("harbour/services/tide_repository.py", "repositories"),
        ("harbour/repositories/tides.py", "repositories"),
        ("harbour/use_cases/tides.py", "services"),
        ("harbour/services/service_config.py", "services"),
        ("harbour/service_config.py", None),
        ("harbour/models/tide_service.py", "services"),
    ],
)
def test_names(path: str, expected: str | None) -> None:
    assert layer_of(project_of({path: SESSION}), path).name == expected


def test_a_router_in_a_folder_of_services_is_a_route() -> None:
    path = "harbour/services/tide_router.py"
    assert layer_of(project_of({path: routes()}), path).name == "routes"


CONTROLLERS = {
    "harbour/repositories/tides.py": SESSION,
    "harbour/controllers/__init__.py": "from harbour.controllers.tides import TideController\n",
    "harbour/controllers/tides.py": """
from harbour.repositories.tides import Tides


class TideController:
    def __init__(self, tides: Tides):
        self.tides = tides

    def late(self):
        return [tide for tide in self.tides.all() if tide.late]
""",
}


def test_controllers_that_routes_call_are_services() -> None:
    project = project_of(
        {
            **CONTROLLERS,
            "harbour/api/tides.py": routes(
                "from harbour.controllers import TideController", "TideController(None).late()"
            ),
        }
    )
    assert layer_of(project, "harbour/controllers/tides.py").name == "services"
    assert layer_of(project, "harbour/api/tides.py").name == "routes"


@pytest.mark.parametrize(
    "more",
    [
        {"harbour/api/tides.py": routes()},
        {
            "harbour/api/tides.py": routes("from harbour.controllers import TideController"),
            "harbour/controllers/boats.py": routes(),
        },
    ],
    ids=["nobody calls them", "another has path operations"],
)
def test_controllers_are_routes_otherwise(more: dict[str, str]) -> None:
    assert layer_of(project_of(CONTROLLERS | more), "harbour/controllers/tides.py").name == "routes"


def test_a_base_controller_among_routes_is_a_route() -> None:
    base = "harbour/routes/base_controllers.py"
    project = project_of(
        {
            base: SESSION,
            "harbour/routes/tides.py": routes("from harbour.routes.base_controllers import Tides"),
        }
    )
    assert layer_of(project, base).name == "routes"


def test_views_of_an_admin_panel_are_no_models() -> None:
    project = project_of(
        {
            "harbour/models.py": """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...

class Tide(Base):
    __tablename__ = "tides"
    id: Mapped[int] = mapped_column(primary_key=True)
""",
            "harbour/admin/models.py": """
from fastapi import Request
from sqladmin import ModelView

from harbour.models import Tide


class TideAdmin(ModelView, model=Tide):
    async def on_model_change(self, data: dict, model: Tide, is_created: bool, request: Request) -> None: ...
""",
        }
    )
    assert layer_of(project, "harbour/models.py").name == "models"
    assert layer_of(project, "harbour/admin/models.py").name is None


TABLE = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...

class Service(Base):
    __tablename__ = "services"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
SCHEMA = """
from pydantic import BaseModel

class Service(BaseModel):
    id: int
"""
CLIENT = """
from pydantic import BaseModel

class Invoice(BaseModel):
    id: int

class Payment(BaseModel):
    id: int

class Bank:
    def __init__(self, key: str): ...

    def pay(self, invoice: Invoice) -> Payment: ...
"""


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        ("salon/models/service.py", TABLE, "models"),
        ("salon/schemas/service.py", SCHEMA, "schemas"),
        ("salon/model/user_service.py", TABLE, "models"),
        ("salon/billing.py", SCHEMA, "schemas"),
        ("salon/billing.py", CLIENT, None),
        (
            "salon/billing.py",
            CLIENT.replace("class Bank:", "class Bank(str, Enum):").replace("\n", "\nfrom enum import Enum\n", 1),
            "schemas",
        ),
        ("salon/sync_schema.py", "def sync(): ...", None),
    ],
    ids=[
        "table",
        "schema",
        "singular",
        "schemas alone",
        "schemas and a client",
        "schemas and an enumeration",
        "a script",
    ],
)
def test_what_a_module_holds(path: str, code: str, expected: str | None) -> None:
    assert layer_of(project_of({path: code}), path).name == expected


BEARER = """
from fastapi import Request
from fastapi.security import HTTPBearer


class Bearer(HTTPBearer):
    async def __call__(self, request: Request):
        return await super().__call__(request)


class Tides:
    def all(self):
        return []
"""


@pytest.mark.parametrize(("dependency", "root"), [("Bearer()", True), ("Tides", False)])
def test_a_class_whose_instances_are_dependencies_makes_a_composition_root(dependency: str, root: bool) -> None:
    project = project_of(
        {
            "harbour/services/access.py": BEARER,
            "harbour/api.py": f"""
from fastapi import APIRouter, Depends

from harbour.services.access import Bearer, Tides

router = APIRouter(dependencies=[Depends({dependency})])
""",
        }
    )
    assert is_composition_root(project, "harbour/services/access.py") is root


@pytest.mark.parametrize(
    ("code", "test"),
    [
        (routes(), False),
        (
            "from fastapi import FastAPI\n\ndef test_it():\n    app = FastAPI()\n\n    @app.get('/x')\n    def x(): ...\n",
            True,
        ),
        (routes().replace("def tides", "def test_tides"), False),
    ],
    ids=["routes", "a test with a route of its own", "a route called test"],
)
def test_routes_in_a_file_named_like_a_test(code: str, test: bool) -> None:
    assert is_test(project_of({"harbour/test_tides.py": code}), "harbour/test_tides.py") is test


def test_a_product_whose_package_sounds_like_tests() -> None:
    app = "from fastapi import FastAPI\n\napp = FastAPI()\n"
    inside = "def test_it():\n    assert True\n"
    files = {
        "test_observer/__init__.py": "",
        "test_observer/main.py": app,
        "test_observer/models.py": "ROWS = []\n",
        "test_observer/test_results/__init__.py": "",
        "test_observer/test_results/rows.py": "ROWS = []\n",
        "test_observer/tests/__init__.py": "",
        "test_observer/tests/test_models.py": inside,
        "shop/test_results/__init__.py": "",
        "shop/test_results/views.py": routes(),
        "shop/test_results/rows.py": "ROWS = []\n",
        "test_support/__init__.py": "",
        "test_support/helpers.py": "ROWS = []\n",
        "load_tests/__init__.py": "",
        "load_tests/conftest.py": "",
        "load_tests/main.py": app,
    }
    project = project_of(files)
    assert {path for path in files if is_test(project, path)} == {
        "test_observer/tests/__init__.py",
        "test_observer/tests/test_models.py",
        "test_support/__init__.py",
        "test_support/helpers.py",
        "load_tests/__init__.py",
        "load_tests/conftest.py",
        "load_tests/main.py",
    }


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("harbour.managers.*", "harbour/managers/tides.py", True),
        ("harbour.managers.*", "backend/harbour/managers/tides.py", True),
        ("backend.harbour.managers.*", "backend/harbour/managers/tides.py", True),
        ("harbour.managers", "backend/harbour/managers/tides.py", True),
        ("harbour.managers", "backend/harbour/managers/__init__.py", True),
        ("harbour.managers.tides", "backend/harbour/managers/tides.py", True),
        ("harbour.managers.tide", "backend/harbour/managers/tides.py", False),
        ("harbour.*.tides", "harbour/managers/tides.py", True),
        ("managers", "harbour/managers/tides.py", False),
        ("harbour/managers/**", "harbour/managers/tides.py", True),
        ("harbour/managers", "harbour/managers/tides.py", True),
        ("harbour/managers/*.py", "harbour/managers/deep/tides.py", False),
        ("tides.py", "harbour/managers/tides.py", True),
    ],
)
def test_configured_patterns(pattern: str, path: str, expected: bool) -> None:
    """Dotted names are those that are imported, as `layercheck layers` shows them, or those from the project's root."""
    home = path.partition("harbour/")[0]
    project = project_of({f"{home}harbour/__init__.py": "", f"{home}pyproject.toml": "", path: TABLE})
    assert fits(project, path, pattern) is expected


def test_configuration_beats_what_a_module_does() -> None:
    project = project_of(
        {"backend/pyproject.toml": "", "backend/harbour/managers/tides.py": TABLE},
        layers=LayerSettings(modules=(("services", ("harbour.managers",)),)),
    )
    assert layer_of(project, "backend/harbour/managers/tides.py").name == "services"


@pytest.mark.parametrize(
    ("path", "code", "script"),
    [
        ("setup.py", "from setuptools import setup\n\nsetup()\n", True),
        ("harbour/tracing/setup.py", "ready = False\n", False),
        ("harbour/scripts/setup.py", "ready = False\n", True),
        ("harbour/manage.py", "ready = False\n", True),
    ],
)
def test_which_setup_is_a_script(path: str, code: str, script: bool) -> None:
    assert is_script(project_of({path: code}), path) is script


def test_the_providers_that_a_file_defines() -> None:
    project = project_of(
        {
            "app/deps.py": "def user(): ...\ndef unused(): ...\n",
            "app/deps_more.py": "def other(): ...\n",
            "app/routes.py": (
                "from fastapi import APIRouter, Depends\nfrom app.deps import user\nfrom app.deps_more import other\n"
                "router = APIRouter()\n@router.get('/x')\ndef x(a=Depends(user), b=Depends(other)): ...\n"
            ),
        }
    )
    assert providers_of(project, "app/deps.py") == frozenset({"app/deps.py:user"})
    assert providers_of(project, "app/deps_more.py") == frozenset({"app/deps_more.py:other"})
    assert providers_of(project, "app/routes.py") == frozenset()
    assert is_composition_root(project, "app/deps.py")
    assert not is_composition_root(project, "app/routes.py")
