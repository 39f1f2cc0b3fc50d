"""Effects in the words of the commands: what `layercheck routes` shows and `layercheck why` is asked."""

from __future__ import annotations

from collections.abc import Iterable

from layercheck.facts.rows import Function
from layercheck.project import Project
from layercheck.queries.effects import effects

_SHOWN = {
    "sql": "db-read",
    "write": "db-write",
    "commit": "commit",
    "block": "blocking",
    "rollback": "rollback",
    "request": "http",
}
_INSIDE = {label: name for name, label in _SHOWN.items()}


def function_effects(project: Project, keys: Iterable[str]) -> list[str]:
    """What functions of the project reach: db-read, db-write, commit, blocking, rollback, http."""
    found = {e.name for key in keys if project.get(Function, key) is not None for e in effects(project, key)}
    return [label for name, label in _SHOWN.items() if name in found]


def effect_name(word: str) -> str:
    """The name that the queries use for an effect, by what a person calls it: "db-read" and "sql" are the same."""
    return _INSIDE.get(word, word)


def effect_word(name: str) -> str:
    """What a person calls an effect of the queries."""
    return _SHOWN.get(name, name)
