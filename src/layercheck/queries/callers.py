"""Who calls a function: the call graph read backwards, for the few functions that a rule asks about."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, bound_arguments, sites
from layercheck.queries.constants import string_value
from layercheck.queries.import_names import python_files
from layercheck.queries.words import bodies
from layercheck.tuples import NamedTuple


class Caller(NamedTuple):
    """A call of the function: in which body, and the ordinal and context of the call."""

    key: str
    at: int
    context: int


@query
def callers(project: Project, key: str) -> tuple[Caller, ...]:
    """Every call in the project that reaches this function, tests included, sorted by path."""
    name = key.rpartition(":")[2].rpartition(".")[2]
    found: list[Caller] = []
    for path in _files_calling(project, name):
        found += [caller for target, caller in _calls_of(project, path, name) if target == key]
    return tuple(found)


@query(kept=True)
def _files_calling(project: Project, name: str) -> tuple[str, ...]:
    """The files that call something with this last name, sorted. Kept, so that what they call beside it concerns nobody who asks."""
    return files_by_called_name(project).get(name, ())


@query
def files_by_called_name(project: Project) -> NameTable:
    """Last name of what is called -> the files that do so, or that call it by another name, sorted."""
    table: dict[str, list[str]] = {}
    for path in python_files(project):
        for name in _names_called(project, path):
            table.setdefault(name, []).append(path)
    return NameTable({name: tuple(paths) for name, paths in table.items()})


class NameTable(dict[str, tuple[str, ...]]):
    """A dictionary that is never changed after it is made: last name of what is called -> files."""

    __slots__ = ()


@query(together=True)
def _names_called(project: Project, path: str) -> frozenset[str]:
    """The last names of everything that a file calls, and what it imports under another name and calls by that."""
    names = {name for said in project.said_in(path) for name in said.called}
    module = project.imports_in(path)
    if module is not None:
        names.update(e.name for e in module.imports if e.name is not None and e.bound in names)
    return frozenset(names)


@query(kept=True)
def _calls_of(project: Project, path: str, name: str) -> tuple[tuple[str, Caller], ...]:
    """(target, call) of the calls in a file whose callee has this last name, under that name or under another that it is imported as."""
    found = []
    names = _renamed(project, path, name) | {name}
    for body in bodies(project, path, lambda said: not names.isdisjoint(said.words)):
        if not any(ir.last_name(raw[0][1]) in names for raw in body.raw_calls):
            continue
        for site in sites(project, body.key):
            if site.target is not None and ":" in site.target and site.target.endswith((f":{name}", f".{name}")):
                found.append((site.target, Caller(body.key, site.at, site.context)))
    return tuple(found)


@query
def _renamed(project: Project, path: str, name: str) -> frozenset[str]:
    """The other names under which a file imports something of this name."""
    module = project.imports_in(path)
    return frozenset(e.bound for e in module.imports if e.name == name) if module is not None else frozenset()


@query(bottom=True)
def gets_constants(project: Project, key: str, parameter: str) -> bool:
    """Whether a parameter of a function only ever gets texts that the source spells out: each call in the project hands it one, or has
    one as the default. No where nobody is seen to call it, and where something of unknown type is called by its name with anything else."""
    function = project.get(Function, key)
    param = next((p for p in function.params if p.name == parameter), None) if function is not None else None
    if function is None or param is None or param.kind in ("var", "kwvar"):
        return False
    if any(ir.last_name(d) not in ("classmethod", "staticmethod") for d in function.decorators):
        return False  # a handler, a task: others call it
    seen = False
    for path in _files_calling(project, function.name):
        names = _renamed(project, path, function.name) | {function.name}
        for body in project.of_file(Body, path):
            if names.isdisjoint(body.called):
                continue
            for site in sites(project, body.key):
                if ir.last_name(site.call[1]) not in names:
                    continue
                if site.target is None:
                    if not all(_is_constant(project, body.key, e) for e in _handed(site)):
                        return False
                elif site.target == key:
                    seen = True
                    given = bound_arguments(project, key, site).get(parameter, param.default)
                    if not (given is not None and _is_constant(project, body.key, given)):
                        return False
    return seen


def _handed(site: Site) -> list[ir.Expr]:
    return [*site.call[2], *(value for _, value in site.call[3])]


def _is_constant(project: Project, key: str, e: ir.Expr) -> bool:
    """Whether a value is a text or number that the source spells out, or a parameter that only gets such."""
    if ir.is_a(e, "const") or string_value(project, key, e) is not None:
        return True
    function = project.get(Function, key) if e.__class__ is str else None
    if function is None or all(p[0] != e for p in function.raw_params):
        return False
    body = project.get(Body, key)
    return (body is None or all(raw[0] != e for raw in body.raw_binds)) and gets_constants(project, key, e)
