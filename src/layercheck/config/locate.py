"""Where the project begins, and which file configures it: never a question of which of its files are checked."""

from __future__ import annotations

import os

_PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py", "requirements.txt")


def find_root(start: str | os.PathLike[str]) -> tuple[str, str | None]:
    """(absolute root, its configuration file or None) for a checked file or folder.

    Upward from it: the nearest folder with a layercheck.toml or with a pyproject.toml that has `[tool.layercheck]`; else the
    nearest with .git; else the nearest with a Python project file; else the folder itself.
    Raises LayercheckError for a pyproject.toml that may configure layercheck but cannot be read.
    """
    folder = os.path.abspath(os.fspath(start))
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    git = project = None
    here = folder
    while True:
        found = os.path.join(here, "layercheck.toml")
        if os.path.isfile(found):
            return here, found
        found = os.path.join(here, "pyproject.toml")
        if os.path.isfile(found) and _configures(found):
            return here, found
        if git is None and os.path.exists(os.path.join(here, ".git")):
            git = here
        if project is None and any(os.path.isfile(os.path.join(here, name)) for name in _PROJECT_FILES):
            project = here
        parent = os.path.dirname(here)
        if parent == here:
            return git or project or folder, None
        here = parent


def find_project(start: str | os.PathLike[str]) -> str:
    """The root of a project that is configured from elsewhere: as `find_root`, without asking for a configuration."""
    folder = os.path.abspath(os.fspath(start))
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    for names in ((".git",), _PROJECT_FILES):
        here = folder
        while True:
            if any(os.path.exists(os.path.join(here, name)) for name in names):
                return here
            parent = os.path.dirname(here)
            if parent == here:
                break
            here = parent
    return folder


def _configures(path: str) -> bool:
    """Whether a pyproject.toml has the table; one that is broken has it where a line opens it."""
    from layercheck.config.toml import read_bytes

    content = read_bytes(path)
    if b"layercheck" not in content:
        return False
    import re
    import tomllib

    try:
        tool = tomllib.loads(content.decode("utf-8-sig")).get("tool")
    except (ValueError, RecursionError):
        return re.search(rb"^\s*\[\[?\s*tool\s*\.\s*layercheck(?![\w-])", content, re.MULTILINE) is not None
    return isinstance(tool, dict) and "layercheck" in tool
