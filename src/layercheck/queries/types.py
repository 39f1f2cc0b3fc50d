"""The type of an expression, as far as it matters: which session, client, service, model or function it is.

DESIGN: types are plain tuples, and None is "not known", which every rule treats as "say nothing".

    ("inst", symbol, args)   an instance: ("inst", "sqlalchemy.orm.Session", ()), ("inst", "builtins.list", (("inst", "a.py:User", ()),))
    ("type", symbol, args)   a class of the project as a value
    ("func", symbol)         a project function; ("method", symbol, self type) bound to an instance
    ("ext", dotted)          an external function, class or module attribute
    ("module", symbol)
    ("await", type)          what a call of an async function gives before `await`
    ("gen", type)            a generator or iterator over elements of a type

Inference is deliberately shallow: annotations first, then constructors, assignments, `self.x = x`, Depends targets, return and
yield values. It is flow-insensitive but for order: a use sees the last binding above it. Narrowing is not done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layercheck import ir
from layercheck.facts.rows import Attribute, Bind, Body, Class, Field, Function, Param
from layercheck.ir import Expr, dotted
from layercheck.knowledge.containers import DISHKA_INJECTED
from layercheck.knowledge.types import ANY_ATTRIBUTE, AWAITABLE, FACTORIES, INSTANCES, RETURNS
from layercheck.project import Project, query
from layercheck.queries.containers import handed_class
from layercheck.queries.depends import dependency
from layercheck.queries.symbols import (
    binding,
    canonical,
    global_symbol,
    is_module,
    member,
    mro,
    names_around,
    resolve,
    resolve_first,
)
from layercheck.queries.type_values import (
    Type,
    element_type,
    external_instance,
    instance,
    mentions_variable,
    with_arguments,
)

_LISTS = frozenset({
    "builtins.list", "builtins.set", "builtins.tuple", "builtins.frozenset", "typing.List", "typing.Sequence", "typing.Iterable",
    "typing.Set", "typing.Tuple", "typing.FrozenSet", "typing.Collection", "typing.AbstractSet", "typing.MutableSequence",
    "collections.abc.Sequence", "collections.abc.Iterable", "collections.abc.Collection", "collections.abc.Set",
    "collections.abc.MutableSequence", "collections.deque", "typing.Deque", "sqlalchemy.Sequence",
})  # fmt: skip
_GENERATORS = frozenset({
    "typing.Generator", "typing.Iterator", "typing.AsyncGenerator", "typing.AsyncIterator", "typing.AsyncIterable",
    "collections.abc.Generator", "collections.abc.Iterator", "collections.abc.AsyncGenerator", "collections.abc.AsyncIterator",
    "collections.abc.AsyncIterable", "contextlib.AbstractContextManager", "contextlib.AbstractAsyncContextManager",
    "typing.ContextManager", "typing.AsyncContextManager",
})  # fmt: skip
_DICTS = frozenset(
    {"builtins.dict", "typing.Dict", "typing.Mapping", "collections.abc.Mapping", "collections.defaultdict"}
)
_TRANSPARENT = frozenset({
    "typing.Optional", "typing.Annotated", "typing_extensions.Annotated", "typing.Final", "typing.ClassVar", "typing.Required",
    "typing.NotRequired", "sqlalchemy.orm.Mapped", "sqlalchemy.orm.DynamicMapped", "sqlalchemy.orm.WriteOnlyMapped",
    "typing.Union", "pydantic.SkipValidation",
})  # fmt: skip
_AWAITABLES = frozenset(
    {"typing.Awaitable", "typing.Coroutine", "collections.abc.Awaitable", "collections.abc.Coroutine"}
)
_PROPERTIES = frozenset({
    "builtins.property", "functools.cached_property", "sqlalchemy.ext.hybrid.hybrid_property", "pydantic.computed_field",
    "abc.abstractproperty",
})  # fmt: skip
_CONTEXT_DECORATORS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
_STATIC = frozenset({"builtins.staticmethod"})
_CLASS_METHOD = frozenset({"builtins.classmethod"})
_SELF = frozenset({"typing.Self", "typing_extensions.Self"})
_NONE = ("inst", "None", ())
_ANYTHING = (None, ("inst", "typing.Any", ()), ("inst", "builtins.object", ()))
"""What an annotation says that says nothing."""
_MAX_UNPACK = 6


# ------------------------------------------------------------------------------------------------------- annotations


def annotation_type(project: Project, key: str, annotation: Expr | None) -> Type:
    """What a value annotated so is; `key` is the function, class or module in which the annotation stands."""
    if annotation is None:
        return None
    name = dotted(annotation)
    if name is not None:
        return _named_type(project, key, name)
    match annotation:
        case ("const", None):
            return _NONE
        case ("op", "|", operands):
            return _first_known(project, key, operands)
        case ("item", head, index, _):
            return _generic_type(project, key, head, index)
    return None


_BARE = frozenset({"typing.Final", "typing_extensions.Final", "typing.ClassVar", "typing_extensions.ClassVar"})
"""Without brackets they say nothing of the type: `router: Final = APIRouter()`."""


def _named_type(project: Project, key: str, name: str) -> Type:
    symbol = resolve(project, key, name)
    if symbol is None:
        return None
    if ":" not in symbol:
        if symbol == "builtins.None":
            return _NONE
        if symbol in _SELF:
            return _self_type(project, key)
        return instance(symbol) if symbol not in _BARE else None
    if is_module(symbol):
        return None
    if project.get(Class, symbol) is not None:
        return instance(symbol)
    return _alias_type(project, symbol)


@query
def _alias_type(project: Project, symbol: str) -> Type:
    """`SessionDep = Annotated[Session, Depends(get_db)]`, `Alias = Other`, `T = TypeVar("T", bound=Base)`."""
    bind = binding(project, symbol)
    if bind is None or bind.value is None:
        return None
    module = f"{symbol.partition(':')[0]}:"
    value = bind.value
    if ir.is_a(value, "call"):
        func = dotted(value[1])
        target = resolve(project, module, func) if func else None
        if target == "typing.TypeVar":
            return ("var", symbol, annotation_type(project, module, ir.keyword(value, "bound")))
        if target == "typing.NewType":
            return annotation_type(project, module, ir.argument(value, 1, "tp"))
        return None
    return annotation_type(project, module, value)


def _first_known(project: Project, key: str, options: tuple[Expr, ...]) -> Type:
    for option in options:
        found = annotation_type(project, key, option)
        if found is not None and found != _NONE:
            return found
    return None


def _generic_type(project: Project, key: str, head: Expr, index: Expr) -> Type:
    name = dotted(head)
    symbol = resolve(project, key, name) if name else None
    if symbol is None:
        return None
    items: tuple[Expr, ...] = index[1] if ir.is_a(index, "tuple") else (index,)
    if not items:  # tuple[()] says that there is nothing in it
        return instance(symbol) if ":" not in symbol else None
    if ":" in symbol:
        if project.get(Class, symbol) is not None:
            return ("inst", symbol, tuple(annotation_type(project, key, i) for i in items))
        aliased = _alias_type(project, symbol)
        if aliased is not None and aliased[0] == "inst":
            return ("inst", aliased[1], tuple(annotation_type(project, key, i) for i in items))
        return aliased
    if symbol in ("typing.Annotated", "typing_extensions.Annotated"):
        return annotation_type(project, key, items[0])
    if symbol in _TRANSPARENT or symbol in DISHKA_INJECTED:
        return _first_known(project, key, items)
    if symbol in _LISTS:
        return instance("builtins.list", annotation_type(project, key, items[0]))
    if symbol in _GENERATORS:
        return ("gen", annotation_type(project, key, items[0]))
    if symbol in _DICTS:
        return instance("builtins.dict", *(annotation_type(project, key, i) for i in items))
    if symbol in _AWAITABLES:
        return ("await", annotation_type(project, key, items[-1]))
    if symbol in ("builtins.type", "typing.Type"):
        inner = annotation_type(project, key, items[0])
        return ("type", inner[1], inner[2]) if inner is not None and inner[0] == "inst" else None
    if symbol in ("typing.Callable", "collections.abc.Callable"):
        return ("callable", annotation_type(project, key, items[-1]))
    return ("inst", symbol, tuple(annotation_type(project, key, i) for i in items))


def _self_type(project: Project, key: str) -> Type:
    path, _, qualname = key.partition(":")
    while qualname:
        function = project.get(Function, f"{path}:{qualname}")
        if function is not None and function.cls:
            return instance(f"{path}:{function.cls}")
        if project.get(Class, f"{path}:{qualname}") is not None:
            return instance(f"{path}:{qualname}")
        qualname = qualname.rpartition(".")[0]
    return None


# --------------------------------------------------------------------------------------------------------- functions


def has_decorator(project: Project, function: Function, names: frozenset[str]) -> bool:
    """Whether one of a function's decorators resolves to one of the symbols (called or not)."""
    return bool(function.decorators) and not names.isdisjoint(decorator_symbols(project, function.key))


