"""What SQL text in a migration does to the tables: plain DDL as operations, everything else as "unknown" or "data".

DESIGN: text is split into statements here (quotes, $$ bodies and comments respected), sorted by its first words, and only CREATE /
ALTER / DROP of tables and indexes goes to sqlglot. What sqlglot does not understand, and all of it when sqlglot is not
installed, makes the tables unknown whose names could occur in the text. `HOLE` stands for a part of an f-string that cannot be told.
"""

from __future__ import annotations

import re

from layercheck.model import Place
from layercheck.patterns import pattern
from layercheck.queries.migration_rows import Operation

HOLE = "layercheck_hole"
"""An identifier that stands for an unknown part of the text."""

_DATA = frozenset({
    "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SET", "RESET", "GRANT", "REVOKE", "COMMENT", "NOTIFY", "VACUUM", "ANALYZE",
    "REINDEX", "TRUNCATE", "LOCK", "REFRESH", "PRAGMA", "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SHOW", "USE",
    "EXPLAIN", "CLUSTER", "CHECKPOINT", "REPLACE", "MERGE", "COPY", "VALUES", "LISTEN", "UNLISTEN", "DISCARD", "END", "OPTIMIZE",
})  # fmt: skip
"""Statements that leave the shape of tables alone."""
_HARMLESS = frozenset({
    "TYPE", "EXTENSION", "FUNCTION", "PROCEDURE", "TRIGGER", "SEQUENCE", "SCHEMA", "ROLE", "USER", "POLICY", "RULE", "DOMAIN",
    "AGGREGATE", "COLLATION", "CAST", "OPERATOR", "STATISTICS", "PUBLICATION", "SUBSCRIPTION", "SERVER", "DATABASE", "LANGUAGE",
    "EVENT", "DEFAULT", "TEXT", "TRANSFORM", "GROUP", "SYSTEM", "ROUTINE", "CONSTRAINT", "ACCESS",
})  # fmt: skip
"""What CREATE, ALTER and DROP may name without touching a table."""
_MODIFIERS = frozenset(
    {"OR", "REPLACE", "TEMP", "TEMPORARY", "UNLOGGED", "GLOBAL", "LOCAL", "UNIQUE", "CONCURRENTLY", "RECURSIVE"}
)
_QUIET_ALTER = pattern(
    r"(?is)ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?\S+\s+(?:(?:ENABLE|DISABLE|FORCE|NO\s+FORCE)\s+ROW\s+LEVEL\s+SECURITY"
    r"|OWNER\s+TO\s+\S+|VALIDATE\s+CONSTRAINT\s+\S+|CLUSTER\s+ON\s+\S+|REPLICA\s+IDENTITY\s.*"
    r"|(?:ENABLE|DISABLE)\s+(?:REPLICA\s+|ALWAYS\s+)?TRIGGER\s+\S+|(?:RE)?SET\s*\(.*\)|SET\s+(?:UN)?LOGGED)"
    r"(?:\s*,\s*(?:(?:ENABLE|DISABLE|FORCE|NO\s+FORCE)\s+ROW\s+LEVEL\s+SECURITY))*\s*"
)
"""ALTER TABLE forms that leave columns and constraints alone."""
_STRUCTURAL = pattern(r"(?i)\b(?:CREATE|ALTER|DROP|RENAME|EXECUTE|TABLE)\b")
_KEYWORDS = frozenset({
    "create", "alter", "drop", "table", "add", "column", "if", "exists", "not", "null", "default", "constraint", "primary", "key",
    "unique", "index", "foreign", "references", "on", "delete", "cascade", "set", "type", "using", "from", "select", "where", "and",
    "or", "to", "rename", "check", "then", "end", "begin", "do", "execute", "language", "plpgsql", "is", "in", "as", "into", "values",
})  # fmt: skip


def operations_of(text: str, place: Place, conditional: bool = False) -> tuple[Operation, ...]:
    """What some SQL text (one statement or several) does, in order. Never raises."""
    out: list[Operation] = []
    for statement in split(text):
        out.extend(_statement(statement, place))
    if conditional:
        out = [o._replace(conditional=True) for o in out]
    return tuple(out)


