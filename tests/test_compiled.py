"""What docs/compiled.md says of compiled wheels, as far as it can be told without compiling one (`nox -s compiled` does)."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
BUILD: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
HOOK = BUILD["targets"]["wheel"]["hooks"]["mypyc"]


def compiled() -> list[Path]:
    found = {path for pattern in HOOK["include"] for path in ROOT.glob(pattern)}
    return sorted(path for path in found if not any(path.match(pattern) for pattern in HOOK["exclude"]))


def test_nobody_compiles_without_asking() -> None:
    assert HOOK["enable-by-default"] is False


def test_every_pattern_names_files() -> None:
    assert all(list(ROOT.glob(pattern)) for pattern in [*HOOK["include"], *HOOK["exclude"]])


def test_rules_and_what_starts_a_run_stay_python() -> None:
    names = {path.relative_to(ROOT / "src/layercheck").as_posix() for path in compiled()}
    assert "project.py" in names
    assert not [name for name in names if name.startswith(("rules/", "knowledge/", "adapters/"))]
    assert names.isdisjoint({"__main__.py", "warm.py", "previous.py", "tuples.py", "own_code.py"})


def stars(tree: ast.AST) -> list[int]:
    """The lines of patterns that give a name to the rest of a sequence: a tuple when compiled, a list otherwise."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.MatchStar) and node.name is not None]


def test_what_gives_a_name_to_the_rest_is_seen() -> None:
    assert stars(ast.parse("match x:\n    case (1, *_):\n        pass\n    case (1, *rest):\n        pass\n")) == [4]


@pytest.mark.parametrize("path", compiled(), ids=lambda path: path.relative_to(ROOT / "src/layercheck").as_posix())
def test_no_pattern_gives_a_name_to_the_rest(path: Path) -> None:
    assert stars(ast.parse(path.read_text(encoding="utf-8"))) == []
