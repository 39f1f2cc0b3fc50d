"""Which class stands behind an abstract one: the only one that implements it."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.project import Project, query
from layercheck.queries.layers import is_test
from layercheck.queries.symbols import class_attribute, mro
from layercheck.queries.types import has_decorator

_ABSTRACT = frozenset({"abc.abstractmethod"})
_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})


@query
def sole_implementation(project: Project, method: str) -> str | None:
    """The method that runs where an abstract one is called, when the project has one class that implements it, tests left out."""
    function = project.get(Function, method)
    if function is None or not function.cls or not _is_abstract(project, function):
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
    found = []
    for other in project.all(Class):
        if other.key == cls or is_test(project, other.path):
            continue
        bases = mro(project, other.key)
        has = {name for name, _ in other.methods}
        if (cls in bases and has) or (wanted and wanted <= has and not _is_protocol(project, other.key)):
            found.append(other.key)
    return tuple(found)


def _is_protocol(project: Project, cls: str) -> bool:
    row = project.get(Class, cls)
    return row is not None and any(ir.last_name(b[1] if ir.is_a(b, "item") else b) == "Protocol" for b in row.bases)


def _is_abstract(project: Project, function: Function) -> bool:
    """Whether a method is declared abstract, or has no body to speak of."""
    if has_decorator(project, function, _ABSTRACT):
        return True
    body = project.get(Body, function.key)
    return body is not None and all(
        s[0] == "pass"
        or (s[0] == "expr" and ir.is_a(s[1], "const"))
        or (s[0] == "raise" and "NotImplementedError" in repr(s[1]))
        for s in body.statements
    )