def _statement(text: str, place: Place) -> list[Operation]:
    words = re.findall(r"[A-Za-z_]+", text[:200])
    verb = words[0].upper() if words else ""
    if verb in _DATA:
        return [Operation("data", None, place, sql=True)]
    if verb not in ("CREATE", "ALTER", "DROP", "RENAME"):
        return [unknown(text, place)]
    subject = next((w.upper() for w in words[1:] if w.upper() not in _MODIFIERS), "")
    if subject in _HARMLESS:
        if (
            verb == "DROP"
            and re.search(r"(?i)\bCASCADE\b", text)
            and subject in ("TYPE", "SCHEMA", "DOMAIN", "EXTENSION")
        ):
            return [Operation("unknown", None, place, sql=True)]
        return [Operation("data", None, place, sql=True)]
    if subject in ("VIEW", "MATERIALIZED"):
        name = re.search(r'(?i)VIEW\s+(?:CONCURRENTLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?([\w."]+)', text)
        named = name.group(1).replace('"', "") if name else ""
        return [Operation("unknown", None, place, words=(named, named.rpartition(".")[2]) if named else (), sql=True)]
    if subject == "INDEX" and verb == "DROP" and _NAMED_BY_HOLE.search(text):  # tables and columns stay as they are
        return [Operation("drop_constraint", None, place, sql=True)]
    if subject in ("TABLE", "INDEX"):
        if _QUIET_ALTER.fullmatch(text):
            return [Operation("data", None, place, sql=True)]
        return _parsed(text, place)
    return [unknown(text, place)]


def _parsed(text: str, place: Place) -> list[Operation]:
    try:
        from layercheck.queries.migration_ddl import operations_of_ddl
    except ImportError:  # sqlglot is an optional dependency
        return [unknown(text, place)]
    found = operations_of_ddl(text, place)
    if found is None or any(_has_hole(o) for o in found):
        return [unknown(text, place)]
    return [o._replace(sql=True) for o in found]


def _has_hole(operation: Operation) -> bool:
    """Whether an unknown part of the text stands where a name is needed."""
    names = [operation.table, operation.name, operation.column.name if operation.column else None]
    if operation.definition is not None:
        names += [c.name for c in operation.definition.columns]
    return any(n is not None and HOLE in n for n in names)


_NAMED_BY_HOLE = pattern(
    rf'(?i)\b(?:TABLE|INDEX|ON|EXISTS|ONLY|INTO|TO|CREATE|ALTER|DROP|RENAME|EXECUTE)\s+(?:[\w"]+\s*\.\s*)?"?\w*{HOLE}'
)
"""An unknown part where a table is named."""
_EXECUTE = pattern(r"(?i)\bEXECUTE\b(?!\s+(?:FUNCTION|PROCEDURE|ON)\b)")
_EXECUTE_LITERAL = pattern(r"(?i)\bEXECUTE\s+(?:format\s*\(\s*)?('(?:[^']|'')*')(?!\s*\|\|)")
_NAMED_BY_ARGUMENT = pattern(r"(?i)\b(?:TABLE|INDEX|ON|EXISTS|ONLY|INTO)\s+(?:%\w\s*\.\s*)?%")


def _makes_sql(text: str) -> bool:
    """Whether procedural SQL executes text of which the tables cannot be told: EXECUTE of anything but a plain literal."""
    literals = _EXECUTE_LITERAL.findall(text)
    return len(literals) < len(_EXECUTE.findall(text)) or any(
        _NAMED_BY_ARGUMENT.search(literal) for literal in literals
    )


def unknown(text: str, place: Place) -> Operation:
    """An operation on the tables whose names could occur in a text; on all when an unknown part could name one."""
    if text.lstrip().startswith(HOLE) or _NAMED_BY_HOLE.search(text) or _makes_sql(text):
        return Operation("unknown", None, place, sql=True)
    if not _STRUCTURAL.search(text):
        return Operation("data", None, place, sql=True)
    words = dict.fromkeys(w for w in re.findall(r"[A-Za-z_]\w*", text) if w.lower() not in _KEYWORDS and HOLE not in w)
    return Operation("unknown", None, place, words=tuple(words), sql=True)


def split(text: str) -> list[str]:
    """The statements of a text, without comments and empty ones; semicolons inside quotes and $$ bodies do not count."""
    out: list[str] = []
    current: list[str] = []
    position = 0
    pattern = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(\$\w*\$).*?\1|;", re.DOTALL)
    for match in pattern.finditer(text):
        current.append(text[position : match.start()])
        position = match.end()
        piece = match.group()
        if piece == ";":
            out.append("".join(current).strip())
            current = []
        elif piece.startswith(("--", "/*")):
            current.append(" ")
        else:
            current.append(piece)
    current.append(text[position:])
    out.append("".join(current).strip())
    return [statement for statement in out if statement]
