"""Start independent requests together.

`await client.get(url)` in a loop waits for each answer before it asks for the next: twenty addresses of 100 ms take two seconds, of
which the process works for a few milliseconds.

How to fix: give the loop's body a coroutine of its own and hand all of them to `asyncio.gather(...)`, or start them in a `TaskGroup`;
where the other side must not be flooded, with a semaphore around the request.

Only a request that surely does not hang on the one before is reported: its arguments use nothing that the loop carries from one
iteration to the next, and the loop is never left early. Left alone are loops that sleep or enter a limiter, lock or semaphore,
pages and batches, retries, `while`, `async for`, `range`, loops over at most three literal items, loops that use a database session
(which cannot be shared by tasks) or await something unknown, writes to one and the same address (their order may matter), start-up
code, scripts and background jobs. A helper of the project that sends the request itself counts as one.

```python bad app/clients/stock.py
import httpx


async def levels(client: httpx.AsyncClient, urls: list[str]) -> list[int]:
    found = []
    for url in urls:
        response = await client.get(url)
        found.append(response.json()["level"])
    return found
```
```python good app/clients/stock.py
import asyncio

import httpx


async def levels(client: httpx.AsyncClient, urls: list[str]) -> list[int]:
    async def level(url: str) -> int:
        response = await client.get(url)
        return response.json()["level"]

    return await asyncio.gather(*(level(url) for url in urls))
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Context, Function
from layercheck.ir import Expr, Stmt, dotted
from layercheck.knowledge.coroutines import NETWORK_COROUTINES
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.batches import is_batching, loop_statement
from layercheck.queries.callgraph import LOOPS, Site, enclosing, in_lambda, place, sites
from layercheck.queries.contracts import sends_http
from layercheck.queries.effects import SQL, WRITE, display, effect_at
from layercheck.queries.file_kinds import is_script
from layercheck.queries.jobs import is_job, is_job_module
from layercheck.queries.listed import is_small_literal
from layercheck.queries.loops import (
    is_polling,
    is_retry,
    loops_around,
)
from layercheck.queries.roles import is_startup, is_worker

RULE = Rule(
    code="LC906",
    name="sequential-awaits",
    message="{call}() waits for each answer before the next request of the loop: start them together with asyncio.gather or a TaskGroup",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("PERF-3",),
    since="0.1",
)
_READS = frozenset({"get", "head", "options"})
_MUTATORS = frozenset({
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "popleft", "remove", "setdefault", "update",
})  # fmt: skip
_BRAKES = ("limit", "lock", "semaphore", "throttle", "sem")


def check(function: Function, project: Project) -> Iterator[Fault]:
    """The first independent request of each loop of an async function."""
    body = project.get(Body, function.key)
    if body is None or not function.is_async or not _in_request(project, function):
        return
    seen: set[int] = set()
    for site in sites(project, function.key):
        loops = loops_around(body, site.context)
        if len(loops) == 0 or in_lambda(body, site.context) or loops[0].construct in seen:
            continue
        helper = _request(project, function, site)
        if helper is None or not all(_over_items(project, body, loop) for loop in loops):
            continue
        if not _independent(project, body, loops[0], site):
            continue
        seen.add(loops[0].construct)
        name = site.call[1] if site.call[1].__class__ is str else display(site.target or "")
        steps = (Step(place(helper[0], helper[1].at), "sends the request"),) if helper[0] != body.key else ()
        yield Fault(body.place(site.at), {"call": name}, steps)


def _in_request(project: Project, function: Function) -> bool:
    if is_script(project, function.path) or is_startup(project, function.key):
        return False
    return not (
        is_job(project, function.key) or is_job_module(project, function.path) or is_worker(project, function.key)
    )


def _request(project: Project, function: Function, site: Site) -> tuple[str, Site] | None:
    """(body, call) of the network request that a call makes: itself, or a helper of the project that does nothing to its object."""
    if site.target is None or not (site.awaited or site.use == "with"):
        return None
    if ":" not in site.target:
        return (function.key, site) if _sends(project, site) else None
    helper = project.get(Function, site.target)
    if helper is None or helper.key == function.key or not _is_pure(project, helper):
        return None
    return next(((helper.key, s) for s in sites(project, helper.key) if s.awaited and _sends(project, s)), None)


def _sends(project: Project, site: Site) -> bool:
    if site.target in NETWORK_COROUTINES:
        return True
    return sends_http(project, site) and not (site.target or "").endswith((".stream", ".ws_connect"))


def _is_pure(project: Project, helper: Function) -> bool:
    """Whether a helper leaves nothing behind for its next call: sets no attribute and no global, sleeps not, uses no limiter."""
    body = project.get(Body, helper.key)
    if body is None or body.global_names or helper.is_generator or any("." in raw[0] for raw in body.raw_binds):
        return False
    if any(_brakes(call[0][1]) for call in body.raw_calls):
        return False
    return not any(_is_braked(statement) for statement in ir.statements(body.statements))


def _over_items(project: Project, body: Body, loop: Context) -> bool:
    """Whether a loop goes over a collection, item by item, to its end."""
    if loop.kind not in ("for", "comp"):
        return False
    iterable = loop.info[0]
    if ir.is_a(iterable, "call") and ir.last_name(iterable[1]) in ("range", "count", "cycle", "repeat"):
        return False
    if is_small_literal(body, iterable) or is_batching(project, body, loop) or is_retry(body, loop):
        return False
    if is_polling(body, loop):
        return False
    statement = loop_statement(body, loop)
    if loop.kind == "comp":
        return not any(
            ir.is_a(e, "comp") and e[4] == loop.construct and any(g[3] for g in e[3])
            for e in ir.expressions(body.statements)
        )
    return statement is not None and not statement[5] and not _leaves_early(statement[3])


def _leaves_early(block: tuple[Stmt, ...]) -> bool:
    """Whether a loop may end before its last item (`break` of an inner loop counts too: in doubt)."""
    for statement in ir.statements(block):
        if statement[0] in ("return", "break") or _is_braked(statement):
            return True
        if any(
            node.__class__ is tuple and node[0] in ("yield", "yieldfrom")
            for e in ir.own_expressions(statement)
            for node in ir.walk(e)
        ):
            return True
    return False


def _is_braked(statement: Stmt) -> bool:
    """`async with limiter:`"""
    return statement[0] == "with" and any(
        _brakes(context[1] if ir.is_a(context, "call") else context) for context, _ in statement[1]
    )


def _brakes(func: Expr) -> bool:
    last = (dotted(func) or ir.last_name(func)).lower()
    return any(brake in last for brake in _BRAKES) or last.endswith("sleep")


def _independent(project: Project, body: Body, loop: Context, site: Site) -> bool:
    inside = [s for s in sites(project, body.key) if _within(body, s.context, loop)]
    for other in inside:
        if other.at != site.at and other.awaited and not _is_harmless(project, body.key, other):
            return False
        if any(effect_at(project, body.key, other, name) is not None for name in (SQL, WRITE)):
            return False
    local = _bound_inside(body, loop)
    used = _reached(body, loop, _names(_arguments(site.call)), local)
    if used & _carried(body, loop, inside):
        return False
    method = (site.target or "").rpartition(".")[2]
    if method in _READS:
        return bool(used & local)
    return site.target in NETWORK_COROUTINES or _address_varies(body, loop, site, local)


def _is_harmless(project: Project, key: str, site: Site) -> bool:
    """Whether an awaited call is known, and no work on a session."""
    if site.target is None:
        return False
    function = project.get(Function, site.target)
    if function is not None:
        return _is_pure(project, function)
    return ":" not in site.target and not _brakes(site.target)


def _address_varies(body: Body, loop: Context, site: Site, local: set[str]) -> bool:
    if ":" in (site.target or ""):
        return bool(_reached(body, loop, _names(_arguments(site.call)), local) & local)
    position = 1 if (site.target or "").endswith(".request") else 0
    address = ir.argument(site.call, position, "url")
    return address is not None and bool(_reached(body, loop, _names([address]), local) & local)


def _arguments(call: Expr) -> list[Expr]:
    return [*call[2], *(value for _, value in call[3])]


def _names(values: Iterable[Expr]) -> set[str]:
    """The first names of everything that expressions mention."""
    found = set()
    for value in values:
        for node in ir.walk(value):
            text = node if node.__class__ is str else node[1] if ir.is_a(node, "ref") else None
            if text is not None:
                found.add(text.partition(".")[0])
    return found


def _within(body: Body, context: int, loop: Context) -> bool:
    return any(c.kind in LOOPS and c.construct == loop.construct for c in enclosing(body, context))


def _bound_inside(body: Body, loop: Context) -> set[str]:
    """The names that an iteration binds, the loop's own target included."""
    return {raw[0] for raw in body.raw_binds if _within(body, raw[4], loop)}