@query(bottom=())
def decorator_symbols(project: Project, key: str) -> tuple[str | None, ...]:
    """What the decorators of a function are, called or not, outermost first; None for those that are not known."""
    function = project.get(Function, key)
    if function is None:
        return ()
    outside = f"{function.path}:{function.cls or function.parent}"
    names = [dotted(d[1] if ir.is_a(d, "call") else d) for d in function.decorators]
    return tuple([resolve(project, outside, name) if name is not None else None for name in names])


def is_static(project: Project, key: str) -> bool:
    """Whether a method is a staticmethod."""
    function = project.get(Function, key)
    return function is not None and bool(function.decorators) and has_decorator(project, function, _STATIC)


@query
def param_type(project: Project, key: str, name: str) -> Type:
    """The type of a parameter: `self`, annotation, Depends target, default, or unmistakable use as a session."""
    function = project.get(Function, key)
    if function is None:
        return None
    for position, raw in enumerate(function.raw_params):
        if raw[0] == name:
            return _param_type(project, function, Param._make(raw), position)
    return None


def _param_type(project: Project, function: Function, param: Param, position: int) -> Type:
    if param.kind == "kwvar":
        return None
    if param.kind == "var":
        return instance("builtins.list", annotation_type(project, function.key, param.annotation))
    if position == 0 and function.cls and not is_static(project, function.key) and param.annotation is None:
        cls = f"{function.path}:{function.cls}"
        if has_decorator(project, function, _CLASS_METHOD):
            return ("type", cls, ())
        return instance(cls)
    handed = handed_class(project, function.key, param.name, param.annotation)
    if handed is not None:
        return instance(handed)
    written = annotation_type(project, function.key, param.annotation)
    wanted = dependency(project, function.key, param.annotation, param.default)
    if wanted is not None and wanted.target is not None:
        given = provided_type(project, wanted.target, wanted.called)
        if given is not None and (
            written in _ANYTHING or _is_session(project, given) or _is_narrower(project, given, written)
        ):
            return given
    if written is not None:
        return written[2] if written[0] == "var" else written
    if param.default is not None and wanted is None:
        found = Typing(project, f"{function.path}:{function.cls or function.parent}").type(param.default)
        if (
            found is not None
            and found != _NONE
            and found[1:2] not in (("builtins.str",), ("builtins.int",), ("builtins.bool",))
        ):
            return found
    from layercheck.queries.sessions import untyped_session

    return untyped_session(project, function.key, param.name)


