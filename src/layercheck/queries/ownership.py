"""Who closes what a function opens: a `with`, a `finally`, somebody it is handed to, or nobody."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.resources import CLOSERS, KEEPERS, READERS
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, bound_arguments, enclosing, in_lambda, sites
from layercheck.queries.sessions import session_kind
from layercheck.queries.types import Typing
from layercheck.queries.values import Uses, uses_in

OWNED = "owned"
"""Closed on every path, returned, stored or handed over: nothing to say."""
SOMETIMES = "sometimes"
"""Closed, but not when something fails before."""
NEVER = "never"
ON_THE_SPOT = "on the spot"
"""Used without a name: nobody can close it."""

_SAME = frozenset({"execution_options"})
_ENTERS = frozenset({"__enter__", "__aenter__"})
"""Who enters by hand leaves by hand, in another method: `__aexit__`."""
_LOOKING = frozenset({
    "bool", "dir", "getattr", "hasattr", "id", "isinstance", "len", "list", "print", "repr", "setattr", "sorted", "str", "type",
})  # fmt: skip
_METHODS_THAT_LOOK = frozenset({"run_in_executor", "wait_for", "debug", "info", "warning", "error"})


def fate(project: Project, body: Body, site: Site) -> str:
    """What becomes of the resource that a call opens: OWNED, SOMETIMES, NEVER or ON_THE_SPOT."""
    if site.use in ("with", "return") or in_lambda(body, site.context):
        return OWNED
    chained = next((s for s in sites(project, body.key) if _opened_here(s.call[1]) == site.at), None)
    if chained is not None:  # engine.connect().execution_options(...) is the same connection
        return OWNED if ir.last_name(chained.call[1]) in _ENTERS else fate(project, body, chained)
    uses = uses_in(project, body.key)
    name = uses.names.get(site.at)
    if name is not None:
        return _fate_of_name(project, body.key, name)
    return ON_THE_SPOT if _used_up(project, body, site, uses) else OWNED


def _opened_here(func: Expr) -> int | None:
    """The ordinal of the call on whose result a method is called that hands the resource itself back, or enters it by hand."""
    if ir.is_a(func, "attr") and func[2] in _SAME | _ENTERS and ir.is_a(func[1], "call"):
        return func[1][4]  # type: ignore[no-any-return]
    return None


def borrows_connection(project: Project, key: str, call: Expr) -> bool:
    """`Session(bind=connection)`: the connection and its transaction belong to somebody else, who closes and rolls back."""
    bind = ir.argument(call, 0, "bind")
    if bind is None:
        return False
    kind = Typing(project, key).type(bind, call[4])
    if kind is not None and kind[0] == "inst":
        return bool(kind[1].endswith("Connection"))
    return ir.last_name(bind[1] if ir.is_a(bind, "call") else bind).lower() in ("connection", "conn", "get_bind")


def _used_up(project: Project, body: Body, site: Site, uses: Uses) -> bool:
    use = uses.calls.get(site.at, "")
    if use.startswith("."):
        return use[1:] not in CLOSERS and not site.awaited
    if use in ("an iteration", "list()", "sorted()", "next()") or (site.use == "stmt" and not site.awaited):
        return True
    return any(
        other.target in READERS and any(ir.is_a(a, "call") and a[4] == site.at for a in other.call[2])
        for other in sites(project, body.key)
    )


@query
def _fate_of_name(project: Project, key: str, name: str) -> str:
    body = project.get(Body, key)
    function = project.get(Function, key)
    if body is None or function is None or name in body.global_names or _used_below(project, function, name):
        return OWNED
    if any(_hands_on(project, body, e, name) for e in _own_expressions(body)):
        return OWNED
    for statement in ir.statements(body.statements):
        if statement[0] == "with" and any(_enters(context, name) for context, _ in statement[1]):
            return OWNED
    closings = [call for call in body.calls if _closes(call.func, name)]
    if not closings:
        return NEVER
    kinds = [{c.kind for c in enclosing(body, call.context)} for call in closings]
    if any("finally" in around for around in kinds):
        return OWNED
    if any("except" in around for around in kinds) and any("except" not in around for around in kinds):
        return OWNED
    return SOMETIMES


def _closes(func: Expr, name: str) -> bool:
    chain = dotted(func)
    return chain is not None and chain.startswith(f"{name}.") and chain.rpartition(".")[2] in CLOSERS


def _enters(context: Expr, name: str) -> bool:
    """`with name:`, `with closing(name):`, `with name.begin():`"""
    if dotted(context) == name:
        return True
    if not ir.is_a(context, "call"):
        return False
    return any(a == name for a in context[2]) or dotted(context[1]) in (f"{name}.begin", f"{name}.begin_nested")


def _used_below(project: Project, function: Function, name: str) -> bool:
    """Whether a function inside uses the name: it may run later."""
    for qualname in function.nested:
        key = f"{function.path}:{qualname}"
        inner = project.get(Function, key)
        body = project.get(Body, key)
        for e in ir.expressions(body.statements) if body is not None else ():
            if (dotted(e) or "").partition(".")[0] == name:
                return True
        if inner is not None and _used_below(project, inner, name):
            return True
    return False


def _own_expressions(body: Body) -> Iterator[tuple[str, Expr]]:
    """(kind of statement, expression) for what stands in statements; the plain names that are bound left out."""
    for statement in ir.statements(body.statements):
        match statement:
            case ("assign", targets, value, _):
                yield "assign", value
                for target in targets:
                    if target.__class__ is not str and not ir.is_a(target, "tuple"):
                        yield "target", target
            case ("ann", _, _, value, _):
                yield "assign", value
            case ("with", items, _, _, _):
                for context, _ in items:
                    yield "with", context
            case _:
                for e in ir.own_expressions(statement):
                    yield statement[0], e


def _hands_on(project: Project, body: Body, entry: tuple[str, Expr], name: str) -> bool:
    """Whether an expression hands the resource to somebody else: returns, stores or passes it, or a method that closes it."""
    kind, e = entry
    if e is None:
        return False
    if e == name:
        return kind in ("return", "assign", "raise")
    return any(_holds(project, body, node, name) for node in ir.walk(e))


def _holds(project: Project, body: Body, node: Expr, name: str) -> bool:
    match node:
        case ("ref", chain, _):
            return str(chain).startswith(f"{name}.") and str(chain).rpartition(".")[2] in CLOSERS
        case ("call", func, args, keywords, at):
            if name not in args and all(value != name for _, value in keywords):
                return any(ir.is_a(a, "star") and a[1] == name for a in args)
            return not _only_looks(project, body, func, at, name)
        case ("tuple" | "list" | "set", items):
            return name in items
        case ("dict", pairs):
            return any(value == name for _, value in pairs)
        case ("lambda", _, inner):
            return any((dotted(part) or "").partition(".")[0] == name for part in ir.walk(inner))
        case ("bool", _, operands):
            return name in operands
        case ("ifexp", test, body_part, orelse):
            return any(name == part or (part.__class__ is tuple and name in part) for part in (test, body_part, orelse))
        case ("walrus", _, value):
            return bool(value == name)
    return False


def _only_looks(project: Project, body: Body, func: Expr, at: int, name: str) -> bool:
    """Whether a call uses what it is handed and leaves it to the caller to close it."""
    last = ir.last_name(func)
    if last in KEEPERS:
        return False
    if func in _LOOKING or last in _METHODS_THAT_LOOK:
        return True
    site = next((s for s in sites(project, body.key) if s.at == at), None)
    if site is None or site.target is None:
        return False
    if ":" not in site.target:
        owner = site.receiver
        return site.target in READERS or (owner is not None and session_kind(project, owner) is not None)
    function = project.get(Function, site.target)
    if function is None or function.is_generator:
        return False
    bound = bound_arguments(project, site.target, site)
    given = [param for param, value in bound.items() if value == name]
    return bool(given) and all(_leaves_open(project, site.target, param) for param in given)


@query(bottom=True)
def _leaves_open(project: Project, key: str, param: str) -> bool:
    """Whether a function neither closes nor keeps nor hands on what it gets for a parameter."""
    return _fate_of_name(project, key, param) == NEVER
