"""Requirement and lock files: names, groups, and how far each package is pinned."""

from __future__ import annotations

import pytest

from layercheck.queries.requirements import pinning, requirements
from support import project_of

TXT = """
# what we need
-r base.txt
--extra-index-url https://example.invalid/simple
FastAPI[all]>=0.110,<1 ; python_version > "3.8"  # web
sqlalchemy==2.0.30 --hash=sha256:abc
Typing_Extensions
uvicorn ~= 0.29
private @ git+https://example.invalid/private.git@abc
-e ./local
https://example.invalid/some.whl
"""
COMPILED = """
anyio==4.3.0
    # via
    #   httpx
    #   starlette
httpx==0.27.0 \\
    --hash=sha256:abc
    # via -r requirements.in
fastapi==0.110.0
    # via shop (pyproject.toml)
"""
PYPROJECT = """
[project]
name = "shop"
dependencies = ["fastapi>=0.110", "pydantic==2.*"]
[project.optional-dependencies]
postgres = ["asyncpg"]
[dependency-groups]
dev = ["pytest<9", { include-group = "lint" }]
lint = ["ruff==0.5.0"]
[tool.uv]
dev-dependencies = ["mypy"]
"""
POETRY = """
[tool.poetry.dependencies]
python = "^3.11"
fastapi = "^0.110"
httpx = { version = "0.27.0", extras = ["http2"] }
own = { git = "https://example.invalid/own.git" }
sentry-sdk = { version = "*", optional = true }
[tool.poetry.group.dev.dependencies]
pytest = ">=8"
"""


def found(path: str, text: str) -> list[tuple[str, str, str, bool]]:
    return [(r.name, r.pinned, r.group, r.direct) for r in requirements(project_of({path: text}))]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "requirements.txt",
            TXT,
            [
                ("fastapi", "bounded", "", True),
                ("sqlalchemy", "exact", "", True),
                ("typing-extensions", "free", "", True),
                ("uvicorn", "bounded", "", True),
                ("private", "exact", "", True),
            ],
        ),
        (
            "requirements.txt",
            COMPILED,
            [("anyio", "exact", "", False), ("httpx", "exact", "", True), ("fastapi", "exact", "", True)],
        ),
        ("requirements-dev.txt", "pytest\n", [("pytest", "free", "dev", True)]),
        ("requirements/base.in", "redis>5\n", [("redis", "lower", "", True)]),
        (
            "pyproject.toml",
            PYPROJECT,
            [
                ("fastapi", "lower", "", True),
                ("pydantic", "bounded", "", True),
                ("asyncpg", "free", "postgres", True),
                ("pytest", "bounded", "dev", True),
                ("ruff", "exact", "lint", True),
                ("mypy", "free", "dev", True),
            ],
        ),
        (
            "pyproject.toml",
            POETRY,
            [
                ("fastapi", "bounded", "", True),
                ("httpx", "exact", "", True),
                ("own", "exact", "", True),
                ("sentry-sdk", "free", "optional", True),
                ("pytest", "lower", "dev", True),
            ],
        ),
        (
            "Pipfile",
            '[packages]\nflask = "*"\n[dev-packages]\npytest = "==8.0"\n',
            [("flask", "free", "", True), ("pytest", "exact", "dev", True)],
        ),
        (
            "setup.cfg",
            "[options]\ninstall_requires =\n    flask>=2\n[options.extras_require]\ntest = pytest\n",
            [("flask", "lower", "", True), ("pytest", "free", "test", True)],
        ),
        ("uv.lock", '[[package]]\nname = "Fast_API"\nversion = "1.0"\n', [("fast-api", "exact", "", False)]),
        ("pylock.toml", '[[packages]]\nname = "attrs"\nversion = "1.0"\n', [("attrs", "exact", "", False)]),
        ("Pipfile.lock", '{"default": {"flask": {"version": "==3.0"}}}', [("flask", "exact", "", False)]),
    ],
)
def test_what_is_asked_for(path: str, text: str, expected: list[tuple[str, str, str, bool]]) -> None:
    assert found(path, text) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "not toml ["),
        ("pyproject.toml", "[project]\ndependencies = 3\n"),
        ("poetry.lock", "[[package]]\nversion = '1'\n"),
        ("Pipfile.lock", "[]"),
        ("setup.cfg", "no section\n"),
        ("README.md", "fastapi==1.0\n"),
    ],
)
def test_files_that_say_nothing(path: str, text: str) -> None:
    assert found(path, text) == []


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("", "free"), ("*", "free"), ("==1.2", "exact"), ("===1.2", "exact"), ("== 1.*", "bounded"), ("1.2.3", "exact"), ("1.*", "bounded"),
        ("^1.2", "bounded"), ("~1.2", "bounded"), ("~=1.2", "bounded"), (">=1", "lower"), (">1,!=1.5", "lower"), (">=1,<2", "bounded"),
        ("@ git+https://x", "exact"), ("==1.0,!=1.1", "bounded"),
    ],
)  # fmt: skip
def test_how_far_a_specifier_pins(spec: str, expected: str) -> None:
    assert pinning(spec) == expected