def _is_narrower(project: Project, kind: Type, written: Type) -> bool:
    """Whether a type is a class of the project that implements another one: derived from it, or handed over for a protocol."""
    if kind is None or written is None or kind[0] != "inst" or written[0] != "inst" or kind[1] == written[1]:
        return False
    if project.get(Class, kind[1]) is None or project.get(Class, written[1]) is None:
        return False
    return written[1] in mro(project, kind[1]) or "typing.Protocol" in mro(project, written[1])


def _is_session(project: Project, kind: Type) -> bool:
    from layercheck.queries.sessions import session_kind

    return session_kind(project, kind) is not None


@query
def provided_type(project: Project, target: str, called: bool = False) -> Type:
    """What a dependency hands over: the yielded or returned value of a provider, an instance of a class."""
    function = project.get(Function, target)
    if function is not None:
        if called:
            return _factory_product(project, function)
        if function.is_generator:
            return yield_type(project, target)
        found = return_type(project, target)
        if found is not None and found[0] == "await":
            found = found[1]
        if found is not None and found[0] == "gen":
            return found[1]
        made = _single_product(project, target) if function.returns is not None else None
        return made if _is_narrower(project, made, found) else found
    if project.get(Class, target) is not None:
        if called:
            return _callable_result(project, target)
        return instance(target)
    if ":" not in target:
        return None if called else (RETURNS.get(target) and instance(RETURNS[target])) or external_instance(target)
    kind = symbol_type(project, target)
    if kind is not None and kind[0] == "inst" and ":" in kind[1]:
        return _callable_result(project, kind[1])
    if kind is not None and kind[0] in ("func", "method"):
        return provided_type(project, kind[1])
    return None


