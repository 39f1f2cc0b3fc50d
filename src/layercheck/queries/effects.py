"""What a function does in the end, however many calls away: effect summaries over the call graph.

DESIGN: each function has a *local summary* (effects of its own calls to external things, and edges to project functions).
The *effects* of a function are its own and those of everything it calls, as the least fixpoint over the call graph: strongly
connected components are found on demand (Tarjan, 1972) and solved together, so recursion costs nothing and who asks first
does not matter. Every effect keeps one shortest witness (the call it comes through), from which the evidence chain is read
off. An effect that happens only under a truth test of a parameter (`if commit: session.commit()`) keeps that guard, and a
call that rules it out by a literal or a default does not have the effect.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr
from layercheck.knowledge.frameworks import HTTP_CALLS
from layercheck.model import Place, Step
from layercheck.nodes import Node
from layercheck.project import DEAR, KEPT, QUERIES, Project, query
from layercheck.queries.around import around, entered
from layercheck.queries.blocking import blocking_reason, configured, hashing_reason, may_block
from layercheck.queries.callgraph import Site, callee_functions, has_lambda, in_lambda, in_loop, sites
from layercheck.queries.dbcalls import database_effects
from layercheck.queries.guards import Guard, guard_clauses, guards_at, stable_params, truths
from layercheck.queries.implementations import implementations
from layercheck.queries.kept import kept_calls
from layercheck.queries.runs import runs_elsewhere, runs_once_only
from layercheck.tuples import NamedTuple

_MAX_GUARDED = 3

SQL = "sql"
WRITE = "write"
COMMIT = "commit"
ROLLBACK = "rollback"
FLUSH = "flush"
BLOCK = "block"
HTTP = "http"
REQUEST = "request"
"""Sends a request to another server."""
HASH = "hash"
"""Hashes a password: blocks for its own reasons; the strict profile reports it."""
SQL_ONCE = "sql-once"
"""SQL that is sent outside any loop of the function and of those it calls, and whose answer nobody keeps: what a caller's loop multiplies."""
COMMIT_ONCE = "commit-once"
"""A commit outside any loop of the function and of those it calls."""
_ONCE = {SQL: SQL_ONCE, COMMIT: COMMIT_ONCE}
_PLAIN = {once: plain for plain, once in _ONCE.items()}


class Effect(NamedTuple):
    """One effect of a function, with its shortest witness."""

    name: str
    depth: int
    """0: the function's own call; n: n project calls further down."""
    at: int
    """The ordinal of the call in this function's body."""
    callee: str
    """The project function the effect comes through, '' for the function's own call."""
    detail: str
    """The external callee at the end: "sqlalchemy.orm.Session.execute"."""
    guards: tuple[Guard, ...]


class Edge(NamedTuple):
    """A call of a project function: what the effects of the callee become here."""

    callee: str
    at: int
    is_async: bool
    looped: bool
    guards: tuple[Guard, ...]
    arguments: tuple[tuple[str, Expr | None], ...]
    """(parameter, "true" | "false" | ("param", name) | None) for the parameters that guard something or might."""
    only: tuple[str, ...] = ()
    """The effects that pass; all when empty. What runs around the body (`__exit__`, a decorator) hands up commits and blocking calls."""
    choice: bool = False
    """One of several that may run in place of an abstract method: an effect passes when all of them have it."""


class Summary(NamedTuple):
    """The effects of a function's own calls, and its edges."""

    own: tuple[Effect, ...]
    edges: tuple[Edge, ...]


