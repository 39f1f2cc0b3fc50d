"""Environment files: names without values, and which of them git keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from layercheck.config import Settings
from layercheck.engine import Engine
from layercheck.facts.env_file import env_names, is_env_file
from layercheck.facts.rows import EnvFile
from layercheck.queries.env_files import env_samples
from support import project_of, write_tree

TEXT = """# comment
SHOP_URL=https://shop.io
export SECRET="line one
NOT_A_NAME=of a value
end"
# OPTIONAL=1
EMPTY=
  spaced = 'x'
nothing
"""


def test_the_names_and_where_they_stand() -> None:
    names, positions = env_names(TEXT)
    assert names == (
        ("SHOP_URL", False, True),
        ("SECRET", False, True),
        ("OPTIONAL", True, True),
        ("EMPTY", False, False),
        ("spaced", False, True),
    )
    assert positions[4:8] == (2, 0, 2, 8)
    assert positions[12:16] == (6, 2, 6, 10)


def test_no_value_is_kept() -> None:
    project = project_of({".env": "PASSWORD=hunter2-hunter2\n"})
    row = next(project.all(EnvFile))
    assert row.names == (("PASSWORD", False, True),)
    assert "hunter2" not in repr(row)


@pytest.mark.parametrize("path", [".env", "a/.env.local", "prod.env", ".env.example", "env.sample", "template.env"])
def test_environment_files(path: str) -> None:
    assert is_env_file(path)


@pytest.mark.parametrize("path", ["README.md", ".gitignore", "requirements.txt", "Dockerfile", "environment.yml"])
def test_other_documents(path: str) -> None:
    assert not is_env_file(path)


def test_samples() -> None:
    assert env_samples(project_of({".env": "A=1\n", ".env.example": "A=\n", "api/template.env": "A=\n"})) == (
        ".env.example",
        "api/template.env",
    )


@pytest.mark.parametrize(("ignore", "found"), [(".env\n", 0), ("*.log\n", 1)])
def test_what_is_ignored_is_not_reported(tmp_path: Path, ignore: str, found: int) -> None:
    write_tree(tmp_path, {".gitignore": ignore, ".env": "SECRET_KEY=abc\n", "app.py": "x = 1\n"})
    engine = Engine(Settings(root=str(tmp_path), select=("LC211",)), jobs=1, use_cache=False)
    assert len(engine.findings_all()) == found