@query
def _single_product(project: Project, key: str) -> Type:
    """What every return statement of a function gives, None where they differ or one is not known."""
    body = project.get(Body, key)
    typing = Typing(project, key)
    found = {
        typing.type(statement[1], statement[2])
        for statement in ir.statements(body.statements if body is not None else ())
        if statement[0] == "return"
    }
    return found.pop() if len(found) == 1 else None


def _callable_result(project: Project, cls: str) -> Type:
    found = instance_attribute(project, cls, "__call__")
    if found is not None and found[0] == "method":
        return provided_type(project, found[1])
    return None


def _factory_product(project: Project, function: Function) -> Type:
    """What `Depends(make(...))` hands over: `make` returns a function or a callable instance."""
    result = return_type(project, function.key)
    if result is None:
        return None
    if result[0] in ("func", "method"):
        return provided_type(project, result[1])
    if result[0] == "callable":
        return result[1]
    if result[0] == "inst" and ":" in result[1]:
        return _callable_result(project, result[1])
    return None


@query
def return_type(project: Project, key: str) -> Type:
    """What calling a project function gives (for an async one: ("await", ...))."""
    function = project.get(Function, key)
    if function is None:
        return None
    found = annotation_type(project, key, function.returns)
    if found is not None and found[0] == "var":
        found = found[2]
    if function.is_generator:
        inner = found[1] if found is not None and found[0] == "gen" else yield_type(project, key)
        return ("gen", inner)
    if found is None and function.returns is None:
        found = _returned(project, key)
    if function.is_async:
        return ("await", found)
    return found


@query
def _returned(project: Project, key: str) -> Type:
    body = project.get(Body, key)
    if body is None:
        return None
    typing = Typing(project, key)
    none = False
    for statement in ir.statements(body.statements):
        if statement[0] == "return":
            if statement[1] is None or statement[1] == ("const", None):
                none = True
                continue
            found = typing.type(statement[1], statement[2])
            if found is not None:
                return found
    return _NONE if none else None


@query
def yield_type(project: Project, key: str) -> Type:
    """What a generator yields: the value itself where it is known, else what the annotation says."""
    body = project.get(Body, key)
    function = project.get(Function, key)
    if body is None or function is None:
        return None
    typing = Typing(project, key)
    for statement in ir.statements(body.statements):
        for e in ir.own_expressions(statement):
            for node in ir.walk(e):
                if ir.is_a(node, "yield") and node[1] is not None:
                    found = typing.type(node[1], statement[-1])
                    if found is not None and found != _NONE:
                        return found
    written = annotation_type(project, key, function.returns)
    if written is not None and written[0] == "gen":
        return written[1]
    return None if written is None or written[0] != "inst" else written


# ----------------------------------------------------------------------------------------------------------- classes


@query
def instance_attribute(project: Project, cls: str, name: str) -> Type:
    """The type of `instance.name`: method, property, field, or what a method put on self."""
    for base in mro(project, cls):
        if ":" not in base:
            if base in ("builtins.object", "typing.Generic", "typing.Protocol", "abc.ABC"):
                continue
            given = RETURNS.get(f"{base}.{name}.")  # attribute, not call
            if given is not None:
                return instance(given)
            if base in ANY_ATTRIBUTE and f"{base}.{name}" not in RETURNS and f"{base}.{name}" not in AWAITABLE:
                return instance(ANY_ATTRIBUTE[base])
            return ("ext", f"{base}.{name}")
        row = project.get(Class, base)
        if row is None:
            return None
        found = _own_attribute(project, row, name)
        if found is not None:
            return found
    return None


def _own_attribute(project: Project, row: Class, name: str) -> Type:
    for method, qualname in row.methods:
        if method == name:
            key = f"{row.path}:{qualname}"
            function = project.get(Function, key)
            if function is not None and has_decorator(project, function, _PROPERTIES):
                return return_type(project, key)
            return ("method", key, instance(row.key))
    for raw in row.raw_fields:
        if raw[0] == name:
            found = _field_type(project, row, Field._make(raw))
            if found is not None:
                return found
    for raw in row.raw_attributes:
        if raw[0] == name:
            found = _attribute_type(project, row, Attribute._make(raw))
            if found is not None and found != _NONE:
                return found
    return None


