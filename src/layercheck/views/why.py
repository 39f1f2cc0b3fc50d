"""`layercheck why FUNCTION EFFECT`: through which calls a function has an effect."""

from __future__ import annotations

from typing import Any

from layercheck.project import Project
from layercheck.queries.effects import chain, effects
from layercheck.views.effects import effect_name, effect_word


def why(project: Project, function: str, effect: str) -> list[dict[str, Any]]:
    """The evidence chains of an effect of a function key: db-read, db-write, commit, rollback, flush, blocking, http or hash.

    One chain a witness; each step has path, line and text. Empty when the function does not have the effect.
    """
    out = []
    wanted = effect_name(effect)
    for found in effects(project, function):
        if found.name != wanted:
            continue
        steps = []
        for step in chain(project, function, found):
            span = project.span(step.where)
            steps.append({"path": span.path, "line": span.line, "text": step.text})
        guards = [f"{name} is {'true' if held else 'false'}" for name, held in found.guards]
        out.append({"function": function, "effect": effect, "only_if": guards, "steps": steps})
    return out


def effect_names(project: Project, function: str) -> list[str]:
    """The effects that a function has, in the words of the commands."""
    return sorted({effect_word(e.name) for e in effects(project, function)} - {"sql-once", "commit-once"})
