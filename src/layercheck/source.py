"""Bytes of one file in, rows out. Pure: no disk, no clock, no other file (law 1)."""

from __future__ import annotations

import marshal
from collections.abc import Callable
from typing import Any

from layercheck.facts.env_file import env_names, env_references, is_env_file, url_schemes
from layercheck.facts.expressions import Sealer
from layercheck.facts.extract import Definition, StoredRow, extract_module
from layercheck.facts.places import pack
from layercheck.facts.project_file import keeps_text, names_variables, npm_packages, variable_names
from layercheck.parsing import SourceDecodeError, decode, parse
from layercheck.patterns import pattern
from layercheck.suppress import scan
from layercheck.tuples import NamedTuple

_WORD = pattern(r"[^\W\d]\w*")
_DOCUMENT_LIMIT = 1_000_000
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


class Extracted(NamedTuple):
    """Everything that is known of a file by itself; plain values that marshal as they are, but for what `code` made."""

    rows: dict[str, list[StoredRow]]
    suppressions: tuple[Any, ...]


def extract(
    path: str,
    data: bytes,
    sealer: Sealer | None = None,
    definitions: list[Definition] | None = None,
    code: Callable[[tuple[Any, ...]], Any] = marshal.dumps,
) -> Extracted:
    """The rows and suppression comments of a file.

    `path` is relative to the project root. Files that are not Python become a Document row, a Mentions row or both,
    environment files an EnvFile row. A Python file that cannot be decoded or parsed becomes a Broken row that says where and why, and nothing else.
    `definitions` and `code`: as in `extract_module`; the list stays empty when the file has syntax that is newer than the host's.
    """
    if not path.endswith(".py"):
        text = data[:_DOCUMENT_LIMIT].decode("utf-8", "replace").replace("\r\n", "\n")
        if is_env_file(path):
            return Extracted({"EnvFile": [(f"{path}:", *_env_row(text))]}, ())
        return Extracted(_project_file(path, _sealed(text, sealer)), ())
    try:
        text = decode(data)
    except SourceDecodeError as error:
        return _broken(path, error.lineno or 1, 0, str(error.msg), _sealed(data.decode("latin-1"), sealer))
    try:
        tree = parse(text, path)
    except SyntaxError as error:
        line = min(max(error.lineno or 1, 1), text.count("\n") + 1)
        return _broken(path, line, max((error.offset or 1) - 1, 0), error.msg, _sealed(text, sealer), scan(text))
    rows = extract_module(path, text, tree, sealer, definitions, code)
    if definitions and hasattr(tree, "recovered"):
        definitions.clear()
    rows["Source"].append(source_row(path, text))
    return Extracted(rows, scan(text, tree))


def source_row(path: str, text: str) -> StoredRow:
    """The text of a file in figures."""
    lines = text.split("\n")
    return f"{path}:", (len(lines), code_lines(lines)), pack((1, 0, 1, len(lines[0])))


def code_lines(lines: list[str]) -> int:
    """How many lines are neither blank nor a comment."""
    stripped = [*map(str.lstrip, lines)]
    comments = "\n".join(["", *stripped]).count("\n#")
    return len(lines) - stripped.count("") - comments


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


def _sealed(text: str, sealer: Sealer | None) -> str:
    return text if sealer is None else sealer.text(text)


def _env_row(text: str) -> tuple[tuple[Any, ...], bytes]:
    names, positions = env_names(text)
    return (names, url_schemes(text), env_references(text)), pack(positions)


def _broken(path: str, line: int, column: int, reason: str, text: str, suppressions: tuple[Any, ...] = ()) -> Extracted:
    words = tuple(sorted(set(_WORD.findall(text))))
    return Extracted({"Broken": [(f"{path}:", (reason, words), pack((line, column, line, column + 1)))]}, suppressions)
