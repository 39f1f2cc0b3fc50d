"""Dependencies of FastAPI handlers and providers, as they are declared.

`db: Session = Depends(get_db)`, `db: Annotated[Session, Depends(get_db)]`, an alias of that from another module, a class as a
dependency, `Depends()` on an annotated class, parametrised factories (`Depends(require("admin"))`), `Security(...)` with scopes,
wrappers of the project that return a Depends, and dependency-injector's `Provide[Container.service]`.
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function, path_of
from layercheck.ir import Expr, dotted
from layercheck.knowledge.containers import INJECTOR_PROVIDE
from layercheck.project import Project, query
from layercheck.queries.containers import handed_source, is_provide, provided_by
from layercheck.queries.containers_dishka import uses_dishka
from layercheck.queries.import_names import NamesByFile, python_files
from layercheck.queries.symbols import binding, class_attribute, resolve
from layercheck.queries.words import bodies, has_words, last_parts, says, stands_for, words_in_heads
from layercheck.tuples import NamedTuple

DEPENDS = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends", "fastapi.params.Security"})
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})


class Dependency(NamedTuple):
    """One declared dependency. `target` is the symbol that is called, None when it cannot be resolved.

    `called` says that the declaration holds a call: `Depends(make(...))`; `target` is then the factory. `scope` is the key whose
    names the expression uses.
    """

    target: str | None
    called: bool
    expression: Expr | None
    security: bool
    scope: str
    by_container: bool = False
    """A container hands it over by its type (dishka): it is made there, and its parameters are none of the request's."""


def dependency(project: Project, key: str, annotation: Expr | None, default: Expr | None) -> Dependency | None:
    """The dependency that a parameter or class attribute declares, or None when it declares none.

    `key` is the function (or class); its parameters do not hide anything from their own defaults and annotations: in
    `def read(user=Depends(user))` the inner name is the one outside.
    """
    names = dependency_names_in(project, path_of(key))
    declares = says(annotation, names) or says(default, names)
    if not declares and not uses_dishka(project):
        return None
    function = project.get(Function, key)
    if function is not None:
        outside = f"{function.path}:{function.cls or function.parent}"
        return _declared(project, outside, annotation, default) or _handed(project, key, outside, annotation)
    found = _declared(project, key, annotation, default)
    if found is not None and found.target is None and project.get(Class, key) is not None:
        # `user = Depends(user)` in a class body: the name is not bound there yet
        path, _, qualname = key.partition(":")
        return _declared(project, f"{path}:{qualname.rpartition('.')[0]}", annotation, default)
    return found


@query
def dependency_names(project: Project) -> frozenset[str]:
    """The names without which an annotation or default declares no dependency (but for dishka's, which go by type)."""
    return stands_for(project, last_parts(DEPENDS | INJECTOR_PROVIDE), True)


@query(whole=True)
def dependency_names_in(project: Project, path: str) -> frozenset[str]:
    """Those of `dependency_names` that the heads of a file have, so that the others concern nobody there."""
    return _dependency_names_by_file(project).get(path, frozenset())


@query
def _dependency_names_by_file(project: Project) -> NamesByFile:
    names = dependency_names(project)
    found = {path: names & words_in_heads(project, path) for path in python_files(project)}
    return NamesByFile({path: those for path, those in found.items() if those})


def _handed(project: Project, key: str, outside: str, annotation: Expr | None) -> Dependency | None:
    """What dishka hands over: `service: FromDishka[Service]`, and whatever its own providers and constructors ask for by type."""
    source = handed_source(project, key, annotation)
    return Dependency(source, False, annotation, False, outside, True) if source is not None else None


def _declared(project: Project, key: str, annotation: Expr | None, default: Expr | None) -> Dependency | None:
    if default is not None:
        if is_provide(project, key, default):  # a function with @inject that is no route
            return Dependency(provided_by(project, key, default), False, default, False, key)
        found = depends_call(project, key, default, annotation)
        if found is not None:
            return found
    return _annotated(project, key, annotation) if annotation is not None else None


