"""Dependency injection containers: which class (or provider function) stands behind an interface.

    class AppProvider(Provider):                                   # dishka
        repository = provide(SqlOrders, provides=Orders)
    class Container(DeclarativeContainer):                         # dependency-injector
        service = providers.Factory(OrderService, orders=repository)

Only names are resolved here, nothing is typed: `types` asks this module, not the other way round. An interface that is bound to
several things stands for itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.containers import INJECTOR_CONTAINER, INJECTOR_MAKERS, INJECTOR_PROVIDE
from layercheck.project import Project, query
from layercheck.queries.containers_dishka import Binding, binding_of, bindings, injected, symbol_of, uses_dishka
from layercheck.queries.import_names import python_files
from layercheck.queries.modules import looks_like_test
from layercheck.queries.symbols import class_attribute, mro, resolve

# ------------------------------------------------------------------------------------------------ dependency-injector


def is_provide(project: Project, key: str, e: Expr | None) -> bool:
    """Whether an expression is `Provide[Container.service]`."""
    return e is not None and ir.is_a(e, "item") and symbol_of(project, key, e[1]) in INJECTOR_PROVIDE


def provided_by(project: Project, key: str, e: Expr) -> str | None:
    """What stands behind `Provide[Container.service]`, `Provide["service"]`, `Provide[Container.a.b.provided]`: class or function."""
    index = e[2]
    while is_provide(project, key, index):  # Closing[Provide[Container.session]]
        index = index[2]
    if ir.is_a(index, "const") and isinstance(index[1], str):
        found = {_in_container(project, c, index[1]) for c in _containers(project)} - {None}
        return found.pop() if len(found) == 1 else None
    name = dotted(index)
    if name is None:
        return None
    first, _, rest = name.partition(".")
    while rest:
        cls = resolve(project, key, first)
        if cls is not None and project.get(Class, cls) is not None:
            return _in_container(project, cls, rest.removesuffix(".provided").removesuffix(".provider"))
        part, _, rest = rest.partition(".")
        first = f"{first}.{part}"
    return None


@query
def _containers(project: Project) -> tuple[str, ...]:
    return tuple(
        key for path in python_files(project) if not looks_like_test(path) for key in _containers_in(project, path)
    )


@query
def _containers_in(project: Project, path: str) -> tuple[str, ...]:
    return tuple(
        row.key
        for row in project.of_file(Class, path)
        if any(base.startswith("dependency_injector.containers.") for base in mro(project, row.key))
    )


def container_provider(project: Project, container: str, attribute: str) -> str | None:
    """What a provider of a container calls, given the key of the container's class; None for any other class."""
    if container not in _containers(project) or not attribute:
        return None
    return _in_container(project, container, attribute)


@query(bottom=None)
def _in_container(project: Project, container: str, attribute: str) -> str | None:
    """The class or function that a provider of a container calls; `a.b` is provider b of the container that a holds."""
    name, _, rest = attribute.partition(".")
    symbol = class_attribute(project, container, name)
    row = project.get(Class, symbol.rpartition(".")[0]) if symbol else None
    for field in row.fields if row is not None else ():
        if row is None or field.name != name or field.value is None or not ir.is_a(field.value, "call"):
            continue
        maker = symbol_of(project, row.key, field.value[1])
        made = symbol_of(project, row.key, field.value[2][0]) if field.value[2] else None
        if maker == INJECTOR_CONTAINER:
            return _in_container(project, made, rest) if made is not None and rest else None
        return made if not rest else None
    return None


@query
def arguments_by_container(project: Project) -> _Arguments:
    """(constructor, parameter) -> the class that a container hands over by name or position, where all agree.

    `Factory(Service, orders=repository)` of dependency-injector, and `return Service(orders)` in a provider function of dishka.
    """
    found: dict[tuple[str, str], set[str | None]] = {}
    for binding in bindings(project):
        for where, cls in _passed_on(project, binding):
            found.setdefault(where, set()).add(cls)
    for container in _containers(project):
        row = project.get(Class, container)
        for field in row.fields if row is not None else ():
            call = field.value
            if (
                call is None
                or not ir.is_a(call, "call")
                or symbol_of(project, container, call[1]) not in INJECTOR_MAKERS
            ):
                continue
            made = symbol_of(project, container, call[2][0]) if call[2] else None
            for where, value in _given(project, made, call[2][1:], call[3]):
                text = dotted(value)
                behind = _in_container(project, container, text) if text is not None else None
                found.setdefault(where, set()).add(behind)
    return _Arguments(
        {
            where: cls
            for where, classes in found.items()
            if len(classes) == 1 and (cls := next(iter(classes))) is not None and project.get(Class, cls) is not None
        }
    )


