"""Which file an import means in repositories of several applications."""

from __future__ import annotations

import pytest

from layercheck.queries.modules import find_module
from support import project_of

SERVICES = {
    "backend/orders/pyproject.toml": "",
    "backend/orders/main.py": "from shared.answers import Answer",
    "backend/users/pyproject.toml": "",
    "backend/users/main.py": "import settings",
    "backend/users/settings.py": "",
    "backend/settings.py": "",
    "backend/shared/pyproject.toml": "",
    "backend/shared/answers.py": "class Answer: ...",
}


@pytest.mark.parametrize(
    ("folder", "dotted", "module"),
    [
        ("backend/orders", "shared.answers", "backend/shared/answers.py:"),
        ("backend/orders/api", "shared.answers", "backend/shared/answers.py:"),
        ("backend/users", "settings", "backend/users/settings.py:"),
        ("backend/orders", "elsewhere.answers", None),
    ],
)
def test_services_share_what_lies_beside_them(folder: str, dotted: str, module: str | None) -> None:
    assert find_module(project_of(SERVICES), folder, dotted) == module


def test_inside_a_package_nothing_lies_beside() -> None:
    files = {"app/__init__.py": "", "app/core/pyproject.toml": "", "app/core/main.py": "", "app/redis.py": ""}
    assert find_module(project_of(files), "app/core", "redis") is None


STARTED_INSIDE = {
    "alembic.ini": "",
    "migrations/env.py": "from shop.settings import url",
    "tests/test_orders.py": "from main import app",
    "shop/__init__.py": "",
    "shop/settings.py": "",
    "shop/main.py": "from orders.routes import router\nfrom settings import url",
    "shop/orders/__init__.py": "",
    "shop/orders/routes.py": "from common.tables import Base",
    "shop/common/__init__.py": "",
    "shop/common/tables.py": "class Base: ...",
}


@pytest.mark.parametrize(
    ("folder", "dotted", "module"),
    [
        ("shop", "orders.routes", "shop/orders/routes.py:"),
        ("shop/orders", "common.tables", "shop/common/tables.py:"),
        ("shop/orders", "shop.common.tables", "shop/common/tables.py:"),
        ("tests", "main", "shop/main.py:"),
    ],
)
def test_a_package_may_also_be_the_folder_the_application_is_started_in(folder: str, dotted: str, module: str) -> None:
    assert find_module(project_of(STARTED_INSIDE), folder, dotted) == module


@pytest.mark.parametrize(
    "imports",
    [
        "from redis import Redis\nfrom celery import Celery\nimport email",
        "from redis.client import Redis",
        "from redis.client import Redis\nfrom types import SimpleNamespace\nfrom . import config",
    ],
)
def test_a_module_of_a_package_does_not_stand_for_the_installed_one_of_its_name(imports: str) -> None:
    files = {
        "run.py": "from app.tasks import queue",
        "app/__init__.py": "",
        "app/config.py": "",
        "app/email.py": "",
        "app/types/__init__.py": "",
        "app/types/simple.py": "",
        "app/celery.py": imports,
        "app/tasks.py": imports,
        "app/redis/__init__.py": "",
        "app/redis/client.py": "",
    }
    assert find_module(project_of(files), "app", "redis.client") is None
    assert find_module(project_of(files), "app", "celery") is None