def _annotated(project: Project, key: str, annotation: Expr) -> Dependency | None:
    name = dotted(annotation)
    if name is not None:
        symbol = resolve(project, key, name)
        if symbol is not None and ":" in symbol and not symbol.endswith(":"):
            return alias_dependency(project, symbol)
        return None
    if ir.is_a(annotation, "item"):
        head = dotted(annotation[1])
        symbol = resolve(project, key, head) if head else None
        if symbol in _ANNOTATED and ir.is_a(annotation[2], "tuple"):
            first, *metadata = annotation[2][1]
            for extra in metadata:
                found = depends_call(project, key, extra, first)
                if found is not None:
                    return found
            return _annotated(project, key, first)
        if symbol is not None and ":" in symbol:
            return alias_dependency(project, symbol)
        if symbol in ("typing.Optional", "typing.Union"):
            items = annotation[2][1] if ir.is_a(annotation[2], "tuple") else (annotation[2],)
            return next((d for i in items if (d := _annotated(project, key, i)) is not None), None)
    if ir.is_a(annotation, "op") and annotation[1] == "|":
        return next((d for i in annotation[2] if (d := _annotated(project, key, i)) is not None), None)
    return None


@query
def alias_dependency(project: Project, symbol: str) -> Dependency | None:
    """The dependency inside `CurrentUser = Annotated[User, Depends(get_current_user)]`."""
    if project.get(Class, symbol) is not None:
        return None
    bind = binding(project, symbol)
    if bind is None or bind.value is None or dotted(bind.value) == symbol.partition(":")[2]:
        return None
    module = f"{symbol.partition(':')[0]}:"
    found = _annotated(project, module, bind.value)
    return found or depends_call(project, module, bind.value, None)


def depends_call(project: Project, key: str, e: Expr, annotation: Expr | None) -> Dependency | None:
    """The dependency in `Depends(x)`, in a name bound to one, or in a project helper that returns one; else None."""
    name = dotted(e)
    if name is not None:
        symbol = resolve(project, key, name)
        if symbol is not None and ":" in symbol and not symbol.endswith(":"):
            bind = binding(project, symbol)
            if bind is not None and ir.is_a(bind.value, "call"):
                return depends_call(project, f"{symbol.partition(':')[0]}:", bind.value, annotation)
        return None
    if not ir.is_a(e, "call"):
        return None
    func = dotted(e[1])
    symbol = resolve(project, key, func) if func else None
    if symbol is None:
        return None
    if symbol in DEPENDS:
        return _target(project, key, ir.argument(e, 0, "dependency"), annotation, symbol.endswith("Security"))
    if ":" in symbol:
        returned = returned_call(project, symbol)
        if returned is not None:
            found = depends_call(project, symbol, returned, annotation)
            if found is not None:
                return found
    return None


@query
def returned_call(project: Project, symbol: str) -> Expr | None:
    """The call that a plain function returns (`return Depends(...)`, the first of several such), or None."""
    function = project.get(Function, symbol)
    body = project.get(Body, symbol)
    if function is None or body is None:
        return None
    returned = [s[1] for s in ir.statements(body.statements) if s[0] == "return"]
    if not returned or not all(ir.is_a(value, "call") for value in returned):
        return None
    return returned[0] if len({value[1] for value in returned}) == 1 else None


def _target(project: Project, key: str, e: Expr | None, annotation: Expr | None, security: bool) -> Dependency:
    if e is None or e == ("const", None):
        name = dotted(annotation) if annotation is not None else None
        return Dependency(resolve(project, key, name) if name else None, False, annotation, security, key)
    if is_provide(project, key, e):
        return Dependency(provided_by(project, key, e), False, e, security, key)
    called = ir.is_a(e, "call")
    name = dotted(e[1] if called else e)
    symbol = resolve(project, key, name) if name else None
    if symbol is None and name is not None and "." in name:
        symbol = _method_of_value(project, key, name)
    return Dependency(symbol, called, e, security, key)


def _method_of_value(project: Project, key: str, name: str) -> str | None:
    """`Depends(service.get_user)` where `service` is an instance at module level."""
    from layercheck.queries.types import Typing

    found = Typing(project, key).name(name, 1 << 30)
    return found[1] if found is not None and found[0] in ("func", "method") else None


class Declared(NamedTuple):
    """A dependency of a handler or provider and the parameter that takes it ('' for one in a decorator)."""

    name: str
    dependency: Dependency


def declared_dependencies(project: Project, key: str) -> tuple[Declared, ...]:
    """The dependencies that a function declares by its parameters, in order. For a class: those of its __init__ and its body."""
    function = project.get(Function, key)
    if function is not None and all(raw[2] is None and raw[3] is None for raw in function.raw_params):
        return ()
    return _declared_dependencies(project, key)


@query
def _declared_dependencies(project: Project, key: str) -> tuple[Declared, ...]:
    function = project.get(Function, key)
    if function is None:
        return _class_dependencies(project, key)
    found = []
    for param in function.params:
        wanted = dependency(project, key, param.annotation, param.default)
        if wanted is not None:
            found.append(Declared(param.name, wanted))
    return tuple(found)


