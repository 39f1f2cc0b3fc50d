"""Where the values that a function returns come from: which of its calls read rows, and whether something bounds how many."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, callee_functions, sites
from layercheck.queries.effects import SQL, effect_at, local_summary
from layercheck.queries.symbols import resolve
from layercheck.tuples import NamedTuple

_GROWS = frozenset({"append", "extend", "add", "update", "insert", "appendleft"})
_LIMITS = frozenset({"limit", "fetch", "head", "top", "most_common", "nlargest", "nsmallest"})
_SYNTAX = frozenset({"query"})
_GATHER = frozenset({"gather", "to_thread", "run_in_threadpool", "run_sync", "run_in_executor"})
_HTTP = ("httpx.", "requests.", "aiohttp.", "urllib.", "urllib3.", "boto3.", "aioboto3.", "google.cloud.", "slack_sdk.")
_MAX_DEPTH = 4


class Origins(NamedTuple):
    """What the returned values of a function are made from."""

    reading: tuple[int, ...]
    """The ordinals of the calls that send SQL, on the way to what is returned."""
    cut: bool
    """A slice or a literal `.limit()` bounds the values."""
    remote: bool
    """They come out of another service, not out of tables."""
    folded: bool
    """A function on the way makes a tree of them."""


@query
def origins(project: Project, key: str) -> Origins:
    """The calls whose results a function returns, followed backwards through locals, loops and lists that grow."""
    body = project.get(Body, key)
    if body is None:
        return Origins((), False, False, False)
    trace = _Trace(project, body)
    for statement in ir.statements(body.statements):
        if statement[0] == "return" and statement[1] is not None:
            trace.visit(statement[1])
        for e in ir.own_expressions(statement):
            for node in ir.walk(e):
                if ir.is_a(node, "yield") and node[1] is not None:
                    trace.visit(node[1])
    reached = _reached(project, [trace.sites[at] for at in trace.reading if at in trace.sites])
    cut = trace.cut or any(_limits(project, k) for k in (key, *reached))
    remote = any(_remote(project, k) for k in (key, *reached))
    return Origins(tuple(sorted(trace.reading)), cut, remote, any(_folds(project, k) for k in (key, *reached)))


class _Trace:
    """The walk backwards from a returned expression."""

    def __init__(self, project: Project, body: Body) -> None:
        self.project = project
        self.body = body
        self.sites: dict[int, Site] = {s.at: s for s in sites(project, body.key)}
        self.reading: set[int] = set()
        self.cut = False
        self.names: set[str] = set()

    def visit(self, e: Expr) -> None:
        """Note what an expression is made from."""
        if e is None:
            return
        if e.__class__ is str or ir.is_a(e, "ref"):
            self.follow((dotted(e) or "").partition(".")[0])
            return
        if ir.is_a(e, "item") and ir.is_a(e[2], "slice") and ir.is_a(e[2][2], "const"):
            self.cut = True
        if ir.is_a(e, "call") and self.reads(e):
            self.reading.add(e[4])
            return
        if (
            ir.is_a(e, "await")
            and ir.is_a(e[1], "call")
            and ir.last_name(e[1][1]) not in _GATHER
            and not self.reads(e[1])
        ):
            receiver = e[1][1][1] if ir.is_a(e[1][1], "attr") else None
            if not self.makes(receiver):  # what is waited for comes from its receiver, not from its arguments
                self.visit(receiver)
            return
        for child in ir.children(e):
            self.visit(child)

    def reads(self, call: Expr) -> bool:
        """Whether a call sends SQL, as far as its callee is known; `db.query(Model)` is believed by its looks."""
        site = self.sites.get(call[4])
        if site is not None and effect_at(self.project, self.body.key, site, SQL) is not None:
            return True
        func = call[1]
        return func.__class__ is str and "." in func and ir.last_name(func) in _SYNTAX and bool(call[2])

    def makes(self, e: Expr) -> bool:
        """Whether an expression makes an object of a project class: what that object gives comes from elsewhere."""
        site = self.sites.get(e[4]) if ir.is_a(e, "call") else None
        return site is not None and site.target is not None and self.project.get(Class, site.target) is not None

    def follow(self, name: str) -> None:
        """Note what a name was given, and what was put into it."""
        if not name or name in self.names:
            return
        self.names.add(name)
        for raw in self.body.raw_binds:
            if raw[0] == name and raw[2] is not None and raw[1] not in ("def", "class", "import"):
                self.visit(raw[2][2] if ir.is_a(raw[2], "elem") else raw[2])
        for call, *_ in self.body.raw_calls:
            func = call[1]
            if func.__class__ is str and func.partition(".")[0] == name and func.rpartition(".")[2] in _GROWS:
                for argument in call[2]:
                    self.visit(argument)


def _reached(project: Project, starts: list[Site]) -> list[str]:
    """The project functions that run below some calls, a few levels deep."""
    seen: dict[str, None] = {}
    level = [f for site in starts for f in callee_functions(project, site.target)]
    for _ in range(_MAX_DEPTH):
        level = [f for f in dict.fromkeys(level) if f not in seen]
        seen.update(dict.fromkeys(level))
        level = [edge.callee for f in level for edge in local_summary(project, f).edges]
    return list(seen)


@query
def _limits(project: Project, key: str) -> bool:
    """Whether a body bounds what it reads by a number that the code itself decides."""
    body = project.get(Body, key)
    return body is not None and any(
        ir.last_name(call[1]) in _LIMITS and any(_decided(project, key, a) for a in _operands(call))
        for call, *_ in body.raw_calls
    )


def _operands(call: Expr) -> Iterator[Expr]:
    yield from call[2]
    yield from (value for name, value in call[3] if name in ("limit", "count", "n"))


def _decided(project: Project, key: str, e: Expr) -> bool:
    if ir.is_a(e, "const"):
        return isinstance(e[1], int) and not isinstance(e[1], bool) and e[1] > 1
    name = dotted(e)
    if name is None:
        return False
    if name.rpartition(".")[2].isupper() and resolve(project, key, name.partition(".")[0]) is not None:
        return True
    function = project.get(Function, key)
    return function is not None and any(
        p.name == name and ir.is_a(p.default, "const") and p.default is not None and isinstance(p.default[1], int)
        for p in function.params
    )


@query
def _remote(project: Project, key: str) -> bool:
    return any(s.target is not None and s.target.startswith(_HTTP) for s in sites(project, key))


_TREE = pattern(r"(^|_)(trees?|hierarchy|nested)(_|$)")


@query
def _folds(project: Project, key: str) -> bool:
    return any(_TREE.search(ir.last_name(s.call[1]).lower()) for s in sites(project, key))