def _field_type(project: Project, row: Class, field: Field) -> Type:
    handed = handed_class(project, row.key, field.name, field.annotation)
    if handed is not None:
        return instance(handed)
    wanted = dependency(project, row.key, field.annotation, field.value)
    written = annotation_type(project, row.key, field.annotation)
    if wanted is not None and wanted.target is not None:
        given = provided_type(project, wanted.target, wanted.called)
        if given is not None and (
            written is None or _is_session(project, given) or _is_narrower(project, given, written)
        ):
            return given
    if written is not None:
        return written[2] if written[0] == "var" else written
    if field.value is None or wanted is not None:
        return None
    return Typing(project, row.key).type(field.value)


def _attribute_type(project: Project, row: Class, attribute: Attribute) -> Type:
    key = f"{row.path}:{attribute.method}"
    written = annotation_type(project, key, attribute.annotation)
    if written is not None:
        return written[2] if written[0] == "var" else written
    return _by_kind(Typing(project, key), attribute.kind, attribute.value, 1 << 30)


# ------------------------------------------------------------------------------------------------------- expressions


@query
def bind_type(project: Project, key: str, index: int) -> Type:
    """The type that the index-th binding of a body gives its name."""
    body = project.get(Body, key)
    if body is None or index >= len(body.raw_binds):
        return None
    bind = Bind._make(body.raw_binds[index])
    if bind.annotation is not None:
        written = annotation_type(project, key, bind.annotation)
        if written is not None:
            return written[2] if written[0] == "var" else written
    return _by_kind(Typing(project, key), bind.kind, bind.value, bind.at)


def _by_kind(typing: Typing, kind: str, value: Expr | None, at: int) -> Type:
    if value is None:
        return None
    if kind in ("=", ":="):
        return typing.type(value, at)
    if kind in ("for", "comp"):
        return element_type(typing.type(value, at))
    if kind in ("with", "awith"):
        return entered_type(typing.project, typing.type(value, at))
    if kind == "except":
        first = value[1][0] if ir.is_a(value, "tuple") and value[1] else value
        return annotation_type(typing.project, typing.key, first)
    if kind in ("def", "class"):
        symbol = f"{typing.key.partition(':')[0]}:{value[1]}"
        return ("func", symbol) if kind == "def" else ("type", symbol, ())
    return None


def entered_type(project: Project, kind: Type) -> Type:
    """What `with value as name` binds: most context managers of interest give themselves."""
    match kind:
        case ("gen", inner):
            return inner
        case ("await", inner):
            return inner
        case ("inst", symbol, _) if ":" in symbol:
            for name in ("__aenter__", "__enter__"):
                found = instance_attribute(project, symbol, name)
                if found is not None and found[0] == "method":
                    result = return_type(project, found[1])
                    result = result[1] if result is not None and result[0] == "await" else result
                    return result if result is not None and result != _NONE else kind
            return kind
        case ("inst", symbol, _):
            entered = RETURNS.get(f"{symbol}.__enter__") or RETURNS.get(f"{symbol}.__aenter__")
            return instance(entered) if entered else kind
    return None


@query(kept=True)
def symbol_type(project: Project, symbol: str) -> Type:
    """The type of a symbol used as a value: class, function, module, module variable, class attribute."""
    if ":" not in symbol:
        return instance(INSTANCES[symbol]) if symbol in INSTANCES else ("ext", symbol)
    if symbol.endswith(":"):
        return ("module", symbol)
    if project.get(Class, symbol) is not None:
        return ("type", symbol, ())
    if project.get(Function, symbol) is not None:
        return ("func", symbol)
    path, _, qualname = symbol.partition(":")
    owner, _, name = qualname.rpartition(".")
    if owner:
        row = project.get(Class, f"{path}:{owner}")
        return _own_attribute(project, row, name) if row is not None else None
    return _module_variable(project, path, name)


def _module_variable(project: Project, path: str, name: str) -> Type:
    body = project.get(Body, f"{path}:")
    if body is None:
        return None
    for index in range(len(body.raw_binds) - 1, -1, -1):
        if body.raw_binds[index][0] == name:
            found = bind_type(project, f"{path}:", index)
            if found is not None and found != _NONE:
                return found
    return _assigned_elsewhere(project, path, name)


@query
def _assigned_elsewhere(project: Project, path: str, name: str) -> Type:
    """`engine = None` at module level, filled by a function through `global engine`."""
    declaring = {said.key for said in project.said_in(path) if "global" in said.words}
    for function in project.of_file(Function, path) if declaring else ():
        body = project.get(Body, function.key) if function.key in declaring else None
        if body is None or name not in body.global_names:
            continue
        for index, raw in enumerate(body.raw_binds):
            if raw[0] == name:
                found = bind_type(project, function.key, index)
                if found is not None and found != _NONE:
                    return found
    return None


