"""Where the names of a module are used: in which functions, and whether only in annotations."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr
from layercheck.project import Project, query
from layercheck.queries.depends import dependency
from layercheck.tuples import NamedTuple


class Uses(NamedTuple):
    """The keys of the functions (classes, module) of one file that use a name as a value, and those that only annotate with it."""

    values: frozenset[str]
    annotations: frozenset[str]


_NO_USES = Uses(frozenset(), frozenset())


def _first_names(e: Expr) -> set[str]:
    found = set()
    for node in ir.walk(e):
        if node.__class__ is str:
            found.add(node.partition(".")[0])
        elif node[0] == "ref":
            found.add(node[1].partition(".")[0])
    return found


@query
def name_uses(project: Project, path: str) -> tuple[tuple[str, Uses], ...]:
    """For each name used in a file: where as a value, where as an annotation. A dependency in an annotation is a value."""
    values: dict[str, set[str]] = {}
    notes: dict[str, set[str]] = {}

    def add(table: dict[str, set[str]], e: Expr | None, key: str) -> None:
        if e is not None:
            for name in _first_names(e):
                table.setdefault(name, set()).add(key)

    for body in project.of_file(Body, path):
        for statement in ir.statements(body.statements):
            if statement[0] == "ann":
                add(notes, statement[2], body.key)
                add(values, statement[3], body.key)
                continue
            for e in ir.own_expressions(statement):
                add(values, e, body.key)
    for function in project.of_file(Function, path):
        for decorator in function.decorators:
            add(values, decorator, function.key)
        for param in function.params:
            wanted = dependency(project, function.key, param.annotation, param.default)
            add(values if wanted is not None else notes, param.annotation, function.key)
            add(values, param.default, function.key)
        add(notes, function.returns, function.key)
    for cls in project.of_file(Class, path):
        for base in cls.bases:
            add(values, base, cls.key)
        for field in cls.fields:
            add(
                values if dependency(project, cls.key, field.annotation, field.value) is not None else notes,
                field.annotation,
                cls.key,
            )
    names = sorted({*values, *notes})
    return tuple((n, Uses(frozenset(values.get(n, ())), frozenset(notes.get(n, ())))) for n in names)


def uses_of(project: Project, path: str, name: str) -> Uses:
    """Where a file uses one name."""
    return next((uses for found, uses in name_uses(project, path) if found == name), _NO_USES)