def _reached(body: Body, loop: Context, names: set[str], local: set[str]) -> set[str]:
    """The names, and those that the values of names bound in the loop are made of."""
    found = set(names)
    waiting = list(names & local)
    while waiting:
        name = waiting.pop()
        for raw in body.raw_binds:
            if raw[0] == name and raw[2] is not None and raw[1] not in ("for", "comp") and _within(body, raw[4], loop):
                new = _names([raw[2]]) - found
                found |= new
                waiting.extend(new & local)
    return found


def _carried(body: Body, loop: Context, inside: list[Site]) -> set[str]:
    """The names that carry something from one iteration to the next: bound inside and outside, or changed inside."""
    carried = set()
    for raw in body.raw_binds:
        first, dot, _ = raw[0].partition(".")
        if _within(body, raw[4], loop):
            if (
                raw[1] == "aug"
                or dot
                or any(
                    o[0] == raw[0] and o[1] not in ("for", "comp") and not _within(body, o[4], loop)
                    for o in body.raw_binds
                )
            ):
                carried.add(first)
    for site in inside:
        chain = dotted(site.call[1]) or ""
        if "." in chain and chain.rpartition(".")[2] in _MUTATORS:
            carried.add(chain.partition(".")[0])
    statement = loop_statement(body, loop)
    for inner in ir.statements(statement[3]) if statement is not None else ():
        for target in inner[1] if inner[0] in ("assign", "del") else (inner[1],) if inner[0] == "aug" else ():
            if ir.is_a(target, "item"):
                carried |= _names([target[1]])
    return carried
