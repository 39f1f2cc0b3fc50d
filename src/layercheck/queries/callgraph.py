"""Who calls what: every call of a body with the symbol it reaches and what surrounds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from layercheck import ir
from layercheck.answers import NOTHING
from layercheck.facts.rows import Body, Class, Context, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.symbols import class_attribute, mro, resolve
from layercheck.queries.types import Typing, has_decorator, is_static
from layercheck.tuples import NamedTuple

LOOPS = frozenset({"for", "while", "comp"})
_CALLED = frozenset({"func", "method", "type", "ext"})
"""Types of values whose symbol is what a call of them reaches."""
_CLASS_METHOD = frozenset({"builtins.classmethod"})


class Site(NamedTuple):
    """A call with its target.

    `target` is a project function or class, an external dotted name such as "sqlalchemy.orm.Session.execute", or None when the
    callee is not known. `receiver` is the type of the object a method is called on.
    """

    call: Expr
    context: int
    awaited: bool
    use: str
    target: str | None
    receiver: Any

    @property
    def at(self) -> int:
        """The ordinal of the call in its body."""
        return self.call[4]  # type: ignore[no-any-return]


@query
def sites(project: Project, key: str) -> tuple[Site, ...]:
    """Every call of a function body (or module or class body), resolved."""
    body = project.get(Body, key)
    if body is None:
        return ()
    if project.noting != NOTHING or not project.sweep_after:
        return _sites(body, [part for found in _resolved(project, body) for part in found])
    # Sites hold the code of the calls, so they are swept when they were not wanted for a while; what was dear stays.
    return _sites(body, _targets(project, key))


def _sites(body: Body, found: Sequence[Any]) -> tuple[Site, ...]:
    """The calls of a body with what `_targets` has found."""
    return tuple(
        [
            Site(call, context, awaited, use, target, receiver)
            for (call, context, awaited, use), target, receiver in zip(
                body.raw_calls, found[::2], found[1::2], strict=True
            )
        ]
    )


@query(dear=True)
def _targets(project: Project, key: str) -> tuple[Any, ...]:
    """Target and receiver of each call of a body, one call behind the other."""
    body = project.get(Body, key)
    return () if body is None else tuple([part for found in _resolved(project, body) for part in found])


def _resolved(project: Project, body: Body) -> list[tuple[str | None, Any]]:
    """Target and receiver of each call of a body."""
    typing = Typing(project, body.key)
    return [_target(project, typing, raw[0]) for raw in body.raw_calls]


def _target(project: Project, typing: Typing, call: Expr) -> tuple[str | None, Any]:
    func, at = call[1], call[4]
    receiver = None
    if func.__class__ is str:
        owner, _, name = func.rpartition(".")
        if owner:
            receiver = typing.name(owner, at)
            kind = typing.whole(func, at) or (typing.attribute(receiver, name) if receiver is not None else None)
        else:
            kind = typing.local(func, at)
    elif func[0] == "attr":
        receiver = typing.type(func[1], at)
        kind = typing.attribute(receiver, func[2]) if receiver is not None else None
    else:
        kind = typing.type(func, at)
    if kind is None:
        return None, receiver
    tag = kind[0]
    if tag in _CALLED:
        return kind[1], receiver
    if tag == "inst" and func != "super":
        for base in mro(project, kind[1]):
            if ":" not in base:
                return f"{base}.__call__", kind
            found = class_attribute(project, base, "__call__")
            if found is not None:
                return found, kind
    return None, receiver


def enclosing(body: Body, context: int) -> Iterator[Context]:
    """The control structures around a context, innermost first."""
    while context > 0:
        row = Context._make(body.raw_contexts[context])
        yield row
        context = row.parent


def _flags(contexts: tuple[tuple[Any, ...], ...]) -> tuple[tuple[bool, bool], ...]:
    """(below a loop, below a lambda) for each context; a context comes after the one around it."""
    found = [(False, False)]
    for kind, parent, *_ in contexts[1:]:
        looped, handed = found[parent]
        found.append((looped or kind in LOOPS, handed or kind == "lambda"))
    return tuple(found)


_flags_of = ir.Recent(_flags, 1024)


def in_lambda(body: Body, context: int) -> bool:
    """Whether code stands in a lambda: it runs when somebody calls that, not here."""
    return context > 0 and _flags_of(body.raw_contexts)[context][1]


def in_loop(body: Body, context: int) -> bool:
    """Whether code at a context runs once an iteration of some loop or comprehension of its own body."""
    return context > 0 and _flags_of(body.raw_contexts)[context][0]


def has_lambda(body: Body) -> bool:
    """Whether some code of a body stands in a lambda."""
    return any(raw[0] == "lambda" for raw in body.raw_contexts)


def callee_functions(project: Project, target: str | None) -> tuple[str, ...]:
    """The project functions that run when `target` is called: itself, or the __init__ (and __post_init__) of a class.

    Of a class whose metaclass decides whether there is a new object, none: a singleton is made once, however often it is asked for.
    """
    if target is None or ":" not in target:
        return ()
    if project.get(Function, target) is not None:
        return (target,)
    if target.endswith(":") or project.get(Class, target) is None or _made_by_metaclass(project, target):
        return ()
    found = (class_attribute(project, target, name) for name in ("__init__", "__post_init__"))
    return tuple(f for f in found if f is not None and ":" in f and project.get(Function, f) is not None)


@query
def _made_by_metaclass(project: Project, cls: str) -> bool:
    """Whether a metaclass of the project, or a decorator called singleton, answers `Class()`: it may hand out the object that it has."""
    for base in mro(project, cls):
        row = project.get(Class, base) if ":" in base else None
        if row is None:
            continue
        scope = f"{row.path}:"
        for keyword, value in row.keywords:
            named = dotted(value) if keyword == "metaclass" else None
            meta = resolve(project, scope, named) if named is not None else None
            if meta is not None and ":" in meta and ":" in (class_attribute(project, meta, "__call__") or ""):
                return True
        if base == cls and any("singleton" in ir.last_name(d).lower() for d in row.decorators):
            return True
    return False


def bound_arguments(project: Project, callee: str, site: Site) -> dict[str, Expr | None]:
    """Which expression each parameter of the callee gets; None for one that is not known (stars); absent when left to default."""
    function = project.get(Function, callee)
    if function is None:
        return {}
    names = [p[0] for p in function.raw_params if p[1] in ("pos", "arg")]
    if function.cls and not is_static(project, callee):
        through_instance = site.receiver is not None and site.receiver[0] == "inst"
        if (
            through_instance
            or site.target != callee
            or function.name == "__init__"
            or _is_classmethod(project, function)
        ):
            names = names[1:]
    _, _, args, keywords, _ = site.call
    out: dict[str, Expr | None] = {}
    for position, argument in enumerate(args):
        if argument.__class__ is tuple and argument[0] == "star":
            for name in names[position:]:
                out[name] = None
            break
        if position < len(names):
            out[names[position]] = argument
    for name, value in keywords:
        if name is None:
            for param in function.raw_params:
                out.setdefault(param[0], None)
        else:
            out[name] = value
    return out


def _is_classmethod(project: Project, function: Function) -> bool:
    return bool(function.decorators) and has_decorator(project, function, _CLASS_METHOD)


def place(key: str, at: int) -> Place:
    """Where a call stands."""
    return Place("Body", key, at)


def with_nested(project: Project, key: str) -> tuple[str, ...]:
    """A function and the functions inside it, at any depth; only itself for anything else."""
    keys = [key]
    for one in keys:
        row = project.get(Function, one)
        if row is not None:
            keys.extend(f"{row.path}:{nested}" for nested in row.nested)
    return tuple(keys)
