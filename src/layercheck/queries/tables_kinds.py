"""What a table is for, as far as its name tells."""

from __future__ import annotations

import re

from layercheck.queries.tables_rows import Table

_RECORDS = frozenset({
    "log", "audit", "history", "event", "snapshot", "archive", "trail", "revision", "version", "backup",
})  # fmt: skip
"""Tables named so keep what was true at some time; their rows outlive what they speak of, and repeat values."""


def words_of(name: str) -> tuple[str, ...]:
    """The words of a table or class name in lower case, plurals cut: ("audit", "log") for AuditLogs and audit_logs."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return tuple(_cut(part.lower()) for part in parts)


def _cut(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def names_of(table: Table) -> frozenset[str]:
    """Every word of a table's name and of its model's."""
    return frozenset((*words_of(table.name or ""), *words_of(table.key.rpartition(":")[2])))


def keeps_records(table: Table) -> bool:
    """Whether a table logs or snapshots: audit logs, histories, events."""
    return bool(names_of(table) & _RECORDS)
