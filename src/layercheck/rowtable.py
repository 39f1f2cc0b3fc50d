"""The rows of a project that is looked at once: by type and key, and file by file.

DESIGN: where files can be replaced between questions, or the next run is to know what an answer has read, every row has a cell (see `nodes`),
also those that somebody asked for in vain. Where nothing is noted, there are the rows alone: a cell, its node and its place in a table take a
quarter of the memory that rows take, and a read through them some of the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from sys import intern
from typing import Any

from layercheck.facts.rows import ROW_TYPES


class RowTable:
    """All rows that were asked for so far. Knows nothing of those that wait."""

    def __init__(self) -> None:
        self.by_key: dict[str, dict[str, Any]] = {name: {} for name in ROW_TYPES}
        """Type -> key -> row."""
        self.of_type: dict[Any, dict[str, Any]] = {ROW_TYPES[name]: rows for name, rows in self.by_key.items()}
        """The same by the class of the row, as nothing is asked more often."""
        self.by_file: dict[str, dict[str, tuple[Any, ...]]] = {name: {} for name in ROW_TYPES}
        """Type -> file -> its rows, in source order; no file without any."""

    def put(self, name: str, path: str, rows: Iterable[Any]) -> None:
        """Swap the rows of one type in a file."""
        by_key, by_file = self.by_key[name], self.by_file[name]
        for row in by_file.pop(path, ()):
            by_key.pop(row[0], None)
        found = {intern(row[0]): row for row in rows}
        if found:
            by_key.update(found)
            by_file[path] = tuple(found.values())
