"""What the providers of dishka bind: which class (or provider function) stands behind a type that is asked for.

    class AppProvider(Provider):
        repository = provide(SqlOrders, provides=Orders)

Only names are resolved here, nothing is typed: `types` asks this module (by way of `containers`), not the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.containers import (
    DISHKA_ALIAS,
    DISHKA_INJECTED,
    DISHKA_PARENTS,
    DISHKA_PROVIDE,
    DISHKA_PROVIDE_ALL,
    DISHKA_PROVIDERS,
    DISHKA_SEVERAL,
)
from layercheck.project import Project, query
from layercheck.queries.import_names import all_imported
from layercheck.queries.modules import looks_like_test
from layercheck.queries.symbols import mro, resolve
from layercheck.tuples import NamedTuple

_WRAPPING = frozenset({
    "collections.abc.AsyncGenerator", "collections.abc.AsyncIterable", "collections.abc.AsyncIterator", "collections.abc.Generator",
    "collections.abc.Iterable", "collections.abc.Iterator", "typing.AsyncGenerator", "typing.AsyncIterable", "typing.AsyncIterator",
    "typing.Generator", "typing.Iterable", "typing.Iterator", "typing.Annotated", "typing_extensions.Annotated",
})  # fmt: skip
_MAX_DEPTH = 8


def symbol_of(project: Project, key: str, e: Expr | None) -> str | None:
    """What a name or attribute chain means, None for any other expression."""
    name = dotted(e) if e is not None else None
    return resolve(project, key, name) if name else None


class Binding(NamedTuple):
    """One thing that a container provides."""

    interface: str
    """The symbol of the type that is asked for."""
    source: str
    """What makes it: a class, or a provider function."""
    cls: str | None
    """The class of what is made, None when it is not known."""


@query
def uses_dishka(project: Project) -> bool:
    """Whether some module imports dishka."""
    return any(module.partition(".")[0] == "dishka" for _, (module, _, _) in all_imported(project))


@query
def bindings(project: Project) -> tuple[Binding, ...]:
    """Everything that dishka providers of the project (not of its tests) bind."""
    found: list[Binding] = []
    importing = [path for path, (module, _, _) in all_imported(project) if module.partition(".")[0] == "dishka"]
    for path in dict.fromkeys(importing):
        if not looks_like_test(path):
            found.extend(bindings_in(project, path))
    return tuple(dict.fromkeys(found))


@query
def bindings_in(project: Project, path: str) -> tuple[Binding, ...]:
    """What the dishka providers of one file bind."""
    found: list[Binding] = []
    for row in project.of_file(Class, path):
        if any(base in DISHKA_PROVIDERS for base in mro(project, row.key)):
            for field in row.fields:
                if ir.is_a(field.value, "call") and field.value is not None:
                    found.extend(_bound(project, row.key, field.value))
            for _, qualname in row.methods:
                function = project.get(Function, f"{path}:{qualname}")
                if function is not None:
                    found.extend(_bound_by_method(project, row.key, function))
    for body in project.of_file(Body, path):
        makers = {
            raw[0]
            for raw in body.raw_binds
            if ir.is_a(raw[2], "call") and any(base in DISHKA_PROVIDERS for base in _bases(project, body.key, raw[2]))
        }
        for call, *_ in body.raw_calls if makers else ():
            owner, _, method = (dotted(call[1]) or "").rpartition(".")
            if owner in makers and method in ("provide", "provide_all", "alias"):
                found.extend(_bound(project, body.key, call, method))
    return tuple(found)


def _bases(project: Project, key: str, call: Expr) -> tuple[str, ...]:
    symbol = symbol_of(project, key, call[1])
    return mro(project, symbol) if symbol is not None else ()


def _bound(project: Project, key: str, call: Expr, method: str | None = None) -> Iterator[Binding]:
    """`provide(Impl, provides=Interface)`, `provide_all(A, B)`, `alias(source=A, provides=B)`, or the same as a method."""
    symbol = symbol_of(project, key, call[1]) if method is None else None
    if method == "provide_all" or symbol in DISHKA_PROVIDE_ALL:
        for given in call[2]:
            yield from _provided(project, key, given, None)
    elif method is not None or symbol in DISHKA_PROVIDE or symbol in DISHKA_ALIAS:
        yield from _provided(project, key, ir.argument(call, 0, "source"), ir.keyword(call, "provides"))


def _provided(project: Project, key: str, source: Expr | None, provides: Expr | None) -> Iterator[Binding]:
    if ir.is_a(source, "item") and source is not None and symbol_of(project, key, source[1]) in DISHKA_PARENTS:
        provides = provides or source
        source = source[2]
    made = symbol_of(project, key, source)
    if made is None:
        return
    function = project.get(Function, made)
    cls = made if project.get(Class, made) is not None else None
    if function is not None:
        cls = _returned_class(project, function)
        provides = provides or function.returns
    for interface in _interfaces(project, key if provides is None or function is None else made, provides) or (made,):
        yield Binding(interface, made, cls)


def _bound_by_method(project: Project, owner: str, function: Function) -> Iterator[Binding]:
    """`@provide` on a method, plain or called."""
    for decorator in function.decorators:
        called = ir.is_a(decorator, "call")
        if symbol_of(project, owner, decorator[1] if called else decorator) in DISHKA_PROVIDE:
            wanted = ir.keyword(decorator, "provides") if called else None
            for interface in _interfaces(project, owner, wanted or function.returns):
                yield Binding(interface, function.key, _returned_class(project, function))


def _interfaces(project: Project, key: str, e: Expr | None) -> tuple[str, ...]:
    """The symbols that a type written in a provider stands for: `A`, `AnyOf[A, B]`, `WithParents[A]`, `AsyncIterable[A]`."""
    if e is None:
        return ()
    if ir.is_a(e, "item"):
        head = symbol_of(project, key, e[1])
        items = e[2][1] if ir.is_a(e[2], "tuple") else (e[2],)
        if head in DISHKA_SEVERAL:
            return tuple(s for item in items for s in _interfaces(project, key, item))
        if head in DISHKA_PARENTS:
            found = _interfaces(project, key, items[0])
            return tuple(dict.fromkeys(base for s in found for base in mro(project, s) if ":" in base))
        return _interfaces(project, key, items[0]) if head in _WRAPPING else (head,) if head is not None else ()
    symbol = symbol_of(project, key, e)
    return (symbol,) if symbol is not None else ()


def _returned_class(project: Project, function: Function) -> str | None:
    """The class of the project that a provider function makes: by what it returns or yields, else by its annotation."""
    body = project.get(Body, function.key)
    made = set()
    binds = {raw[0]: raw[2] for raw in body.raw_binds if raw[1] == "="} if body is not None else {}
    for statement in ir.statements(body.statements) if body is not None else ():
        for e in ir.own_expressions(statement):
            value = e[1] if ir.is_a(e, "yield") else e if statement[0] == "return" else None
            value = binds.get(value, value) if value.__class__ is str else value
            if value is not None:
                made.add(symbol_of(project, function.key, value[1]) if ir.is_a(value, "call") else None)
    if len(made) == 1:
        symbol = made.pop()
        if symbol is not None and project.get(Class, symbol) is not None:
            return symbol
    written = _interfaces(project, function.key, function.returns)
    return written[0] if len(written) == 1 and project.get(Class, written[0]) is not None else None


@query
def binding_of(project: Project, interface: str) -> Binding | None:
    """What the containers bind to a type, None when nothing or several things."""
    found = [b for b in bindings(project) if b.interface == interface]
    return found[0] if len({(b.source, b.cls) for b in found}) == 1 else None


@query
def injected(project: Project, key: str, annotation: Expr | None) -> str | None:
    """The type inside `FromDishka[Service]` (written so or by an alias), None for any other annotation."""
    if not uses_dishka(project):
        return None
    return _injected(project, key, annotation, 0)


def _injected(project: Project, key: str, annotation: Expr | None, depth: int) -> str | None:
    if annotation is None or depth > _MAX_DEPTH or not ir.is_a(annotation, "item"):
        return None
    head = symbol_of(project, key, annotation[1])
    if head in DISHKA_INJECTED:
        return symbol_of(project, key, annotation[2])
    if head in ("typing.Annotated", "typing_extensions.Annotated") and ir.is_a(annotation[2], "tuple"):
        first, *extra = annotation[2][1]
        for e in extra:
            if symbol_of(project, key, e[1] if ir.is_a(e, "call") else e) in DISHKA_INJECTED:
                return symbol_of(project, key, first)
    return None
