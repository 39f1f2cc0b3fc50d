"""Whether a route answers without credentials: what its dependencies, decorators, body and middleware do about them.

A *scheme* is a class of fastapi.security (or a subclass). A dependency protects when it reaches a scheme that rejects by itself
(auto_error, the default), or when it reads credentials some other way (an optional scheme, the Authorization header, a cookie,
`request.user`) and something on the way raises 401 or 403. Reading without rejecting is "optional": anonymous calls pass.
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.frameworks import SECURITY_SCHEMES
from layercheck.project import Project, query
from layercheck.queries.containers import handed_classes, source_class
from layercheck.queries.credentials import (
    reads_credentials,
    rejects,
    verifies_token,
)
from layercheck.queries.depends import Dependency, declared_dependencies
from layercheck.queries.symbols import binding, class_attribute, mro, resolve
from layercheck.queries.types import Typing, annotation_type, symbol_type
from layercheck.tuples import NamedTuple

_HARMLESS_PREFIXES = (
    "fastapi.security.OAuth2PasswordRequestForm", "fastapi_pagination", "fastapi_filter", "fastapi_limiter", "sqlalchemy", "sqlmodel",
    "fastapi.Request", "fastapi.Response", "fastapi.BackgroundTasks", "starlette", "builtins", "typing", "redis", "httpx", "pydantic",
    "arq", "celery", "dishka", "dependency_injector",
)  # fmt: skip
AUTH_WORDS = (
    "current_user",
    "authenticat",
    "auth_required",
    "require_auth",
    "login_required",
    "verify_token",
    "jwt",
    "bearer",
    "api_key",
)
YES, OPTIONAL, UNKNOWN, NO = "yes", "optional", "unknown", "no"
_ORDER = {YES: 3, UNKNOWN: 2, OPTIONAL: 1, NO: 0}


class Protection(NamedTuple):
    """What one dependency, or a route as a whole, does about credentials, and through what."""

    state: str
    via: tuple[str, ...]

    @property
    def auth(self) -> bool | None:
        """True: rejects anonymous calls. False: answers them. None: not known."""
        return {YES: True, UNKNOWN: None}.get(self.state, False)


NOTHING = Protection(NO, ())


def best(found: list[Protection]) -> Protection:
    """The strongest of several protections."""
    return max(found, key=lambda p: _ORDER[p.state], default=NOTHING)


# ------------------------------------------------------------------------------------------------------ dependencies


def dependency_protection(project: Project, wanted: Dependency) -> Protection:
    """What a declared dependency does about credentials."""
    if wanted.target is None:
        if ir.is_a(wanted.expression, "call") or wanted.expression is None or dotted(wanted.expression) is None:
            return Protection(UNKNOWN, ("?",))
        name = dotted(wanted.expression) or "?"
        return Protection(UNKNOWN, (name,))
    if wanted.called:
        return called_protection(project, wanted.target, _optional_call(wanted.expression))
    return _handed(project, wanted.target) if wanted.by_container else protection(project, wanted.target)


def _handed(project: Project, target: str) -> Protection:
    """What a container hands over: a provider function runs before the handler; an object that reads credentials may be asked to."""
    found = []
    cls: str | None = target
    if project.get(Function, target) is not None:
        found.append(protection(project, target))
        cls = source_class(project, target)
    for one in handed_classes(project, cls) if cls is not None and ":" in cls else ():
        row = project.get(Class, one)
        methods = [f"{row.path}:{qualname}" for _, qualname in row.methods] if row is not None else []
        if any(reads_credentials(project, key) or verifies_token(project, key) for key in methods):
            found.append(Protection(UNKNOWN, (short(one),)))
    return best(found)


def _optional_call(e: Expr | None) -> bool:
    return ir.is_a(e, "call") and e is not None and ir.keyword(e, "auto_error") == ("const", False)


@query(bottom=NOTHING)
def called_protection(project: Project, symbol: str, optional: bool) -> Protection:
    """`Depends(HTTPBearer())`, `Depends(RoleChecker(["admin"]))`, `Depends(require("admin"))`."""
    if is_scheme(project, symbol):
        return Protection(OPTIONAL if optional else YES, (short(symbol),))
    if project.get(Class, symbol) is not None:
        return _through(symbol, _call_method(project, symbol))
    if project.get(Function, symbol) is not None:
        return _through(symbol, _made_protection(project, symbol))
    return external(symbol)


def _made_protection(project: Project, factory: str) -> Protection:
    """What the dependency that a factory of the project makes does; unknown where the factory hides what it makes."""
    made = _made_by(project, factory)
    found = [protection(project, one) for one in made.targets] + [
        called_protection(project, one, False) for one in made.factories
    ]
    if not made.complete:
        found.append(Protection(UNKNOWN, ("made elsewhere",)))
    return best([*found, own(project, factory)])


_CALLABLES = frozenset({"typing.Callable", "collections.abc.Callable", "types.FunctionType", "typing.Any"})
"""Types that say nothing of what is called."""


@query(bottom=NOTHING)
def protection(project: Project, symbol: str) -> Protection:
    """What a dependency target (function, class, instance, scheme) does about credentials."""
    if ":" not in symbol:
        return Protection(YES, (symbol,)) if symbol in SECURITY_SCHEMES else external(symbol)
    if project.get(Function, symbol) is not None:
        return _through(symbol, _function(project, symbol))
    if project.get(Class, symbol) is not None:
        if is_scheme(project, symbol):
            return Protection(YES, (short(symbol),))
        return _through(
            symbol,
            best([dependency_protection(project, d.dependency) for d in declared_dependencies(project, symbol)]),
        )
    kind = symbol_type(project, symbol)
    if kind is None or (kind[0] == "inst" and kind[1] in _CALLABLES):
        return _bound(project, symbol)
    if kind[0] == "inst":
        if is_scheme(project, kind[1]):
            bind = binding(project, symbol)
            optional = bind is not None and _optional_call(bind.value)
            if optional and ":" in kind[1] and _overrides_call(project, kind[1]) and _rejects_in_call(project, kind[1]):
                optional = False
            return Protection(OPTIONAL if optional else YES, (short(symbol),))
        return _through(symbol, _call_method(project, kind[1])) if ":" in kind[1] else external(kind[1])
    if kind[0] in ("func", "method"):
        return _through(symbol, protection(project, kind[1]))
    return _bound(project, symbol)


def _bound(project: Project, symbol: str) -> Protection:
    """A module variable whose type is unknown: the result of a factory, of the project or of a library."""
    bind = binding(project, symbol)
    if bind is not None and ir.is_a(bind.value, "call") and bind.value is not None:
        func = dotted(bind.value[1])
        target = resolve(project, f"{symbol.partition(':')[0]}:", func) if func else None
        if target is not None and ":" in target:
            made = called_protection(project, target, _optional_call(bind.value))
            return _through(symbol, best([made, *_given(project, symbol, bind.value)]))
        text = f"{symbol} {target or func or ''}".lower()
        if any(word in text for word in AUTH_WORDS):
            return Protection(
                OPTIONAL if ir.keyword(bind.value, "optional") == ("const", True) else YES, (short(symbol),)
            )
    return Protection(UNKNOWN, (short(symbol),))


def _given(project: Project, symbol: str, call: Expr) -> Iterator[Protection]:
    """What the functions do that a factory gets: `verify_in_production = copied(verify)` asks what `verify` asks."""
    for value in (*call[2], *(v for _, v in call[3])):
        name = dotted(value)
        given = resolve(project, f"{symbol.partition(':')[0]}:", name) if name is not None else None
        if given is not None and given != symbol and project.get(Function, given) is not None:
            yield protection(project, given)


def is_harmless(symbol: str) -> bool:
    """Whether a dependency of a library is known to do nothing about credentials or limits: sessions, requests, forms."""
    return symbol.startswith((*_HARMLESS_PREFIXES, "fastapi.security"))


def external(symbol: str) -> Protection:
    """What a dependency of a library does, as far as its name says; unknown for most."""
    if symbol in SECURITY_SCHEMES:
        return Protection(YES, (symbol,))
    if symbol.startswith(_HARMLESS_PREFIXES):
        return NOTHING
    if any(word in symbol.lower() for word in AUTH_WORDS):
        return Protection(YES, (symbol,))
    return Protection(UNKNOWN, (symbol,))


def _through(symbol: str, found: Protection) -> Protection:
    return Protection(found.state, (short(symbol), *found.via)) if found.state != NO else found


def short(symbol: str) -> str:
    """The name of a symbol without its file."""
    return symbol.partition(":")[2] or symbol


def is_scheme(project: Project, cls: str) -> bool:
    """Whether a class is a security scheme of FastAPI, or inherits from one."""
    return any(
        base in SECURITY_SCHEMES
        or (":" not in base and base.startswith("fastapi.security.") and not base.endswith("Form"))
        for base in mro(project, cls)
    )


def _overrides_call(project: Project, cls: str) -> bool:
    found = class_attribute(project, cls, "__call__")
    return found is not None and ":" in found


def _rejects_in_call(project: Project, cls: str) -> bool:
    found = class_attribute(project, cls, "__call__")
    return found is not None and ":" in found and rejects(project, found)


def _call_method(project: Project, cls: str) -> Protection:
    found = class_attribute(project, cls, "__call__")
    if found is None or ":" not in found:
        return NOTHING if found is None else Protection(UNKNOWN, (found,))
    return _function(project, found)


def _function(project: Project, key: str) -> Protection:
    function = project.get(Function, key)
    for decorator in function.decorators if function is not None else ():
        wrapped = _wrapped(project, key, decorator)
        if wrapped is not None:  # inspect.signature, and with it FastAPI, looks through it
            return best([wrapped, own(project, key)])
    found = [dependency_protection(project, d.dependency) for d in declared_dependencies(project, key)]
    whole = best([*found, own(project, key)])
    if whole.state in (OPTIONAL, NO) and rejects(project, key):
        # one that refuses by what it does not read here (a context variable, an argument) is not known to let anybody in
        return Protection(YES, whole.via) if whole.state == OPTIONAL else Protection(UNKNOWN, (short(key),))
    return whole


def _wrapped(project: Project, key: str, decorator: Expr) -> Protection | None:
    """What the function in `@functools.wraps(function)` does about credentials; None for any other decorator."""
    name = dotted(decorator[1]) if ir.is_a(decorator, "call") else None
    outside = f"{key.rpartition('.')[0]}" if "." in key.partition(":")[2] else f"{key.partition(':')[0]}:"
    if name is None or resolve(project, outside, name) != "functools.wraps" or not decorator[2]:
        return None
    inner = dotted(decorator[2][0])
    symbol = resolve(project, outside, inner) if inner is not None else None
    if symbol is not None and project.get(Function, symbol) is not None:
        return _through(symbol, protection(project, symbol))
    return Protection(UNKNOWN, (inner or "?",))


def own(project: Project, key: str) -> Protection:
    """Credentials that a function reads itself."""
    if reads_credentials(project, key):
        return Protection(YES if rejects(project, key) else OPTIONAL, ("reads credentials",))
    if verifies_token(project, key) and rejects(project, key):
        return Protection(YES, ("verifies a token",))
    name = key.partition(":")[2].rpartition(".")[2]
    if (
        "current_user" in name or name.startswith(("authenticate", "require_auth", "verify_auth", "check_auth"))
    ) and rejects(project, key):
        return Protection(YES, (f"{name} rejects",))
    return NOTHING


class _MadeBy(NamedTuple):
    targets: tuple[str, ...]
    """Functions, classes and `__call__` methods."""
    factories: tuple[str, ...]
    """Functions whose result is handed on."""
    complete: bool
    """Everything that comes out is known."""


@query
def made_dependencies(project: Project, symbol: str) -> tuple[str, ...]:
    """The functions that run for `Depends(symbol(...))`, or `Depends(symbol)` of an instance: what a factory returns, the `__call__`
    of a class; () when not known."""
    if project.get(Class, symbol) is not None:
        call = class_attribute(project, symbol, "__call__")
        return (call,) if call is not None and ":" in call else ()
    if project.get(Function, symbol) is None:
        kind = symbol_type(project, symbol) if ":" in symbol else None
        call = class_attribute(project, kind[1], "__call__") if kind is not None and kind[0] == "inst" else None
        return (call,) if call is not None and ":" in call else ()
    made = _made_by(project, symbol)
    found = list(made.targets)
    for factory in made.factories:
        if factory != symbol:
            found += made_dependencies(project, factory)
    return tuple(found)


@query
def _made_by(project: Project, factory: str) -> _MadeBy:
    """What a dependency factory returns, by its return statements or, where they hide it, by its annotation."""
    body = project.get(Body, factory)
    function = project.get(Function, factory)
    if body is None or function is None:
        return _MadeBy((), (), False)
    targets: list[str] = []
    factories: list[str] = []
    complete = True
    for statement in ir.statements(body.statements):
        if statement[0] == "return" and statement[1] is not None:
            one, result = _returned(project, factory, statement[1], statement[-1])
            if one is None:
                complete = False
            else:
                (factories if result else targets).append(one)
    declared = annotation_type(project, factory, function.returns)
    if declared is not None and declared[0] == "inst" and ":" in declared[1]:
        call = class_attribute(project, declared[1], "__call__")
        if call is not None and ":" in call:
            return _MadeBy((call,), (), True)
    return _MadeBy(tuple(dict.fromkeys(targets)), tuple(dict.fromkeys(factories)), complete)


_WRAPPERS = frozenset(
    {"functools.partial", "fastapi.Depends", "fastapi.Security", "fastapi.params.Depends", "fastapi.params.Security"}
)


def _wraps(project: Project, key: str, call: Expr) -> bool:
    name = dotted(call[1])
    return name is not None and resolve(project, key, name) in _WRAPPERS


def _returned(project: Project, factory: str, value: Expr, at: int) -> tuple[str | None, bool]:
    """(what a returned value calls in the end, whether it is the result of calling that); (None, False) for what is not known."""
    if ir.is_a(value, "call"):
        if _wraps(project, factory, value):
            return _returned(project, factory, value[2][0], at) if value[2] else (None, False)
        name = dotted(value[1])
        symbol = resolve(project, factory, name) if name else None
        if symbol is not None and project.get(Function, symbol) is not None:
            return symbol, True
        if symbol in SECURITY_SCHEMES:
            return symbol, False
    kind = Typing(project, factory).type(value, at)
    if kind is not None and kind[0] in ("func", "method"):
        return str(kind[1]), False
    if kind is not None and kind[0] == "inst" and ":" in kind[1]:
        return class_attribute(project, kind[1], "__call__") or kind[1], False
    return None, False
