"""Let long tasks run after the answer.

The mail server that takes four seconds, the report of thirty pages, the spreadsheet of a customer: as long as a handler waits for them,
the user waits, a worker is taken, and a time-out of the proxy ends the work half way. Often the task hides in a service.

How to fix: hand it to `BackgroundTasks.add_task(...)` where losing it in a restart is bearable, else to a queue (Celery, arq, RQ,
Dramatiq), and answer 202 with an address to ask for the result.

Known are sending mail and text messages, rendering PDFs, reading whole tables with pandas or polars, OCR, image and video
processing, and running local models, called by the handler or by project functions below it. Bulk imports that are plain loops
are not recognised, and waiting for the answer of a language model is not reported: it is what the caller came for. Functions handed
to `add_task`, `.delay`, `.enqueue`, `.apply_async` or `create_task`, WebSockets, handlers that stream, handlers that try something out
(`test_smtp_settings`) and tables that a GET reads for its answer are left alone.

```python bad app/routes.py
import smtplib

from fastapi import APIRouter

router = APIRouter()


def welcome(address: str) -> None:
    with smtplib.SMTP("localhost") as server:
        server.sendmail("shop@example.com", address, "Welcome")


@router.post("/customers")
def register(address: str) -> None:
    welcome(address)
```
```python good app/routes.py
import smtplib

from fastapi import APIRouter, BackgroundTasks

router = APIRouter()


def welcome(address: str) -> None:
    with smtplib.SMTP("localhost") as server:
        server.sendmail("shop@example.com", address, "Welcome")


@router.post("/customers")
def register(address: str, tasks: BackgroundTasks) -> None:
    tasks.add_task(welcome, address)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.knowledge.jobs import STARTERS
from layercheck.knowledge.long_tasks import LONG_TASKS, READS_TABLE
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, callee_functions, in_lambda, sites
from layercheck.queries.effects import Effect, carried, display, local_summary, shortest
from layercheck.queries.guards import guards_at, stable_params
from layercheck.queries.items import Handler
from layercheck.queries.symbols import mro

RULE = Rule(
    code="LC903",
    name="long-task-in-request",
    message="{handler} waits for {call}(), which {what}{chain}: hand it to BackgroundTasks or a queue",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("PERF-4",),
    since="0.1",
)
_STREAMS = frozenset({"StreamingResponse", "EventSourceResponse", "ContentStream"})


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """One finding a handler: the first long task that it waits for."""
    key = handler.function.key
    body = project.get(Body, key)
    if body is None or any(r.method == "websocket" for r in handler.registrations) or handler.function.is_generator:
        return
    if any(ir.last_name(raw[0][1]) in _STREAMS for raw in body.raw_calls) or _is_trial(handler.function.name):
        return
    found = [e for e in _long_tasks(project, key) if e.name != READS_TABLE or not _only_reads(handler)]
    effect = min(found, key=lambda e: (e.depth, e.at), default=None)
    if effect is None:
        return
    steps = _chain(project, key, effect)
    call = next(raw[0] for raw in body.raw_calls if raw[0][4] == effect.at)
    names = [display(e.callee) for _, e in steps if e.callee][1:] + ([effect.detail] if effect.callee else [])
    fields = {
        "handler": handler.function.name,
        "call": call[1] if call[1].__class__ is str else ir.last_name(call[1]) or effect.detail,
        "what": effect.name,
        "chain": f" ({' -> '.join(names)})" if names else "",
    }
    evidence = tuple(
        Step(
            _body(project, at).place(e.at),
            f"calls {display(e.callee)}()" if e.callee else f"{e.detail}() {e.name}",
        )
        for at, e in steps
    )
    yield Fault(body.place(effect.at), fields, evidence if effect.callee else ())


def _body(project: Project, key: str) -> Body:
    body = project.get(Body, key)
    assert body is not None
    return body


def _is_trial(name: str) -> bool:
    """`test_smtp_settings`: whether it works is what the caller waits for."""
    return name.strip("_").partition("_")[0] in ("test", "check", "verify")


def _only_reads(handler: Handler) -> bool:
    """Whether a route only answers with what is there: the table that it reads is the answer, and no import."""
    return bool(handler.registrations) and all(r.method in ("get", "head") for r in handler.registrations)


@query(bottom=())
def _long_tasks(project: Project, key: str) -> tuple[Effect, ...]:
    """The nearest long task of each kind that this function waits for, with the call that it comes through."""
    body = project.get(Body, key)
    if body is None:
        return ()
    found = []
    elsewhere = _started(body)
    params = stable_params(project.get(Function, key), body)
    for site in sites(project, key):
        if site.target is None or in_lambda(body, site.context):
            continue
        if ":" in site.target:
            elsewhere |= _only_made(project, site)
        elif site.at not in elsewhere and (name := _name(project, site)) is not None:
            found.append(Effect(LONG_TASKS[name], 0, site.at, "", name, guards_at(body, site.context, params)))
    for edge in local_summary(project, key).edges:
        if edge.at in elsewhere or edge.at < 0:
            continue
        found += [onward for below in _long_tasks(project, edge.callee) if (onward := carried(edge, below)) is not None]
    return shortest(found)


def _started(body: Body) -> set[int]:
    """The calls that make a coroutine which something else runs: `create_task(send())`."""
    found = set()
    for call, *_ in body.raw_calls:
        position = STARTERS.get(ir.last_name(call[1]))
        given = ir.argument(call, *position) if position is not None else None
        if given is not None and ir.is_a(given, "call"):
            found.add(given[4])
    return found


def _only_made(project: Project, site: Site) -> set[int]:
    """The call itself when it makes a generator that nobody iterates here."""
    made = [f for f in callee_functions(project, site.target) if (row := project.get(Function, f)) and row.is_generator]
    return {site.at} if made and site.use not in ("iter", "with") else set()


def _name(project: Project, site: Site) -> str | None:
    """The long task that a call of a library is, under the name of the table."""
    target = site.target or ""
    if target in LONG_TASKS:
        return target
    if site.receiver is not None and site.receiver[0] == "inst":
        method = target.rpartition(".")[2]
        return next((n for base in mro(project, site.receiver[1]) if (n := f"{base}.{method}") in LONG_TASKS), None)
    return None


def _chain(project: Project, key: str, effect: Effect) -> list[tuple[str, Effect]]:
    """(function, its call on the way) down to the long task."""
    steps = [(key, effect)]
    while effect.callee:
        key = effect.callee
        following = [e for e in _long_tasks(project, key) if e.name == effect.name]
        if not following or any(at == key for at, _ in steps):
            break
        effect = min(following, key=lambda e: (e.depth, e.at))
        steps.append((key, effect))
    return steps
