"""The package keeps its own floors: imports only go down (src/layercheck/README.md draws them)."""

from __future__ import annotations

from pathlib import Path

from importlinter.cli import lint_imports

REPOSITORY = Path(__file__).parent.parent


def test_imports_only_go_down() -> None:
    assert lint_imports(config_filename=str(REPOSITORY / "pyproject.toml"), no_cache=True) == 0
