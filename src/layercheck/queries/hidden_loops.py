"""Loops that do not look like one, or are taken for one that asks nothing: a decorator that loops, a function that calls itself for the
next row, a cached function that is asked another key in every round; and savepoints in a loop that nobody needs."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Context, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.callgraph import LOOPS, Site, bound_arguments, enclosing, in_lambda, in_loop, sites, with_nested
from layercheck.queries.dbcalls import database_effects
from layercheck.queries.effects import SQL, SQL_ONCE, Effect, effect_at
from layercheck.queries.listed import is_listed
from layercheck.queries.loops import is_harmless, loops_around, runs_once
from layercheck.queries.sessions import session_kind, session_params
from layercheck.queries.symbols import resolve
from layercheck.queries.tables import table_of
from layercheck.queries.tables_mapping import is_mapped
from layercheck.queries.types import Typing, has_decorator
from layercheck.tuples import NamedTuple

_KEYED_BY_ARGUMENTS = frozenset({"functools.lru_cache", "functools.cache", "async_lru.alru_cache"})
"""Caches that keep an answer for each combination of all arguments."""


def over_data(project: Project, body: Body, context: int) -> bool:
    """Whether some loop around a context runs over data: not retries, polling, batches, or what the source lists."""
    return not all(
        is_harmless(project, body, loop) or (loop.kind != "while" and is_listed(project, body, loop.info[0]))
        for loop in loops_around(body, context)
    )


def loops_over_data(project: Project, body: Body, loop: int) -> bool:
    """The same of one loop, by one more than its ordinal."""
    for raw in body.raw_contexts[1:]:
        structure = Context._make(raw)
        if structure.kind in ("for", "comp") and structure.construct + 1 == loop:
            return not is_harmless(project, body, structure) and not is_listed(project, body, structure.info[0])
    return False


def mentions(body: Body, e: Expr, names: frozenset[str], at: int) -> bool:
    """Whether an expression has one of these names, or a local name above that is made of one."""
    stack, seen = [e], set(names)
    while stack:
        for node in ir.walk(stack.pop()):
            first = (dotted(node) or "").partition(".")[0]
            if first in names:
                return True
            if first and first not in seen:
                seen.add(first)
                stack += [raw[2] for raw in body.raw_binds if raw[0] == first and raw[2] is not None and raw[5] < at]
    return False


def targets_of(body: Body, loop: Context) -> set[str]:
    """The names that a loop binds in every round."""
    if loop.kind == "while":
        return set()
    found = {n for n in ir.walk(loop.info[1]) if n.__class__ is str}
    return found | {raw[0] for raw in body.raw_binds if raw[1] == "comp" and raw[2] == loop.info[0]}


# ---------------------------------------------------------------------------------------------------------- decorators


class Decorated(NamedTuple):
    """A function whose decorator calls it in a loop over data."""

    symbol: str
    """The decorator."""
    changing: frozenset[str]
    """The parameters of the function that get another value in every round."""

    def feeds(self, body: Body, site: Site) -> bool:
        """Whether a call outside any loop of the function depends on what changes."""
        return not in_loop(body, site.context) and mentions(body, site.call, self.changing, site.at)


def looping_decorator(project: Project, key: str) -> Decorated | None:
    """The decorator of the project that runs a function once for each item, over one session."""
    function = project.get(Function, key)
    if function is None or not function.decorators:
        return None
    outside = f"{function.path}:{function.cls or function.parent}"
    for decorator in function.decorators:
        name = dotted(decorator[1] if ir.is_a(decorator, "call") else decorator)
        symbol = resolve(project, outside, name) if name else None
        if symbol is None or ":" not in symbol or project.get(Function, symbol) is None:
            continue
        changing = frozenset(
            function.raw_params[position][0]
            for position in _positions(project, symbol)
            if position < len(function.raw_params)
        )
        if changing:
            return Decorated(symbol, changing)
    return None


@query
def _positions(project: Project, decorator: str) -> tuple[int, ...]:
    """Which positional arguments a wrapper in a decorator changes from round to round when it calls the decorated function in a loop."""
    handed: set[str] = set()
    for key in with_nested(project, decorator):
        row, body = project.get(Function, key), project.get(Body, key)
        if row is None or body is None:
            continue
        found = _looped_call(
            project, body, handed - {raw[0] for raw in body.raw_binds} - {p[0] for p in row.raw_params}
        )
        if found is not None:
            return found
        if row.raw_params:
            handed.add(row.raw_params[0][0])
    return ()


def _looped_call(project: Project, body: Body, names: set[str]) -> tuple[int, ...] | None:
    for call, context, _, _ in body.raw_calls:
        if call[1] not in names or not in_loop(body, context) or in_lambda(body, context):
            continue
        if runs_once(body, context, call[4]) or not over_data(project, body, context):
            continue
        loops = loops_around(body, context)
        targets = {name for loop in loops for name in targets_of(body, loop)}
        inside = {loop.construct for loop in loops}
        made = {
            raw[0]
            for raw in body.raw_binds
            if raw[0] not in targets and any(c.construct in inside and c.kind in LOOPS for c in enclosing(body, raw[4]))
        }
        used = [{(dotted(node) or "").partition(".")[0] for node in ir.walk(a)} for a in call[2]]
        if any(u & made for u in used) or call[3]:
            return None  # a session of its own for each round, perhaps
        return tuple(position for position, u in enumerate(used) if u & targets)
    return None


# ----------------------------------------------------------------------------------------------------------- recursion


def next_rows(project: Project, body: Body) -> Iterator[tuple[Site, Effect]]:
    """Calls of a function by itself for the key that the row it has just fetched holds: (call, the query)."""
    if project.get(Function, body.key) is None or body.key.rpartition(":")[2].rpartition(".")[2] not in body.words:
        return
    found = sites(project, body.key)
    for site in found:
        if site.target != body.key or in_loop(body, site.context) or in_lambda(body, site.context):
            continue
        for param, e in bound_arguments(project, body.key, site).items():
            sent = _fetches(project, body, found, param, e, site.at) if e is not None else None
            if sent is not None:
                yield site, sent
                break


def _fetches(project: Project, body: Body, found: tuple[Site, ...], param: str, e: Expr, before: int) -> Effect | None:
    """The query for the row of which `e` is a column, when it asks for that row by the parameter that gets `e`."""
    row, dot, _ = (dotted(e) or "").partition(".")
    values = [raw for raw in body.raw_binds if raw[0] == row]
    if not dot or row in ("self", "cls") or len(values) != 1 or values[0][1] != "=" or values[0][2] is None:
        return None
    if not mentions(body, values[0][2], frozenset({param}), before):
        return None
    calls = {call[4] for call in ir.calls(values[0][2])}
    for site in found:
        if site.at in calls and site.at < before and site.target is not None and site.target != body.key:
            if ":" in site.target:
                below = effect_at(project, body.key, site, SQL_ONCE)
                if below is not None and not below.guards:
                    return below
            elif SQL in database_effects(project, site):
                return Effect(SQL, 0, site.at, "", site.target, ())
    return None


# --------------------------------------------------------------------------------------------------------------- caches


def asks_another_key(project: Project, body: Body, site: Site) -> bool:
    """Whether a cached function is asked what it cannot know yet: its cache holds a session, and it gets the primary key of the loop's
    row. A session lives for one request, and no two rows have the same key."""
    function = project.get(Function, site.target) if site.target is not None else None
    if function is None or not function.decorators or not has_decorator(project, function, _KEYED_BY_ARGUMENTS):
        return False
    if not session_params(project, function.key):
        return False
    return any(_is_key_of_row(project, body, site, e) for e in bound_arguments(project, function.key, site).values())


def _is_key_of_row(project: Project, body: Body, site: Site, e: Expr | None) -> bool:
    name = dotted(e) if e is not None else None
    if name is None:
        return False
    row, _, attribute = name.rpartition(".")
    for loop in loops_around(body, site.context):
        if targets_of(body, loop) != {row or name}:
            continue
        asked = _asked(project, body, loop.info[0])
        if not row:
            cls, _, column = (asked or "").rpartition(".")
            entity = resolve(project, body.key, cls) if cls else None
            return entity is not None and _is_primary(project, entity, column)
        kind = Typing(project, body.key).name(row, site.at)
        entity = (
            kind[1] if kind is not None and kind[0] == "inst" else resolve(project, body.key, asked) if asked else None
        )
        return entity is not None and _is_primary(project, entity, attribute)
    return False


def _asked(project: Project, body: Body, e: Expr) -> str | None:
    """What the one query of a loop asks for: "Book.id" of `session.scalars(select(Book.id))`, or of a name that holds that."""
    if e.__class__ is str:
        values = [raw[2] for raw in body.raw_binds if raw[0] == e]
        known = len(values) == 1 and values[0] is not None and values[0].__class__ is not str
        return _asked(project, body, values[0]) if known else None
    chain = list(ir.calls(e))
    if any("join" in ir.last_name(call[1]) for call in chain):
        return None
    asked = [call for call in chain if ir.last_name(call[1]) in ("select", "query") and call[2]]
    return dotted(asked[0][2][0]) if len(asked) == 1 and len(asked[0][2]) == 1 else None


def _is_primary(project: Project, entity: str, attribute: str) -> bool:
    table = table_of(project, entity) if ":" in entity and is_mapped(project, entity) else None
    column = table.attribute(attribute) if table is not None else None
    return table is not None and column is not None and table.primary_key == (column.name,)


# ----------------------------------------------------------------------------------------------------------- savepoints


def useless_savepoints(project: Project, body: Body) -> Iterator[Site]:
    """`with session.begin_nested():` in a loop over data, where no `except` of the function keeps a failure from the other rows."""
    if "begin_nested" not in body.words:
        return
    managed = {
        manager[4]: (target, statement)
        for statement in ir.statements(body.statements)
        if statement[0] == "with"
        for manager, target in statement[1]
        if ir.is_a(manager, "call")
    }
    for site in sites(project, body.key):
        if ir.last_name(site.call[1]) != "begin_nested" or site.at not in managed:
            continue
        target, statement = managed[site.at]
        if target is not None or session_kind(project, site.receiver) is None or not in_loop(body, site.context):
            continue
        catches = any(c.kind in ("try", "except", "lambda") for c in enclosing(body, site.context))
        catches = catches or any(s[0] == "try" for s in ir.statements(statement[2]))
        others = any(c.kind == "with" and _suppresses(c.info[0]) for c in enclosing(body, site.context))
        if not catches and not others and over_data(project, body, site.context):
            yield site


def _suppresses(managers: tuple[tuple[Expr, Expr | None], ...]) -> bool:
    """A context manager that may swallow an exception: any but a session, a transaction or a lock, by its name."""
    names = [ir.last_name(m[1] if ir.is_a(m, "call") else m).lower() for m, _ in managers]
    return not all(
        any(word in name for word in ("begin", "session", "lock", "connect", "no_autoflush")) for name in names
    )