def _class_dependencies(project: Project, key: str) -> tuple[Declared, ...]:
    row = project.get(Class, key)
    if row is None:
        return ()
    found: list[Declared] = []
    init = class_attribute(project, key, "__init__")
    if init is not None and ":" in init:
        found.extend(declared_dependencies(project, init))
    for field in row.fields:
        wanted = dependency(project, key, field.annotation, field.value)
        if wanted is not None:
            found.append(Declared(field.name, wanted))
    return tuple(found)


def decorator_dependencies(project: Project, key: str, call: Expr) -> tuple[Dependency, ...] | None:
    """The `dependencies=[Depends(a), ...]` of a route, router or include call; None when it is there but not literal."""
    value = ir.keyword(call, "dependencies")
    if value is None:
        return ()
    return listed_dependencies(project, key, value)


def listed_dependencies(project: Project, key: str, value: Expr) -> tuple[Dependency, ...] | None:
    """A list of dependencies, followed through a module-level name and `+`; None when some part cannot be resolved."""
    if value == ("const", None):
        return ()
    if ir.is_a(value, "list") or ir.is_a(value, "tuple"):
        found: list[Dependency] = []
        for element in value[1]:
            one = depends_call(project, key, element, None)
            if one is None:
                return None
            found.append(one)
        return tuple(found)
    if ir.is_a(value, "op") and value[1] == "+":
        parts = [listed_dependencies(project, key, v) for v in value[2]]
        return None if any(p is None for p in parts) else tuple(d for p in parts if p for d in p)
    name = dotted(value)
    symbol = resolve(project, key, name) if name else None
    if symbol is not None and ":" in symbol:
        bind = binding(project, symbol)
        if bind is not None and bind.value is not None:
            return listed_dependencies(project, f"{symbol.partition(':')[0]}:", bind.value)
    return None


@query
def provider_symbols(project: Project) -> frozenset[str]:
    """Every project symbol that some function, class or module-level call of the project names as a dependency."""
    found: set[str] = set()

    def add(wanted: Dependency | None) -> None:
        if wanted is not None and wanted.target is not None and ":" in wanted.target:
            found.add(wanted.target)

    for path in project.files():
        if path.endswith(".py"):
            found |= providers_named_in(project, path)
    return frozenset(found)


@query
def _providers_by_file(project: Project) -> NamesByFile:
    found: dict[str, set[str]] = {}
    for symbol in provider_symbols(project):
        found.setdefault(path_of(symbol), set()).add(symbol)
    return NamesByFile({path: frozenset(symbols) for path, symbols in found.items()})


@query(whole=True)
def providers_of(project: Project, path: str) -> frozenset[str]:
    """Those of `provider_symbols` that a file defines."""
    return _providers_by_file(project).get(path, frozenset())


@query
def providers_named_in(project: Project, path: str) -> frozenset[str]:
    """The project symbols that one file names as dependencies."""
    found: set[str | None] = set()
    if declares_any(project, path) or "dependencies" in words_in_heads(project, path):
        found.update(_named_in_heads(project, path))
    if has_words(project, path, _CALLED):
        found.update(_named_in_bodies(project, path))
    return frozenset(s for s in found if s is not None and ":" in s)


_CALLED = frozenset({"Depends", "Security"})


def declares_any(project: Project, path: str) -> bool:
    """Whether a function or class of a file may declare a dependency, by the names in its head."""
    return uses_dishka(project) or bool(dependency_names_in(project, path))


def _named_in_heads(project: Project, path: str) -> Iterator[str | None]:
    for function in project.of_file(Function, path):
        for declared in declared_dependencies(project, function.key):
            yield declared.dependency.target
        outside = f"{path}:{function.cls or function.parent}"
        for decorator in function.decorators:
            if ir.is_a(decorator, "call"):
                for wanted in decorator_dependencies(project, outside, decorator) or ():
                    yield wanted.target
    for cls in project.of_file(Class, path):
        for field in cls.fields:
            wanted_field = dependency(project, cls.key, field.annotation, field.value)
            if wanted_field is not None:
                yield wanted_field.target


def _named_in_bodies(project: Project, path: str) -> Iterator[str | None]:
    for body in bodies(project, path, lambda said: not _CALLED.isdisjoint(said.words)):
        for call in body.calls:
            if isinstance(call.func, str) and call.func.rpartition(".")[2] in _CALLED:
                wanted_call = depends_call(project, body.key, call.call, None)
                if wanted_call is not None:
                    yield wanted_call.target
