"""Calls that send a query once an iteration: which ones, and which loops are spared."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Context, Function
from layercheck.project import Project, query
from layercheck.queries.batches import asks_for_all, loop_statement, once_in_so_many, reads_on
from layercheck.queries.callgraph import LOOPS, Site, enclosing, in_lambda, in_loop, sites
from layercheck.queries.dbcalls import database_effects
from layercheck.queries.effects import SQL, SQL_ONCE, Effect, effect_at, effect_of
from layercheck.queries.handed import in_handed_lambda, looped_by, partial_of, run_by
from layercheck.queries.hidden_loops import asks_another_key, looping_decorator, targets_of
from layercheck.queries.implementations import sole_implementation
from layercheck.queries.instance_sources import own_flow
from layercheck.queries.kept import Kept, fills_of, kept_calls, kept_in
from layercheck.queries.listed import is_listed
from layercheck.queries.loops import (
    innermost_loop,
    is_harmless,
    loops_around,
    mapped_over,
    names_in_loop,
    numbers_of_loops,
    picks_one_key,
    runs_once,
)
from layercheck.queries.sessions import session_kind
from layercheck.queries.symbols import class_attribute
from layercheck.tuples import NamedTuple

_REPEATING = LOOPS | {"lambda"}


class Repeated(NamedTuple):
    """One call that sends a query once an iteration."""

    site: Site
    effect: Effect
    decorator: str = ""
    """The decorator of the function whose loop it is."""


def repeated_queries(project: Project, key: str) -> tuple[Repeated, ...]:
    """The calls of a body that send a query once an iteration of some loop over data, in the order of the code."""
    body = project.get(Body, key)
    return _repeated_queries(project, key) if body is not None and _may_repeat(project, body) else ()


def _may_repeat(project: Project, body: Body) -> bool:
    """Whether something in a body may run more than once: a loop, a lambda, a decorator that loops, a function that is handed over."""
    if (
        not _REPEATING.isdisjoint([raw[0] for raw in body.raw_contexts])
        or looping_decorator(project, body.key) is not None
    ):
        return True
    for site in sites(project, body.key):
        if site.target is not None and site.call[2:4] != ((), ()) and looped_by(project, body, site) is not None:
            return True
    return False


@query
def _repeated_queries(project: Project, key: str) -> tuple[Repeated, ...]:
    body = project.get(Body, key)
    if body is None:
        return ()
    found = []
    around = looping_decorator(project, key)
    for site in sites(project, key):
        effect = _repeated(project, body, site)
        if effect is not None:
            found.append(Repeated(site, effect))
        elif around is not None and SQL in database_effects(project, site) and around.feeds(body, site):
            found.append(Repeated(site, Effect(SQL, 0, site.at, "", site.target or "", ()), around.symbol))
    return tuple(found)


@query
def repeated(project: Project, key: str) -> frozenset[int]:
    """The ordinals of the calls of a body that send a query once an iteration."""
    return frozenset(one.site.at for one in repeated_queries(project, key))


def _repeated(project: Project, body: Body, site: Site) -> Effect | None:
    """The query that a call sends once an iteration: of a loop around it, or of the loop that it is itself (`map`)."""
    if in_loop(body, site.context):
        effect = _query(project, body, site)
        return None if effect is None or _spared(project, body, site) else effect
    if _is_mapped(project, body, site):
        own = _query(project, body, site)
        return own if own is not None or ":" not in (site.target or "") else _through(project, site, site.target or "")
    function = looped_by(project, body, site)
    return _handed(project, site, function) if function is not None else None


def _handed(project: Project, site: Site, function: str) -> Effect | None:
    """The query that a function which was handed over sends itself; what lies deeper may hang on arguments that are not seen here."""
    effect = _through(project, site, function)
    return effect if effect is not None and effect.depth == 1 else None


def _through(project: Project, site: Site, callee: str) -> Effect | None:
    """The query of a function that a call runs without calling it."""
    below = effect_of(project, callee, SQL_ONCE)
    if below is None or below.guards:
        return None  # whether it happens depends on arguments that are not seen here
    return below._replace(depth=below.depth + 1, at=site.at, callee=callee)


def _is_mapped(project: Project, body: Body, site: Site) -> bool:
    """Whether a call stands in a lambda that is mapped over something: a loop without the word."""
    if not in_lambda(body, site.context):
        return False
    items = mapped_over(body, site.context, site.call)
    if items is not None:
        return not is_listed(project, body, items)
    return any(in_handed_lambda(project, body, site.call, o) for o in sites(project, body.key) if o.at > site.at)


def _query(project: Project, body: Body, site: Site) -> Effect | None:
    handed = run_by(project, body.key, site)
    if handed is not None:
        return _handed(project, site, handed)
    if site.target is None:
        part = partial_of(project, body, site)
        return _handed(project, site, part) if part is not None else None
    entering = _entered(project, site) if site.use == "with" and ":" in site.target else None
    if entering is not None:
        return entering
    if ":" not in site.target:
        return effect_at(project, body.key, site, SQL) if SQL in database_effects(project, site) else None
    implementation = sole_implementation(project, site.target)
    if implementation is not None:
        return _through(project, site, implementation)
    function = project.get(Function, site.target)
    if (
        function is not None
        and function.is_generator
        and not site.awaited
        and site.use != "iter"
        and site.use != "with"
    ):
        return None
    found = effect_at(project, body.key, site, SQL_ONCE)
    if found is not None:
        return found
    if asks_another_key(project, body, site):
        return _through(project, site, site.target)
    return _of_another_object(project, body, site, function) if function is not None and function.cls else None


def _of_another_object(project: Project, body: Body, site: Site, function: Function) -> Effect | None:
    """The query of a method that keeps its answer in the object, where each round has another object."""
    func = site.call[1]
    if func.__class__ is not str or func.partition(".")[0] not in names_in_loop(body, site.context):
        return None
    below = effect_of(project, function.key, SQL)
    if below is None or below.guards or below.at not in kept_calls(project, function.key):
        return None
    return below._replace(depth=below.depth + 1, at=site.at, callee=function.key)


def _entered(project: Project, site: Site) -> Effect | None:
    """The query that entering `with Report(session, key):` sends."""
    if project.get(Class, site.target or "") is None:
        return None
    for name in ("__enter__", "__aenter__"):
        method = class_attribute(project, site.target or "", name)
        if method is not None and project.get(Function, method) is not None:
            return _through(project, site, method)
    return None


def _runs_statements(project: Project, body: Body, loop: Context, site: Site) -> bool:
    """`for pragma in pragmas: cursor.execute(pragma)` over a parameter or a constant: each round runs another statement as a whole."""
    iterable, target = loop.info[0], loop.info[1]
    given = site.call[2]
    if iterable.__class__ is not str or target.__class__ is not str or len(given) != 1 or site.call[3]:
        return False
    text = ir.is_a(given[0], "call") and ir.last_name(given[0][1]) in ("text", "DDL") and given[0][2] == (target,)
    if given[0] != target and not text:
        return False
    function = project.get(Function, body.key)
    handed = function is not None and iterable in {p[0] for p in function.raw_params}
    return (handed or iterable.isupper()) and ir.last_name(site.call[1]) in _EXECUTES


_EXECUTES = frozenset({"execute", "exec_driver_sql", "executescript"})


def _spared(project: Project, body: Body, site: Site) -> bool:
    name = site.call[1].rpartition(".")[2] if site.call[1].__class__ is str else ""
    if name in ("fetchone", "fetchmany", "fetch_next"):
        return True
    loop = innermost_loop(body, site.context)
    if loop is None or runs_once(body, site.context, site.at) or picks_one_key(body, site.context):
        return True
    if _once_in_so_many(body, site.context) or (name in ("get", "get_one") and _is_present(project, body, site)):
        return True
    if loop.kind == "for" and _runs_statements(project, body, loop, site):
        return True
    if loop.kind == "while" and asks_for_all(project, body, site, loop.info):
        return True
    if reads_on(project, body, site, names_in_loop(body, site.context)) or _is_kept(project, body, site):
        return True
    return all(_is_spared_loop(project, body.key, number) for number in numbers_of_loops(body, site.context))


@query
def _is_spared_loop(project: Project, key: str, number: int) -> bool:
    """Whether a loop of a body (by its number there) may do its work one by one; asked once a loop, however much is called in it."""
    body = project.get(Body, key)
    if body is None:
        return False
    loop = body.contexts[number]
    return is_harmless(project, body, loop) or (loop.kind != "while" and is_listed(project, body, loop.info[0]))


def _is_present(project: Project, body: Body, site: Site) -> bool:
    """`session.get(User, key)` of a row that the session has: of the same key in every round, or of a table whose rows are held."""
    if session_kind(project, site.receiver) is None or len(site.call[2]) != 2 or site.call[3]:
        return False
    key = site.call[2][1]
    name = ir.dotted(key)
    if name is not None and site.use == "bind" and name.partition(".")[0] not in names_in_loop(body, site.context):
        return True
    return site.at in own_flow(project, body.key).present


def _is_kept(project: Project, body: Body, site: Site) -> bool:
    """Whether a call in a loop happens in the first round only, as its answer is kept from then on; or its answer is kept by key where
    that outlives the loop. A dictionary of the function's own is asked for each key once, which grows with the rows."""
    function = project.get(Function, body.key)
    if function is None or "if" not in [raw[0] for raw in body.raw_contexts]:
        return False
    for kept in kept_in(body):
        memory = kept.memory
        if site.at not in kept.calls or (memory.at >= 0 and _asks_database(project, body, memory.at)):
            continue
        root = memory.name.partition(".")[0]
        if memory.keyed:
            if root in ("self", "cls") or root not in {raw[0] for raw in body.raw_binds}:
                return True
        elif all(_keeps(body, loop, kept) for loop in loops_around(body, site.context)):
            return True
    return False


def _keeps(body: Body, loop: Context, kept: Kept) -> bool:
    """Whether a memory without keys has its value through all rounds of a loop after the first."""
    statement = loop_statement(body, loop)
    root, dot, _ = kept.memory.name.partition(".")
    if statement is None or root in targets_of(body, loop):
        return False
    if dot and any(raw[0] == root and loop in enclosing(body, raw[4]) for raw in body.raw_binds):
        return False  # another object in each round
    return fills_of(kept.memory, statement[3] if statement[0] == "for" else statement[2]) == kept.fills


def _asks_database(project: Project, body: Body, at: int) -> bool:
    """Whether a call is a query: what it looks into is no memory."""
    return any(s.at == at and effect_at(project, body.key, s, SQL) is not None for s in sites(project, body.key))


def _once_in_so_many(body: Body, context: int) -> bool:
    """`if len(waiting) >= 100: session.flush()`: a batch."""
    for structure in enclosing(body, context):
        if structure.kind in LOOPS:
            return False
        if structure.kind == "if" and once_in_so_many(structure.info):
            return True
    return False