def _given(
    project: Project, made: str | None, args: tuple[Expr, ...], keywords: tuple[tuple[str | None, Expr], ...]
) -> Iterator[tuple[tuple[str, str], Expr]]:
    """((function, parameter), value) of a call of a class or function."""
    init = class_attribute(project, made, "__init__") if made is not None and ":" in made else None
    function = project.get(Function, init or made or "")
    if function is not None:
        names = [p.name for p in function.params if p.kind in ("pos", "arg")][1 if function.cls else 0 :]
        for name, value in (*zip(names, args, strict=False), *((n, v) for n, v in keywords if n is not None)):
            yield (function.key, name), value


def _passed_on(project: Project, found: Binding) -> Iterator[tuple[tuple[str, str], str | None]]:
    """What a provider function of dishka passes on to the class that it makes."""
    function, body = project.get(Function, found.source), project.get(Body, found.source)
    if function is None or body is None or found.cls is None:
        return
    parameters = {p.name: symbol_of(project, function.key, p.annotation) for p in function.params}
    for call, *_ in body.raw_calls:
        if symbol_of(project, function.key, call[1]) == found.cls:
            for where, value in _given(project, found.cls, call[2], call[3]):
                wanted = parameters.get(value) if value.__class__ is str else None
                bound = binding_of(project, wanted) if wanted is not None else None
                yield where, bound.cls if bound is not None else None


class _Arguments(dict[tuple[str, str], str]):
    """A dictionary that is never changed after it is made."""

    __slots__ = ()


# --------------------------------------------------------------------------------------------------- who gets what


@query
def _filled(project: Project) -> frozenset[str]:
    """The functions whose parameters dishka fills by type: constructors of what it makes, and its provider functions."""
    out = set()
    for found in bindings(project):
        if project.get(Function, found.source) is not None:
            out.add(found.source)
        elif ":" in found.source:
            init = class_attribute(project, found.source, "__init__")
            if init is not None:
                out.add(init)
    return frozenset(out)


@query
def _made_classes(project: Project) -> frozenset[str]:
    return frozenset(b.source for b in bindings(project))


def is_filled(project: Project, key: str) -> bool:
    """Whether dishka fills the parameters of a function, or the fields of a class, by their types."""
    return key in _filled(project) or key in _made_classes(project)


def handed_class(project: Project, key: str, name: str, annotation: Expr | None) -> str | None:
    """The class of the project that a container hands to a parameter (or to a field of a dataclass), None where no container does."""
    by_name = arguments_by_container(project).get((key, name))
    if by_name is not None or not uses_dishka(project):
        return by_name
    return _handed_by_dishka(project, key, annotation)


@query
def _handed_by_dishka(project: Project, key: str, annotation: Expr | None) -> str | None:
    function = project.get(Function, key)
    outside = f"{function.path}:{function.cls or function.parent}" if function is not None else key
    wanted = injected(project, outside, annotation)
    if wanted is None and is_filled(project, key):
        wanted = symbol_of(project, outside, annotation)
    found = binding_of(project, wanted) if wanted is not None else None
    return found.cls if found is not None else None


def handed_source(project: Project, key: str, annotation: Expr | None) -> str | None:
    """What makes the object that dishka hands to a parameter: a class or a provider function; the type itself when that is not known."""
    if not uses_dishka(project):
        return None
    function = project.get(Function, key)
    outside = f"{function.path}:{function.cls or function.parent}" if function is not None else key
    wanted = injected(project, outside, annotation)
    if wanted is None:
        wanted = symbol_of(project, outside, annotation) if key in _filled(project) else None
        if wanted is None or binding_of(project, wanted) is None:
            return None
    found = binding_of(project, wanted)
    return found.source if found is not None else wanted


def source_class(project: Project, source: str) -> str | None:
    """The class of what a provider function makes."""
    return next((b.cls for b in bindings(project) if b.source == source), None)


@query(bottom=())
def handed_classes(project: Project, cls: str) -> tuple[str, ...]:
    """A class that a container makes, and those that the container hands to it, at any depth."""
    out = [cls]
    for base in mro(project, cls):
        row = project.get(Class, base)
        init = class_attribute(project, base, "__init__") if row is not None else None
        function = project.get(Function, init) if init is not None else None
        given = [handed_class(project, function.key, p.name, p.annotation) for p in function.params] if function else []
        given += [handed_class(project, base, f.name, f.annotation) for f in row.fields] if row is not None else []
        for found in given:
            if found is not None and found not in out:
                out.extend(handed_classes(project, found))
    return tuple(dict.fromkeys(out))
