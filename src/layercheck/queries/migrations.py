"""Alembic migrations: the revision graph, what every revision does, and the schema at the heads.

    environments(project)                             the Alembic environments and their revision files
    graph(project, folder)                            order, heads, problems of one environment (its script folder)
    operations(project, path, "upgrade")              what one revision does
    schema_at_heads(project, folder)                  the tables after all of it; what cannot be followed is unknown, never guessed

The judge is `alembic upgrade head`: the inspected schema is compared with the replay (tests/queries).
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import dotted
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.metadata import target_metadata
from layercheck.queries.migration_answers import apply_revision
from layercheck.queries.migration_graph import environments, graph, revision_at
from layercheck.queries.migration_replay import Replay
from layercheck.queries.migration_rows import (
    Environment,
    Graph,
    Operation,
    Problem,
    ReplayedSchema,
    ReplayedTable,
    Revision,
)
from layercheck.queries.migration_run import operations
from layercheck.queries.symbols import resolve


@query(kept=True)
def schema_at_heads(project: Project, folder: str) -> ReplayedSchema:
    """The schema after every revision of the environment with this script folder has been applied."""
    return _replayed(project, folder, None)


@query
def schema_before(project: Project, folder: str, path: str) -> ReplayedSchema:
    """The schema in which the revision in this file begins its work: that of all revisions it follows."""
    return _replayed(project, folder, path)


def _replayed(project: Project, folder: str, before: str | None) -> ReplayedSchema:
    found = graph(project, folder)
    replay = Replay()
    if not found.complete:
        replay.everything = True
    wanted = _ancestors(found, before) if before is not None else None
    for revision in found.order:
        if wanted is not None and revision.revision not in wanted:
            continue
        if project.get(Function, f"{revision.path}:upgrade") is None:
            replay.everything = True  # made by something that cannot be seen
        apply_revision(replay, operations(project, revision.path, "upgrade"))
    tables = tuple(replay.tables[name] for name in sorted(replay.tables))
    return ReplayedSchema(
        tables, frozenset(replay.unknown), replay.everything, tuple(replay.doubts), found.heads, found.problems
    )


def _ancestors(found: Graph, path: str) -> set[str]:
    by_name = {r.revision: r for r in found.order}
    start = next((r for r in found.order if r.path == path), None)
    out: set[str] = set()
    waiting = [*start.down, *start.depends_on] if start is not None else []
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in out:
            out.add(name)
            waiting += [*by_name[name].down, *by_name[name].depends_on]
    return out


@query
def environment_of(project: Project, path: str) -> str | None:
    """The script folder of the environment that loads a revision file, or None."""
    return next((e.folder for e in environments(project) if path in e.revisions), None)


@query
def is_empty(project: Project, path: str, direction: str) -> bool:
    """Whether a revision's `upgrade` or `downgrade` is missing or only says `pass` (a docstring does not count)."""
    body = project.get(Body, f"{path}:{direction}")
    if body is None:
        return True
    return all(s[0] == "pass" or (s[0] == "expr" and (ir.is_a(s[1], "const"))) for s in body.statements)


@query
def raises_only(project: Project, path: str, direction: str) -> bool:
    """Whether a revision's function does nothing but raise: somebody decided that there is no way back."""
    body = project.get(Body, f"{path}:{direction}")
    statements = (
        [s for s in body.statements if not (s[0] == "expr" and ir.is_a(s[1], "const"))] if body is not None else []
    )
    return len(statements) == 1 and statements[0][0] == "raise"


@query
def excluded(project: Project, folder: str) -> tuple[bool, frozenset[str]]:
    """(whether env.py filters with include_object or include_name, the string constants in those functions and around them).

    A rule about drift leaves the tables alone that are mentioned, and is silent about superfluous tables when there is a filter.
    """
    path = f"{folder}/env.py" if folder else "env.py"
    filters: list[str] = []
    for body in project.of_file(Body, path):
        for raw in body.raw_calls:
            if ir.last_name(raw[0][1]) == "configure":
                for name, value in raw[0][3]:
                    if name in ("include_object", "include_name"):
                        filters.append(dotted(value) or "?")
    names: set[str] = set()
    for filter_name in filters:
        symbol = resolve(project, f"{path}:", filter_name) if filter_name != "?" else None
        function = project.get(Body, symbol) if symbol is not None else None
        for where in (function, project.get(Body, f"{path}:")):
            if where is not None:
                names |= {
                    n[1] for n in ir.expressions(where.statements) if ir.is_a(n, "const") and isinstance(n[1], str)
                }
    return bool(filters), frozenset(names)


def place_of(project: Project, path: str) -> Place:
    """Where a revision says its name."""
    revision = revision_at(project, path)
    return revision.place if revision is not None else Place("Module", f"{path}:", 0)


__all__ = [
    "Environment", "Graph", "Operation", "Problem", "ReplayedSchema", "ReplayedTable", "Revision", "environment_of", "environments",
    "excluded", "graph", "is_empty", "operations", "place_of", "raises_only", "revision_at", "schema_at_heads", "schema_before", "target_metadata",
]  # fmt: skip