@query
def local_summary(project: Project, key: str) -> Summary:
    """What a body does by itself and which project functions it calls. Calls inside lambdas do not count: they run elsewhere."""
    body = project.get(Body, key)
    if body is None:
        return Summary((), ())
    function = project.get(Function, key)
    tests = _Tests(function, body)
    own: dict[tuple[str, tuple[Guard, ...]], Effect] = {}
    edges = []
    extended, lambdas = configured(project), has_lambda(body)
    for site in sites(project, key) if "()" in body.words else ():
        call, context, _, _, target, _ = site
        if (target is None and not extended) or (lambdas and in_lambda(body, context)):
            continue
        if target is None or ":" in target:
            named = blocking_reason(project, key, site) if extended else None
            if named is not None:
                guards = tests.around(site)
                own.setdefault((BLOCK, guards), Effect(BLOCK, 0, site.at, "", named, guards))
            if target is None:
                continue
        else:
            if extended or target in HTTP_CALLS or may_block(project, site):
                for effect in _outside(project, body, site, tests):
                    own.setdefault((effect.name, effect.guards), effect)
            continue
        for callee in callee_functions(project, target):
            row = project.get(Function, callee)
            if row is None or (row.is_async and not _runs(site)) or runs_once_only(project, callee):
                continue
            if row.is_generator and _stops_at_yield(body, site):
                continue
            edges.append(
                Edge(
                    callee,
                    call[4],
                    row.is_async or (bool(row.decorators) and runs_elsewhere(project, callee)),
                    in_loop(body, context),
                    tests.around(site),
                    truths(project, callee, site, tests.params),
                )
            )
    enters = "with" in [raw[0] for raw in body.raw_contexts]
    for callee, at, context in around(project, key) if enters or (function and function.decorators) else ():
        guards = guards_at(body, context, tests.params)
        edges.append(Edge(callee, at, _is_async(project, callee), in_loop(body, context), guards, (), _AROUND))
    for callee, at, context in entered(project, key) if enters else ():
        guards = guards_at(body, context, tests.params)
        edges.append(Edge(callee, at, False, in_loop(body, context), guards, (), (BLOCK,)))
    if function is not None and function.cls:
        for real in implementations(project, key):
            edges.append(Edge(real, -1, _is_async(project, real), False, (), (), (BLOCK,), True))
    return Summary(shortest(list(own.values())), tuple(edges))


def _stops_at_yield(body: Body, site: Site) -> bool:
    """`next(get_db())`, or `made = get_db()` and `next(made)`: a generator that is asked for its first value makes it and stands still.

    What comes after its `yield`, such as the commit of a provider, does not run here.
    """
    asked = [raw[0][2][0] for raw in body.raw_calls if raw[0][1] in ("next", "anext") and raw[0][2]]
    if not asked:
        return False
    bound = {raw[0] for raw in body.raw_binds if raw[1] == "=" and ir.is_a(raw[2], "call") and raw[2][4] == site.at}
    return any(e in bound if e.__class__ is str else ir.is_a(e, "call") and e[4] == site.at for e in asked)


class _Tests:
    """The truth tests of parameters in one body; looked for when somebody asks, as most bodies have no effect that could hang on one."""

    __slots__ = ("_body", "_function", "_params", "_passed")

    def __init__(self, function: Function | None, body: Body) -> None:
        self._function = function
        self._body = body
        self._params: frozenset[str] | None = None
        self._passed: list[tuple[int, tuple[Guard, ...]]] = []

    @property
    def params(self) -> frozenset[str]:
        """The parameters that are never rebound."""
        if self._params is None:
            self._params = stable_params(self._function, self._body)
            self._passed = guard_clauses(self._body, self._params)
        return self._params

    def around(self, site: Site) -> tuple[Guard, ...]:
        """Under which tests a call is made."""
        held = guards_at(self._body, site.context, self.params)
        if not self._passed:
            return held
        return tuple(sorted({*held, *[guard for last, more in self._passed if last < site.at for guard in more]}))


def _outside(project: Project, body: Body, site: Site, tests: _Tests) -> list[Effect]:
    """The effects of a call of something outside the project."""
    target = site.target or ""
    names = database_effects(project, site)
    reason = blocking_reason(project, body.key, site)
    if reason is not None:
        names = names | {BLOCK}
    if target in HTTP_CALLS:
        names = names | {REQUEST}
    if hashing_reason(project, site) is not None:
        names = names | {HASH}
    if not names:
        return []
    if not in_loop(body, site.context):
        names = names | {once for name, once in _ONCE.items() if name in names}
        if SQL_ONCE in names and site.at in kept_calls(project, body.key):
            names = names - {SQL_ONCE}
    guards = tests.around(site)
    return [
        Effect(name, 0, site.at, "", reason if name == BLOCK and reason is not None else target, guards)
        for name in sorted(names)
    ]


_AROUND = (BLOCK, COMMIT, COMMIT_ONCE)


def _is_async(project: Project, key: str) -> bool:
    row = project.get(Function, key)
    return row is not None and row.is_async


def _runs(site: Site) -> bool:
    """Whether the coroutine that a call makes is run here: everything but a bare statement that drops it."""
    return site.awaited or site.use != "stmt"


