"""Reads a TOML file, and remembers where its keys stand so that an error can say the line."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from layercheck.model import LayercheckError

Keys = tuple[str | int, ...]
"""The way to a value in a table: names, and ordinals in arrays of tables."""


def read_bytes(path: str) -> bytes:
    """The content of a configuration file. Raises LayercheckError when it cannot be read."""
    try:
        with open(path, "rb") as handle:
            return handle.read()
    except OSError as error:
        raise LayercheckError(f"{path}: cannot be read: {error.strerror}") from None


class Document:
    """One configuration file: `table` holds layercheck's own keys."""

    def __init__(self, path: str) -> None:
        """Read it. Raises LayercheckError with file, line and column for what is no UTF-8 or no TOML."""
        self.path = path
        self.folder = os.path.dirname(path)
        self.text = _decode(path, read_bytes(path))
        data = _parse(path, self.text)
        self.prefix: Keys = ()
        self.table: dict[str, Any] = data
        pyproject = os.path.basename(path) == "pyproject.toml"
        if pyproject or "tool" in data:
            self.prefix = ("tool", "layercheck")
            tool = data.get("tool", {})
            self.table = tool.get("layercheck", {}) if isinstance(tool, dict) else {}
            if not isinstance(self.table, dict):
                raise self.error((), f"tool.layercheck must be a table, not {kind(self.table)}")

    def error(self, keys: Keys, text: str, value: str | None = None) -> LayercheckError:
        """The error to raise about a key (its way from layercheck's own table), or about a string in its value."""
        line = self.line(keys, value)
        return LayercheckError(f"{self.path}:{line}: {text}" if line else f"{self.path}: {text}")

    def line(self, keys: Keys, value: str | None = None) -> int | None:
        """The line of a key or, where that is not to be found, of the table around it; of a quoted string in its value."""
        lines = _key_lines(self.text)
        way = (*self.prefix, *keys)
        while way and way not in lines:
            way = way[:-1]
        start = lines.get(way)
        if start is None or value is None:
            return start
        text = self.text.split("\n")
        end = min((n for n in lines.values() if n > start), default=len(text) + 1)
        for number in range(start, end):
            if f'"{value}"' in text[number - 1] or f"'{value}'" in text[number - 1]:
                return number
        return start


def _decode(path: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise LayercheckError(f"{path}:{line}:{column}: not UTF-8: {error.reason}") from None


def _parse(path: str, text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        import re

        message = str(error)
        where = re.search(r" \(at line (\d+), column (\d+)\)$", message)
        if where is not None:
            line, column = int(where[1]), int(where[2])
            message = message[: where.start()]
        else:
            line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
            message = message.replace(" (at end of document)", " at the end of the file")
        raise LayercheckError(f"{path}:{line}:{column}: not valid TOML: {message}") from None
    except RecursionError:
        raise LayercheckError(f"{path}: not valid TOML: nested too deeply") from None
    except ValueError as error:  # a number of more digits than Python converts
        raise LayercheckError(f"{path}: not valid TOML: {error}") from None


def _key_lines(text: str) -> dict[Keys, int]:
    """The line of every table and key that stands at the start of a line (keys of inline tables do not)."""
    import re

    part = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
    dotted = rf"{part}(?:\s*\.\s*{part})*"
    header = re.compile(rf"\s*(\[\[?)\s*({dotted})\s*\]\]?\s*(?:#.*)?$")
    assignment = re.compile(rf"\s*({dotted})\s*=")
    found: dict[Keys, int] = {}
    counts: dict[Keys, int] = {}
    table: Keys = ()
    quote = ""
    for number, line in enumerate(text.split("\n"), 1):
        if quote:
            if quote in line:
                quote = ""
            continue
        if match := header.match(line):
            names = _names(match[2])
            table = ()
            for at, name in enumerate(names):
                table = (*table, name)
                if match[1] == "[[" and at == len(names) - 1:
                    found.setdefault(table, number)
                    counts[table] = counts.get(table, -1) + 1
                if table in counts:
                    table = (*table, counts[table])
                found.setdefault(table, number)
        elif match := assignment.match(line):
            way = table
            for name in _names(match[1]):
                way = (*way, name)
                found.setdefault(way, number)
        for mark in ('"""', "'''"):
            if line.count(mark) % 2:
                quote = mark
    return found


def _names(dotted: str) -> list[str]:
    import re

    return [a or b or c for a, b, c in re.findall(r"""([\w-]+)|"([^"]*)"|'([^']*)'""", dotted)]


def kind(value: object) -> str:
    """What TOML calls the type of a value."""
    names: dict[type, str] = {
        bool: "a boolean", int: "an integer", float: "a float", str: "a string", list: "a list", tuple: "a list", dict: "a table",
    }  # fmt: skip
    return names.get(type(value), "a date or time")


def suggest(word: str, known: Iterable[str]) -> str:
    """What may have been meant, as the end of a message; '' where nothing is close."""
    import difflib

    def nearness(other: str) -> tuple[float, int]:
        common = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), len(other))
        return difflib.SequenceMatcher(None, word, other).ratio(), common

    close = sorted(difflib.get_close_matches(word, list(known), 20, 0.6))
    return f"; did you mean {max(close, key=nearness)!r}?" if close else ""
