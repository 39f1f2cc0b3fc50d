"""Where settings classes are made: whether the application does so at all, and which fields a call gives."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Class, Function
from layercheck.ir import Expr, Stmt, dotted
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_test
from layercheck.queries.import_names import python_files
from layercheck.queries.models import is_settings
from layercheck.queries.symbols import class_behind, resolve
from layercheck.queries.words import bodies, known_as


@query(kept=True)
def given_elsewhere(project: Project, cls: str) -> frozenset[str] | None:
    """The fields of a settings class that a call outside tests gives; None when it may give any, or when nobody makes the class."""
    uses = [use for path in python_files(project) for use in _uses_in(project, path) if use[0] == cls]
    if not uses or any(given is None for _, given in uses):
        return None
    return frozenset(name for _, given in uses for name in given or ())


@query(kept=True)
def _uses_in(project: Project, path: str) -> tuple[tuple[str, frozenset[str] | None], ...]:
    """(settings class, keywords of the call or none; None for unknown ones) of every use in a module, annotations and bases left out."""
    if is_test(project, path):
        return ()
    module = project.imports_in(path)
    names = set(_settings_names_in(project, path))
    for entry in module.imports if module is not None else ():
        names.add(entry.bound.rstrip("."))
    if not names:
        return ()
    called = known_as(project, _settings_names(project))
    found: list[tuple[str, frozenset[str] | None]] = []
    for body in bodies(project, path, lambda said: not called.isdisjoint(said.words)):
        for statement in ir.statements(body.statements):
            for e in _values(statement):
                for node in ir.walk(e):
                    use = _use(project, body.key, node, names)
                    if use is not None:
                        found.append(use)
    for function in project.of_file(Function, path):
        for param in function.params:
            for node in ir.walk(param.default):
                use = _use(project, function.key, node, names)
                if use is not None:
                    found.append(use)
    return tuple(dict.fromkeys(found))


@query
def _settings_names(project: Project) -> frozenset[str]:
    """The names of all settings classes of the project."""
    return frozenset(name for path in python_files(project) for name in _settings_names_in(project, path))


@query
def _settings_names_in(project: Project, path: str) -> frozenset[str]:
    return frozenset(c.name for c in project.of_file(Class, path) if is_settings(project, c.key))


def _values(statement: Stmt) -> Iterator[Expr]:
    """The expressions of a statement without annotations."""
    if statement[0] == "ann":
        if statement[3] is not None:
            yield statement[3]
        return
    yield from ir.own_expressions(statement)


def _use(project: Project, key: str, node: Expr, names: set[str]) -> tuple[str, frozenset[str] | None] | None:
    call = ir.is_a(node, "call")
    name = dotted(node[1] if call else node)
    if name is None or name.partition(".")[0] not in names:
        return None
    symbol = resolve(project, key, name)
    if symbol is None or ":" not in symbol or symbol.endswith(":"):
        return None
    cls = class_behind(project, symbol)
    if cls is None or project.get(Class, cls) is None:
        owner = cls.rpartition(".")[0] if cls is not None else ""
        if call and owner and is_settings(project, owner):
            return owner, None  # Settings.model_validate(...), Settings.load()
        return None
    if not is_settings(project, cls):
        return None
    if not call:
        return cls, frozenset()
    given = [name for name, _ in node[3]]
    if node[2] or None in given:
        return cls, None
    return cls, frozenset(name for name in given if name is not None and not name.startswith("_"))