def carried(edge: Edge, effect: Effect) -> Effect | None:
    """What an effect of the callee becomes in the caller; None when the call rules it out."""
    if (effect.name in (BLOCK, HASH) and edge.is_async) or (edge.only and effect.name not in edge.only):
        return None  # an async callee that blocks has its own finding
    if not effect.guards and not edge.guards:
        return Effect(effect.name, effect.depth + 1, edge.at, edge.callee, effect.detail, ())
    guards = set(edge.guards)
    table = dict(edge.arguments) if effect.guards else {}
    for param, wanted in effect.guards:
        known = table.get(param)
        if known == "true" or known == "false":
            if (known == "true") is not wanted:
                return None
        elif known is not None:
            guards.add((known[1], wanted))
    if any((name, not wanted) in guards for name, wanted in guards):
        return None
    return Effect(effect.name, effect.depth + 1, edge.at, edge.callee, effect.detail, tuple(sorted(guards)))


def shortest(found: list[Effect]) -> tuple[Effect, ...]:
    """For each effect the shortest unguarded witness, and the few shortest guarded ones where there is no unguarded one."""
    if len(found) < 2:
        return tuple(found)
    by_name: dict[str, dict[tuple[Guard, ...], Effect]] = {}
    for effect in found:
        table = by_name.setdefault(effect.name, {})
        best = table.get(effect.guards)
        if best is None or (effect.depth, effect.at, effect.callee) < (best.depth, best.at, best.callee):
            table[effect.guards] = effect
    out = []
    for name in sorted(by_name):
        table = by_name[name]
        free = table.get(())
        if free is not None:
            out.append(free)
        else:
            out.extend(sorted(table.values(), key=lambda e: (e.depth, e.guards, e.at))[:_MAX_GUARDED])
    return tuple(out)


_NAME = "layercheck.queries.effects.effects"
"""Named as a query of this module is, so that the module is found when an answer of an earlier run is doubted."""
_KEPT = f"{kept_calls.__module__}.{kept_calls.__qualname__}"
_LOCAL = f"{local_summary.__module__}.{local_summary.__qualname__}"


def effects(project: Project, key: str) -> tuple[Effect, ...]:
    """Every effect of a function, its own and those of what it calls, each with its shortest witness."""
    found = project.remembered(_NAME, (key,))
    if found is None:
        with project.isolated():
            _solve(project, key)
        found = project.remembered(_NAME, (key,))
    return found  # type: ignore[no-any-return]


def _again(project: Project, key: str) -> tuple[Effect, ...]:
    """How the project asks again for a remembered summary whose ground has moved."""
    _solve(project, key)
    return project.remembered(_NAME, (key,))  # type: ignore[no-any-return]


QUERIES[_NAME] = (_again, None)
KEPT.add(_NAME)
DEAR.add(_NAME)


def _solve(project: Project, start: str) -> None:
    """Tarjan's algorithm, without recursion, over the functions that have no valid summary yet."""
    callees = _open_callees(project, start)
    if not callees:  # all that it calls is known
        _settle(project, [start])
        return
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    work: list[tuple[str, list[str], int]] = [(start, callees, 0)]
    index[start] = low[start] = 0
    stack.append(start)
    on_stack.add(start)
    while work:
        node, callees, position = work.pop()
        pushed = False
        while position < len(callees):
            callee = callees[position]
            position += 1
            if callee not in index:
                index[callee] = low[callee] = len(index)
                stack.append(callee)
                on_stack.add(callee)
                work.append((node, callees, position))
                work.append((callee, _open_callees(project, callee), 0))
                pushed = True
                break
            if callee in on_stack:
                low[node] = min(low[node], index[callee])
        if pushed:
            continue
        if low[node] == index[node]:
            component = []
            while True:
                member = stack.pop()
                on_stack.discard(member)
                component.append(member)
                if member == node:
                    break
            _settle(project, sorted(component))
        if work:
            parent = work[-1][0]
            low[parent] = min(low[parent], low[node])


def _open_callees(project: Project, key: str) -> list[str]:
    edges = local_summary(project, key).edges
    if not edges:
        return []
    callees = dict.fromkeys([edge.callee for edge in edges])
    return [c for c in callees if project.remembered(_NAME, (c,)) is None]


