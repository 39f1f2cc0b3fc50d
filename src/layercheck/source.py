"""Bytes of one file in, rows out. Pure: no disk, no clock, no other file (law 1)."""

from __future__ import annotations

import marshal
from collections.abc import Callable
from typing import Any

from layercheck.facts.expressions import Sealer
from layercheck.facts.extract import Definition, StoredRow, extract_module
from layercheck.facts.places import pack
from layercheck.parsing import SourceDecodeError, decode, parse
from layercheck.patterns import pattern
from layercheck.suppress import scan
from layercheck.tuples import NamedTuple

_WORD = pattern(r"[^\W\d]\w*")


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
        from layercheck.facts.documents import document  # most files are not

        return Extracted(document(path, data, sealer), ())
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


def _sealed(text: str, sealer: Sealer | None) -> str:
    return text if sealer is None else sealer.text(text)


def _broken(path: str, line: int, column: int, reason: str, text: str, suppressions: tuple[Any, ...] = ()) -> Extracted:
    words = tuple(sorted(set(_WORD.findall(text))))
    return Extracted({"Broken": [(f"{path}:", (reason, words), pack((line, column, line, column + 1)))]}, suppressions)
