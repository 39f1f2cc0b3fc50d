"""Which functions can hold rows of their own at all: asked before one of them is walked (`instance_flow`).

DESIGN: a walk that is handed no rows finds some only where a call or a property gives them, or meets an attribute that asks the database.
Most functions have nothing of the kind, and their calls, which are resolved anyway, say so. The answer only ever says "cannot be": what is
asked of a call here is what the walk asks of it before it follows the call.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.knowledge.orm import SELECTS
from layercheck.project import Project, query
from layercheck.queries.asking import asking as asks
from layercheck.queries.asking import asking_names
from layercheck.queries.callgraph import Site, sites
from layercheck.queries.file_kinds import no_script
from layercheck.queries.import_names import python_files
from layercheck.queries.instance_flow import NOTHING, Flow, walked
from layercheck.queries.instance_functions import PROPERTIES, followed, may_give_rows
from layercheck.queries.sessions import session_kind
from layercheck.queries.tables import maps_anything
from layercheck.queries.types import has_decorator
from layercheck.queries.words import known_as, last_parts, words_in_heads

_GIVING = frozenset({"query", "get", "get_one"})
"""The methods of a session that give rows or a statement of what they are handed; others need a statement."""


def may_read_rows(project: Project, path: str) -> bool:
    """Whether code of a file may hold rows, and runs for a user who waits."""
    return maps_anything(project) and no_script(project, path)


@query
def own_flow(project: Project, key: str) -> Flow:
    """The walk of a function that is handed nothing: what it does with the rows that it gets itself."""
    body = project.get(Body, key)
    return walked(project, body) if body is not None and _may_hold_rows(project, body) else NOTHING


def _may_hold_rows(project: Project, body: Body) -> bool:
    words = body.words
    if not _properties_with_rows(project).isdisjoint(words) and "self" in words:
        return True
    asking = asking_names(project) if "for" in words or "while" in words else frozenset()
    if not asking.isdisjoint(words):
        return True
    for site in sites(project, body.key):
        if _may_give_rows(project, body.key, site):
            return True
    return "__getitem__" in asking and _asks_by_index(project, body)


def _asks_by_index(project: Project, body: Body) -> bool:
    """Whether a subscript somewhere in a body asks the database."""
    return any(
        node.__class__ is tuple
        and node[0] == "item"
        and node[1].__class__ is str
        and asks(project, body.key, node[1], "__getitem__", node[3]) is not None
        for node in ir.expressions(body.statements)
    )


def _may_give_rows(project: Project, key: str, site: Site) -> bool:
    """Whether the walk can get rows, or a statement for such, from a call that is handed none."""
    target = site.target
    if target is None:
        return False
    if ":" not in target:
        if target in SELECTS:
            return True
        return ir.last_name(site.call[1]) in _GIVING and session_kind(project, site.receiver) is not None
    if site.use == "stmt" or project.get(Class, target) is not None:
        return False
    found = followed(project, key, None, site)
    return found is not None and may_give_rows(project, found[0], site)


_PROPERTY_NAMES = last_parts(PROPERTIES)


@query
def _properties_with_rows(project: Project) -> frozenset[str]:
    """The names of the properties of the project that may give rows: by what they call, or by a property that they read."""
    found: set[str] = set()
    others: list[tuple[str, tuple[str, ...]]] = []
    names = known_as(project, _PROPERTY_NAMES)
    for path in python_files(project):
        if names.isdisjoint(words_in_heads(project, path)):
            continue
        for name, words in _properties_in(project, path):
            if words is None:
                found.add(name)
            else:
                others.append((name, words))
    more = found
    while more:
        more = {name for name, words in others if name not in found and not found.isdisjoint(words)}
        found |= more
    return frozenset(found)


@query
def _properties_in(project: Project, path: str) -> tuple[tuple[str, tuple[str, ...] | None], ...]:
    """(name, None where a call in it may give rows, else its words) of each property in a file."""
    found = []
    for row in project.of_file(Function, path):
        if row.cls and row.decorators and has_decorator(project, row, PROPERTIES):
            body = project.get(Body, row.key)
            if body is not None:
                gives = any(_may_give_rows(project, row.key, site) for site in sites(project, row.key))
                found.append((row.name, None if gives else body.words))
    return tuple(found)