def _index_numbers(raw: tuple[tuple[Any, ...], ...]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, bind in enumerate(raw):
        found.setdefault(bind[0], []).append(number)
    return found


_numbers = ir.Recent(_index_numbers, 1024)
"""Name or dotted target -> the numbers of its bindings in a body, in order."""


class Typing:
    """Types of expressions inside one function, class or module body. Made for one question: what it has found out, that one has read."""

    __slots__ = ("_around", "_outside", "key", "project")

    def __init__(self, project: Project, key: str) -> None:
        self.project = project
        self.key = key
        self._around: frozenset[str] | None = None
        """The names with a meaning of their own in this body; None while nobody has asked."""
        self._outside: dict[str, Type] = {}
        """The types of the names that are those of the module: they are the same everywhere in the body."""

    def type(self, e: Expr | None, at: int = 1 << 30) -> Type:
        """The type of an expression that stands at ordinal `at`, or None."""
        if e is None:
            return None
        if e.__class__ is str:
            return self.name(e, at)
        tag = e[0]
        if tag == "ref":
            return self.name(e[1], at)
        if tag == "call":
            return self.called(e[1], e, at)
        if tag == "const":
            return _NONE if e[1] is None else instance(f"builtins.{type(e[1]).__name__}")
        if tag == "await":
            found = self.type(e[1], at)
            return found[1] if found is not None and found[0] == "await" else None
        if tag == "attr":
            return self.attribute(self.type(e[1], at), e[2])
        if tag == "item":
            return self.item(e[1], e[2], at)
        made = _COMPOSED.get(tag)
        return made(self, e, at) if made is not None else None

    def first(self, options: tuple[Expr, ...], at: int) -> Type:
        """The first known type of several alternatives."""
        for option in options:
            found = self.type(option, at)
            if found is not None and found != _NONE:
                return found
        return None

    def item(self, value: Expr, index: Expr, at: int) -> Type:
        found = self.type(value, at)
        match found:
            case ("inst", "builtins.list", (inner, *_)):
                return found if ir.is_a(index, "slice") else inner
            case ("inst", "builtins.dict", (_, inner)):
                return inner
            case ("inst", owner, _) if owner in ANY_ATTRIBUTE:
                return instance(ANY_ATTRIBUTE[owner])
            case ("type", symbol, _):  # Repository[Model](...)
                items = index[1] if ir.is_a(index, "tuple") else (index,)
                return ("type", symbol, tuple(annotation_type(self.project, self.key, i) for i in items))
            case ("ext", _):
                return found
        return None

    def name(self, chain: str, at: int) -> Type:
        """The type of a name or attribute chain."""
        first, _, rest = chain.partition(".")
        if not rest:
            return self.local(first, at)
        found = self.whole(chain, at)
        if found is not None:
            return found
        found = self.local(first, at)
        for part in rest.split("."):
            if found is None:
                return None
            found = self.attribute(found, part)
        return found

    def whole(self, chain: str, at: int) -> Type:
        """A dotted target bound in this very body: `self.x = ...` above, `request.state.db = ...`."""
        body = self.project.get(Body, self.key)
        if body is None:
            return None
        binds = body.raw_binds
        best = None
        for index in _numbers(binds).get(chain, ()):
            if binds[index][5] < at:
                best = index
        return bind_type(self.project, self.key, best) if best is not None else None

    def local(self, name: str, at: int) -> Type:
        """The type of a bare name: bindings and parameters of this body, of those around it, then the module."""
        if name in self._outside:
            return self._outside[name]
        around = self._around
        if around is None:
            around = self._around = names_around(self.project, self.key)
        if name in around:
            return self._inside(name, at)
        symbol = global_symbol(self.project, self.key.partition(":")[0], name)
        found = self._outside[name] = symbol_type(self.project, symbol) if symbol is not None else None
        return found

    def _inside(self, name: str, at: int) -> Type:
        project = self.project
        path, _, qualname = self.key.partition(":")
        limit = at
        first = True
        while qualname:
            key = f"{path}:{qualname}"
            function = project.get(Function, key)
            if function is not None or first:
                body = project.get(Body, key)
                if body is not None and name not in body.global_names:
                    found, known = self.bound(key, body, name, limit)
                    if known:
                        return found
            if function is not None and name in [raw[0] for raw in function.raw_params]:
                return param_type(project, key, name)
            qualname = qualname.rpartition(".")[0]
            limit = 1 << 30
            first = False
        symbol = resolve_first(project, self.key, name)
        return symbol_type(project, symbol) if symbol is not None else None

    def bound(self, key: str, body: Body, name: str, limit: int) -> tuple[Type, bool]:
        """The last binding above the use whose type is known; (None, True) when bound to something unknown."""
        binds = body.raw_binds
        above = [i for i in _numbers(binds).get(name, ()) if binds[i][5] < limit and binds[i][1] != "aug"]
        if not above:
            return None, False
        function = self.project.get(Function, key)
        is_param = function is not None and name in [raw[0] for raw in function.raw_params]
        for index in above[: -_MAX_UNPACK - 1 : -1]:
            found = bind_type(self.project, key, index)
            if found is not None and found != _NONE:
                return found, True
            if is_param and binds[index][4] == 0 and found is None:
                return None, True
        return (None, False) if is_param else (None, True)

    def attribute(self, owner: Type, name: str) -> Type:
        """The type of `owner.name`."""
        if owner is None:
            return None
        project = self.project
        tag = owner[0]
        if tag == "inst":
            found = instance_attribute(project, owner[1], name)
            return None if found is None else substitute(project, owner[1], owner[2], found)
        if tag == "ext":
            whole = canonical(f"{owner[1]}.{name}")
            return instance(INSTANCES[whole]) if whole in INSTANCES else ("ext", whole)
        if tag == "module":
            target = member(project, owner[1], name)
            return symbol_type(project, target) if target is not None else None
        if tag == "type":
            for base in mro(project, owner[1]):
                if ":" not in base:
                    return ("ext", f"{base}.{name}")
                row = project.get(Class, base)
                found = _own_attribute(project, row, name) if row is not None else None
                if found is not None:
                    return ("func", found[1]) if found[0] == "method" else found
                if row is not None and project.get(Class, f"{base}.{name}") is not None:
                    return ("type", f"{base}.{name}", ())
        return None

    def called(self, func: Expr, call: Expr, at: int) -> Type:
        """The type of a call."""
        if func == "super":
            return self.parent()
        target = self.type(func, at)
        return self.result(target, call, at)

    def parent(self) -> Type:
        """`super()`: the first base of the class around."""
        owner = _self_type(self.project, self.key)
        if owner is None:
            return None
        bases = mro(self.project, owner[1])
        return instance(bases[1]) if len(bases) > 1 else None

    def result(self, target: Type, call: Expr, at: int) -> Type:
        """What calling a value of this type gives."""
        project = self.project
        match target:
            case ("type", symbol, args):
                return ("inst", symbol, args)
            case ("func" | "method", symbol, *_):
                owner = target[2] if len(target) > 2 else None
                function = project.get(Function, symbol)
                found = return_type(project, symbol)
                if function is not None and has_decorator(project, function, _CONTEXT_DECORATORS):
                    return found
                if owner is not None:
                    found = substitute(project, owner[1], owner[2], found)
                return found
            case ("ext", external):
                return self.external_result(external, call, at)
            case ("callable", inner):
                return inner
            case ("inst", symbol, args):
                made = next((FACTORIES[b] for b in mro(project, symbol) if b in FACTORIES), None)
                if made is not None:
                    return args[0] if args and args[0] is not None else instance(made)
                found = instance_attribute(project, symbol, "__call__")
                return self.result(found, call, at) if found is not None and found[0] == "method" else None
        return None

    def external_result(self, external: str, call: Expr, at: int) -> Type:
        if external in (
            "copy.copy",
            "copy.deepcopy",
            "typing.cast",
            "builtins.list",
            "builtins.sorted",
            "builtins.reversed",
        ):
            position = 1 if external == "typing.cast" else 0
            if external == "typing.cast":
                return annotation_type(self.project, self.key, call[2][0]) if call[2] else None
            return self.type(call[2][position], at) if len(call[2]) > position else instance("builtins.list", None)
        if external in ("builtins.next", "builtins.anext"):
            made = self.type(call[2][0], at) if call[2] else None
            inner = made[1] if made is not None and made[0] == "gen" else None
            return inner if external == "builtins.next" or inner is None else ("await", inner)
        if external == "builtins.enumerate":
            return None
        if external in FACTORIES:  # sessionmaker(class_=AsyncSession) makes what class_ says
            made = ir.keyword(call, "class_")
            kind = annotation_type(self.project, self.key, made) if made is not None else None
            if kind is None and external == "sqlalchemy.orm.scoped_session" and call[2]:
                maker = self.type(call[2][0], at)
                kind = self.result(maker, call, at) if maker is not None and maker[0] == "inst" else None
            return instance(external, kind) if kind is not None else instance(external)
        found = RETURNS.get(external)
        if found is not None:
            result = instance(found)
            return ("await", result) if external in AWAITABLE else result
        return external_instance(external)


def _type_of_comprehension(typing: Typing, e: Expr, at: int) -> Type:
    _, kind, element, _, _ = e
    if kind == "dict":
        return instance("builtins.dict", *(typing.type(x, at) for x in element[1]))
    return instance("builtins.list", typing.type(element, 1 << 30))


def _type_of_dictionary(typing: Typing, e: Expr, at: int) -> Type:
    pairs = e[1]
    if pairs and pairs[0][0] is not None:
        return instance("builtins.dict", typing.type(pairs[0][0], at), typing.type(pairs[0][1], at))
    return instance("builtins.dict")


def _type_of_items(typing: Typing, e: Expr, at: int) -> Type:
    return instance("builtins.list", typing.type(e[1][0], at) if e[1] else None)


_COMPOSED: dict[str, Callable[[Typing, Expr, int], Type]] = {
    "fstr": lambda typing, e, at: instance("builtins.str"),
    "bool": lambda typing, e, at: typing.first(e[2], at),
    "ifexp": lambda typing, e, at: typing.first(e[2:4], at),
    "list": _type_of_items,
    "set": _type_of_items,
    "tuple": _type_of_items,
    "comp": _type_of_comprehension,
    "dict": _type_of_dictionary,
    "walrus": lambda typing, e, at: typing.type(e[2], at),
    "elem": lambda typing, e, at: _by_kind(typing, e[1], e[2], at),
}
"""Tag -> the type of an expression that is made of others."""


def field_type(project: Project, owner: Type, key: str, annotation: Expr | None) -> Type:
    """The type of a field annotated so in the class `key`, with the arguments of a generic owner put in: `data: T` of Envelope[Book]."""
    return substitute(project, owner[1], owner[2], annotation_type(project, key, annotation))


def substitute(project: Project, cls: str, args: tuple[Type, ...], found: Type) -> Type:
    """Put the class's type arguments where its type variables stand."""
    if found is None or not mentions_variable(found):
        return found
    table = type_arguments(project, cls, args)
    return with_arguments(found, table)


def type_arguments(project: Project, cls: str, args: tuple[Type, ...]) -> dict[str, Type]:
    """What the type variables of a class and its bases stand for, given the arguments of the class itself."""
    table: dict[str, Type] = {}
    row = project.get(Class, cls)
    if row is None:
        return table
    own = type_variables(project, cls)
    table.update(zip(own, args, strict=False))
    for base in row.bases:
        if not ir.is_a(base, "item"):
            continue
        name = dotted(base[1])
        symbol = resolve(project, row.key, name) if name else None
        if symbol is None or ":" not in symbol:
            continue
        items = base[2][1] if ir.is_a(base[2], "tuple") else (base[2],)
        given = tuple(with_arguments(annotation_type(project, row.key, i), table) for i in items)
        for variable, value in type_arguments(project, symbol, given).items():
            table.setdefault(variable, value)
    for base in row.bases:
        name = dotted(base)
        symbol = resolve(project, row.key, name) if name else None
        if symbol is not None and ":" in symbol and symbol != cls:
            for variable, value in type_arguments(project, symbol, ()).items():
                table.setdefault(variable, value)
    return table


@query(bottom=())
def type_variables(project: Project, cls: str) -> tuple[str, ...]:
    """The type variables of a generic class, in order."""
    row = project.get(Class, cls)
    if row is None:
        return ()
    if row.type_params:
        return tuple(f"{cls}[{p}]" for p in row.type_params)
    found: list[str] = []
    for base in row.bases:
        if not ir.is_a(base, "item"):
            continue
        items = base[2][1] if ir.is_a(base[2], "tuple") else (base[2],)
        for item in items:
            kind = annotation_type(project, row.key, item)
            if kind is not None and kind[0] == "var" and kind[1] not in found:
                found.append(kind[1])
    return tuple(found)
