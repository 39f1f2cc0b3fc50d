"""The rows of files that are not Python: environment files, what is read as a whole, and the variables that scripts name."""

from __future__ import annotations

from typing import Any

from layercheck.facts.env_file import env_names, env_references, is_env_file, url_schemes
from layercheck.facts.expressions import Sealer
from layercheck.facts.places import pack
from layercheck.facts.project_file import keeps_text, names_variables, npm_packages, variable_names

_LIMIT = 1_000_000
"""Bytes of a project file that are kept; no README, settings or CI file that matters is larger."""


_SILENT = (
    "readme",
    ".gitignore",
    "constraints",
    "requirements",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "pixi.lock",
    "pipfile",
    "pylock.",
)
"""Project files in which a name in upper case says nothing about who reads it."""
StoredRow = tuple[str, tuple[Any, ...], bytes]


def document(path: str, data: bytes, sealer: Sealer | None = None) -> dict[str, list[StoredRow]]:
    """An EnvFile row of an environment file, a Document row, a Mentions row or both of any other."""
    text = data[:_LIMIT].decode("utf-8", "replace").replace("\r\n", "\n")
    if is_env_file(path):
        return {"EnvFile": [(f"{path}:", *_env_row(text))]}
    return _project_file(path, text if sealer is None else sealer.text(text))


def _project_file(path: str, text: str) -> dict[str, list[StoredRow]]:
    """The text of a file that is read as a whole, and the variables that it names; of a script the variables alone."""
    kind = path.rpartition("/")[2]
    rows: dict[str, list[StoredRow]] = {}
    kept = keeps_text(path) or not names_variables(path)
    if kept:
        rows["Document"] = [(f"{path}:", (kind, text), b"")]
    if not kept or not kind.lower().startswith(_SILENT):
        packages = npm_packages(text) if kind.lower() == "package.json" else ()
        rows["Mentions"] = [(f"{path}:", (variable_names(text), packages), b"")]
    return rows


def _env_row(text: str) -> tuple[tuple[Any, ...], bytes]:
    names, positions = env_names(text)
    return (names, url_schemes(text), env_references(text)), pack(positions)
