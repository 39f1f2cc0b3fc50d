"""Which code can be about something at all: looked up in the words of its body, before anything is resolved.

DESIGN: resolving names is dear, and most functions have nothing to do with most rules. A body's row lists the identifiers in its
expressions. What a query looks for goes by a few names, and by those that the project gives them (`from os import getenv as env`,
`read = os.getenv`, followed over all files); a body without any of them is answered at once. The words only ever say "cannot be": a
body that has one is looked at as if there were no such list.
"""

from __future__ import annotations

from layercheck.facts.rows import Body, Module
from layercheck.ir import dotted
from layercheck.project import Project, query


def mentions(project: Project, body: Body, names: frozenset[str]) -> bool:
    """Whether a body has one of these names, or one by which the project knows them."""
    return not known_as(project, names).isdisjoint(body.words)


@query
def known_as(project: Project, names: frozenset[str]) -> frozenset[str]:
    """These names and all that stand for them somewhere in the project: imports under another name, names bound to a name."""
    table = dict(_renames(project))
    found = set(names)
    waiting = list(names)
    while waiting:
        for other in table.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(found)


@query
def _renames(project: Project) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, set[str]] = {}
    for path in project.files():
        for old, new in _renames_in(project, path):
            found.setdefault(old, set()).add(new)
    return tuple(sorted((old, tuple(sorted(new))) for old, new in found.items()))


@query
def _renames_in(project: Project, path: str) -> frozenset[tuple[str, str]]:
    """(last part of the old name, new name)"""
    module = project.get(Module, f"{path}:")
    if module is None:
        return frozenset()
    found = set()
    for name, _, old, bound, *_ in module.raw_imports:
        last = (old or name).rpartition(".")[2]
        if last != bound:
            found.add((last, bound.rstrip(".")))
    for body in project.of_file(Body, path):
        for name, kind, value, *_ in body.raw_binds:
            if value is None or kind not in ("=", ":="):
                continue
            old = dotted(value)
            last, new = (old or "").rpartition(".")[2], name.rpartition(".")[2]
            if last and last != new:
                found.add((last, new))
    return frozenset(found)