def _settle(project: Project, component: list[str]) -> None:
    """The least fixpoint over one strongly connected component."""
    if len(component) == 1 and not local_summary(project, component[0]).edges:  # a leaf, as most functions are
        key = component[0]
        project.remember(_NAME, _again, {(key,): local_summary(project, key).own}, {(_LOCAL, key)})
        return
    inside = set(component)
    summaries = {key: local_summary(project, key) for key in component}
    known: dict[str, tuple[Effect, ...]] = {key: summaries[key].own for key in component}
    outside: dict[str, tuple[Effect, ...]] = {}
    reads: set[Node] = set()
    recursive = len(component) > 1
    for key in component:
        reads.add((_LOCAL, key))
        for edge in summaries[key].edges:
            if edge.callee in inside:
                recursive = True
            elif edge.callee not in outside:
                outside[edge.callee] = project.remembered(_NAME, (edge.callee,)) or ()
                reads.add((_NAME, edge.callee))
    for _ in range(len(component) + 8):
        changed = False
        for key in component:
            own, edges = summaries[key]
            if not edges:
                continue
            gathered = list(own)
            blocks = all(_blocks(e, known.get(e.callee) or outside.get(e.callee, ())) for e in edges if e.choice)
            for edge in edges:
                if edge.choice and not blocks:
                    continue
                for effect in known.get(edge.callee) or outside.get(edge.callee, ()):
                    if edge.looped and effect.name in (SQL_ONCE, COMMIT_ONCE):
                        continue  # the loop right here has its own finding
                    if effect.name == SQL_ONCE and edge.at >= 0:
                        reads.add((_KEPT, key))
                        if edge.at in kept_calls(project, key):
                            continue
                    onward = carried(edge, effect)
                    if onward is not None:
                        gathered.append(onward)
            now = shortest(gathered)
            if now != known[key]:
                known[key] = now
                changed = True
        if not (changed and recursive):
            break
    project.remember(_NAME, _again, {(key,): known[key] for key in component}, reads)


def _blocks(edge: Edge, found: tuple[Effect, ...]) -> bool:
    return not edge.is_async and any(e.name == BLOCK and not e.guards for e in found)


def effect_of(project: Project, key: str, name: str) -> Effect | None:
    """The shortest witness of one effect of a function, or None. Guarded effects count: some caller may allow them."""
    found = [e for e in effects(project, key) if e.name == name]
    if len(found) < 2:
        return found[0] if found else None
    return min(found, key=lambda e: (e.depth, e.at))


def effect_at(project: Project, key: str, site: Site, name: str) -> Effect | None:
    """The effect that one call has, own or through project functions, with literal and default arguments taken into account."""
    best: Effect | None = None
    summary = local_summary(project, key)
    for effect in summary.own:
        if effect.at == site.at and effect.name == name:
            return effect
    if name in (BLOCK, HASH):
        reason = blocking_reason(project, key, site) if name == BLOCK else hashing_reason(project, site)
        if reason is not None:
            return Effect(name, 0, site.at, "", reason, ())
    if site.target is not None and ":" not in site.target:
        wanted = _PLAIN.get(name, name)
        return Effect(name, 0, site.at, "", site.target, ()) if wanted in database_effects(project, site) else None
    for edge in summary.edges:
        if edge.at != site.at:
            continue
        for effect in effects(project, edge.callee):
            if effect.name == name:
                onward = carried(edge, effect)
                if onward is not None and (best is None or onward.depth < best.depth):
                    best = onward
    return best


def chain(project: Project, key: str, effect: Effect) -> tuple[Step, ...]:
    """The evidence: from the call in `key` down to the external call at the end, a step each."""
    steps = []
    seen = {key}
    current: Effect | None = effect
    while current is not None and current.callee:
        steps.append(Step(Place("Body", key, max(current.at, 0)), f"calls {display(current.callee)}()"))
        key = current.callee
        if key in seen:
            break
        seen.add(key)
        following = [e for e in effects(project, key) if e.name == effect.name and e.detail == effect.detail]
        current = min(following, key=lambda e: (e.depth, e.at)) if following else effect_of(project, key, effect.name)
    if current is not None and not current.callee:
        steps.append(
            Step(
                Place("Body", key, max(current.at, 0)),
                f"{current.detail}()" if "(" not in current.detail else current.detail,
            )
        )
    return tuple(steps)


def display(symbol: str) -> str:
    """A short name for people: "UserService.get" for "app/services/user.py:UserService.get"."""
    return symbol.partition(":")[2].replace("#2", "") if ":" in symbol else symbol


def call_text(site: Site) -> str:
    """A call as written, else what it calls: for messages."""
    func = site.call[1]
    return func if func.__class__ is str else display(site.target or "")
