"""What stands behind an abstract class or method: what runs when it is called through its base class or protocol."""

from __future__ import annotations

from collections.abc import Callable

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_test
from layercheck.queries.symbols import base_symbol, class_attribute
from layercheck.queries.types import has_decorator

_ABSTRACT = frozenset({"abc.abstractmethod"})


def sole_implementation(project: Project, method: str) -> str | None:
    """The method that runs where an abstract one is called, when the project has one class that implements it, tests left out."""
    function = project.get(Function, method)
    return None if function is None or not function.cls else _sole_implementation(project, method)


@query
def _sole_implementation(project: Project, method: str) -> str | None:
    function = project.get(Function, method)
    if function is None or not _is_abstract(project, function):
        return None
    found = implementing(project, f"{function.path}:{function.cls}")
    if len(found) != 1:
        return None
    symbol = class_attribute(project, found[0], function.name)
    return symbol if symbol is not None and symbol != method and project.get(Function, symbol) is not None else None


@query
def implementing(project: Project, cls: str) -> tuple[str, ...]:
    """The classes that implement an abstract class or protocol: its subclasses, for a protocol also what has all of its methods."""
    row = project.get(Class, cls)
    if row is None:
        return ()
    wanted = {name for name, _ in row.methods} if _is_protocol(project, cls) else set()
    found = set()
    for other in _below(project, cls):
        heir = project.get(Class, other)
        if heir is not None and heir.methods:
            found.add(other)
    if wanted:
        for other in _index(_defining(project)).get(min(wanted), ()):
            twin = project.get(Class, other)
            if twin is not None and wanted <= {name for name, _ in twin.methods} and not _is_protocol(project, other):
                found.add(other)
    return tuple(sorted(found - {cls}))


def _is_protocol(project: Project, cls: str) -> bool:
    row = project.get(Class, cls)
    return row is not None and any(ir.last_name(b[1] if ir.is_a(b, "item") else b) == "Protocol" for b in row.bases)


def implementations(project: Project, key: str) -> tuple[str, ...]:
    """The methods that take the place of an abstract method in the subclasses of its class, at any depth, sorted; tests left out.

    Empty for a function that does something itself.
    """
    function = project.get(Function, key)
    if function is None or not function.cls or function.is_async or not _is_abstract(project, function):
        return ()
    found = []
    for below in _below(project, f"{function.path}:{function.cls}"):
        row = project.get(Class, below)
        if row is not None:
            found += [f"{row.path}:{qualname}" for name, qualname in row.methods if name == function.name]
    methods = (project.get(Function, method) for method in found)
    return tuple(sorted(m.key for m in methods if m is not None and not _is_abstract(project, m)))


def is_stub(project: Project, key: str) -> bool:
    """Whether a method does nothing of its own and leaves that to other classes."""
    function = project.get(Function, key)
    return function is not None and bool(function.cls) and _is_abstract(project, function)


def _is_abstract(project: Project, function: Function) -> bool:
    """Whether a method does nothing of its own: marked abstract, or only `...`, `pass`, a docstring or `raise NotImplementedError`."""
    if has_decorator(project, function, _ABSTRACT):
        return True
    body = project.get(Body, function.key)
    return body is not None and all(_says_nothing(statement) for statement in body.statements)


def _says_nothing(statement: ir.Stmt) -> bool:
    if statement[0] == "raise":
        made = statement[1]
        return ir.last_name(made[1] if ir.is_a(made, "call") else made) == "NotImplementedError"
    return statement[0] == "pass" or (statement[0] == "expr" and ir.is_a(statement[1], "const"))


def _below(project: Project, cls: str) -> list[str]:
    """The subclasses of a class in the project's own code, at any depth; tests left out."""
    heirs = _index(_heirs(project))
    waiting = [cls]
    for one in waiting:
        waiting += [heir for heir in heirs.get(one, ()) if heir not in waiting]
    return waiting[1:]


_Pairs = tuple[tuple[str, tuple[str, ...]], ...]
_index = ir.Recent(dict, 8)


@query
def _heirs(project: Project) -> _Pairs:
    """(class, its direct subclasses) for the classes of the project that have any."""
    return _gathered(project, _inheritance)


@query
def _defining(project: Project) -> _Pairs:
    """(name of a method, the classes that define one of this name)"""
    return _gathered(project, _methods)


def _gathered(project: Project, of_file: Callable[[Project, str], tuple[tuple[str, str], ...]]) -> _Pairs:
    found: dict[str, list[str]] = {}
    for path in project.files():
        if path.endswith(".py") and not is_test(project, path):
            for key, cls in of_file(project, path):
                found.setdefault(key, []).append(cls)
    return tuple((key, tuple(dict.fromkeys(classes))) for key, classes in sorted(found.items()))


@query
def _inheritance(project: Project, path: str) -> tuple[tuple[str, str], ...]:
    """(base, class) for the classes of one file whose base belongs to the project."""
    found = []
    for row in project.of_file(Class, path):
        for base in row.bases:
            symbol = base_symbol(project, row, base)
            if symbol is not None and ":" in symbol:
                found.append((symbol, row.key))
    return tuple(found)


@query
def _methods(project: Project, path: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, row.key) for row in project.of_file(Class, path) for name, _ in row.methods)
