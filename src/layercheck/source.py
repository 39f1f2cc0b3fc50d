"""Bytes of one file in, rows out. Pure: no disk, no clock, no other file (law 1)."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from layercheck.facts.env_file import env_names, is_env_file, url_schemes
from layercheck.facts.extract import Extractor
from layercheck.knowledge.names import GENERATED_MARKERS
from layercheck.parsing import SourceDecodeError, decode, parse
from layercheck.suppress import scan

StoredRow = tuple[str, tuple[Any, ...], tuple[int, ...]]

_WORD = re.compile(r"[^\W\d]\w*")
_DOCUMENT_LIMIT = 1_000_000
"""Bytes of a project file that are kept; no README, settings or CI file that matters is larger."""


class Extracted(NamedTuple):
    """Everything that is known of a file by itself; plain values that marshal as they are."""

    rows: dict[str, list[StoredRow]]
    suppressions: tuple[Any, ...]


def extract(path: str, data: bytes) -> Extracted:
    """The rows and suppression comments of a file.

    `path` is relative to the project root. Files that are not Python become a Document row, environment files an EnvFile row. A Python file that cannot be
    decoded or parsed becomes a Broken row that says where and why, and nothing else.
    """
    if not path.endswith(".py"):
        text = data[:_DOCUMENT_LIMIT].decode("utf-8", "replace").replace("\r\n", "\n")
        if is_env_file(path):
            return Extracted({"EnvFile": [(f"{path}:", *_env_row(text))]}, ())
        kind = path.rpartition("/")[2]
        return Extracted({"Document": [(f"{path}:", (kind, text), ())]}, ())
    try:
        text = decode(data)
    except SourceDecodeError as error:
        return _broken(path, error.lineno or 1, 0, str(error.msg), data.decode("latin-1"))
    try:
        tree = parse(text, path)
    except SyntaxError as error:
        line = min(max(error.lineno or 1, 1), text.count("\n") + 1)
        return _broken(path, line, max((error.offset or 1) - 1, 0), error.msg, text, scan(text))
    extractor = Extractor(path, text)
    extractor.module(tree)
    suppressions = scan(text, tree)
    lines = text.split("\n")
    code = 0
    for line_text in lines:
        stripped = line_text.lstrip()
        if stripped and stripped[0] != "#":
            code += 1
    head = "\n".join(lines[:8]).lower()
    generated = any(mark in head for mark in GENERATED_MARKERS) and "#" in head
    extractor.rows["Source"].append((f"{path}:", (len(lines), code, generated), (1, 0, 1, len(lines[0]))))
    return Extracted(extractor.rows, suppressions)


def _env_row(text: str) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    names, positions = env_names(text)
    return (names, url_schemes(text)), positions


def _broken(path: str, line: int, column: int, reason: str, text: str, suppressions: tuple[Any, ...] = ()) -> Extracted:
    words = tuple(sorted(set(_WORD.findall(text))))
    return Extracted({"Broken": [(f"{path}:", (reason, words), (line, column, line, column + 1))]}, suppressions)
