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
