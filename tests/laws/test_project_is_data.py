"""Law 9: the analysed project is data. It is not imported, nothing outside it is read, nothing in it is written."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from support import read_tree, write_tree

CHILD = Path(__file__).with_name("child.py")
TRAP = "import pathlib\npathlib.Path({marker!r}).write_text(__name__)\n"
NAMES = (
    "json",
    "click",
    "tomllib",
    "typing",
    "pathspec",
    "sitecustomize",
    "usercustomize",
    "conftest",
    "setup",
    "layercheck_plugin",
    "marshal",
)


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A project every module of which writes a file outside it when it is executed, with roads that lead out."""
    root = tmp_path / "project"
    trap = TRAP.format(marker=str(tmp_path / "executed"))
    files = {f"{name}.py": trap for name in NAMES}
    files |= {
        "app/__init__.py": trap,
        "app/routes.py": trap
        + "from fastapi import APIRouter\nrouter = APIRouter()\n\n\n@router.get('/')\ndef home():\n    print(1)\n",
        "app/services.py": trap + "from app.routes import home\nfrom sqlalchemy.orm import Session\n",
        "app/models.py": trap + "import sqlalchemy\n",
        "alembic/env.py": trap + "from alembic import context\n",
        "alembic/versions/1_a.py": trap + "revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n    pass\n",
        "alembic.ini": "[alembic]\nscript_location = ../elsewhere\n",
        "pyproject.toml": "[tool.layercheck]\nprofile = 'strict'\n\n[tool.pytest.ini_options]\npythonpath = ['..']\n",
        ".env": "SECRET=1\n",
        "README.md": "# Project\n\n[out](../outside/secret.py)\n",
    }
    write_tree(root, files)
    outside = write_tree(
        tmp_path / "outside", {"secret.py": "SECRET = 1\n", "pkg/__init__.py": "", "pkg/mod.py": "X = 1\n"}
    )
    (root / "app" / "linked.py").symlink_to(outside / "secret.py")
    (root / "linked_folder").symlink_to(outside / "pkg", target_is_directory=True)
    (root / "loop").symlink_to(root, target_is_directory=True)
    return root


def test_nothing_is_executed_written_or_read_elsewhere(trapped: Path, tmp_path: Path) -> None:
    before = fingerprints(trapped)
    cache = tmp_path / "cache"
    command = [sys.executable, str(CHILD), "watch", str(trapped), str(cache)]
    done = subprocess.run(command, cwd=trapped, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["findings"] > 3
    assert not (tmp_path / "executed").exists()
    assert fingerprints(trapped) == before
    assert "app" not in seen["modules"]
    own = str(trapped) + os.sep
    libraries = tuple({*map(os.path.abspath, (p for p in sys.path if p)), sys.prefix, sysconfig.get_path("stdlib")})
    for what, where in seen["events"]:
        inside = where.startswith(own) or where == str(trapped)
        if what in ("write", "change"):
            assert where.startswith(str(cache)), f"{what} {where}"
        elif what in ("read", "list"):
            real = os.path.realpath(where)
            assert (inside and real.startswith(own.rstrip(os.sep))) or where.startswith((str(cache), *libraries)), (
                f"{what} {where}"
            )
        else:
            pytest.fail(f"{what} {where}")


def test_the_command_executes_nothing_of_the_folder_it_runs_in(trapped: Path, tmp_path: Path) -> None:
    """`python -m` puts the working folder first on sys.path; its json.py is not ours."""
    environment = {
        **os.environ,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "LAYERCHECK_CACHE_DIR": str(tmp_path / "cache"),
    }
    command = [sys.executable, "-m", "layercheck", "check", "--exit-zero", "--output-format", "json", "."]
    done = subprocess.run(
        command, cwd=trapped, env=environment, capture_output=True, encoding="utf-8", timeout=300, check=False
    )
    assert not (tmp_path / "executed").exists(), (tmp_path / "executed").read_text()
    assert done.returncode == 0, done.stderr


def test_a_cache_that_came_with_the_project_is_not_read(trapped: Path, tmp_path: Path) -> None:
    """marshal must not read what a repository brings along."""
    inside = trapped / ".layercheck"
    command = [sys.executable, str(CHILD), "report", str(trapped), "1", str(tmp_path / "cache"), ""]
    subprocess.run(command, capture_output=True, timeout=300, check=True)
    (stored,) = (tmp_path / "cache").glob("*.cache")
    inside.mkdir()
    (inside / stored.name).write_bytes(stored.read_bytes())
    command[-2] = str(inside)
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=True)
    assert any("not used" in text for _, text in json.loads(done.stdout)["problems"])


def fingerprints(root: Path) -> dict[str, str]:
    return {
        path: hashlib.sha256(data).hexdigest() for path, data in read_tree(root).items() if not path.startswith("loop")
    }
