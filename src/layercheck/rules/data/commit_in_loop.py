"""Commit after the loop, not in it.

A commit once an iteration leaves half the work behind when the fortieth item of a hundred fails, and every commit waits for the
disk. Often the commit hides in the helper that the loop calls.

How to fix: collect the changes, let helpers only `add` and `flush`, and commit once after the loop. Where each item really is a unit
of its own, say so: give each its own session (`with SessionLocal.begin() as session:` in the loop), or a savepoint (`begin_nested()`).

Batches (`for ids in chunked(...)`, `if len(chunk) >= 100`), loops that take one job or message an iteration (`while True`, a WebSocket, a
channel, a queue), retries, polling, loops over a literal of at most three items, and loops in which each iteration opens its session are
left alone. So are, beyond the catalogue's wording, loops whose `try` notes a failed item and goes on with the next, a commit in `except`, one
that is followed by leaving the loop, helpers that by their name only read or report on the work, and code that nobody waits for and that can
be started again: scripts, start-up and seed code, tasks and folders of queue workers.

```python bad app/services/prices.py
from sqlalchemy.orm import Session

from app.models import Book


def raise_prices(session: Session, books: list[Book]) -> None:
    for book in books:
        book.price += 1
        session.commit()
```
```python good app/services/prices.py
from sqlalchemy.orm import Session

from app.models import Book


def raise_prices(session: Session, books: list[Book]) -> None:
    for book in books:
        book.price += 1
    session.commit()
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Context
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.batches import once_in_so_many
from layercheck.queries.callgraph import LOOPS, enclosing, in_loop
from layercheck.queries.commits import Commit, commits, event_text, is_step, writes_something
from layercheck.queries.effects import chain
from layercheck.queries.file_kinds import is_script
from layercheck.queries.loops import (
    innermost_loop,
    is_harmless,
    loops_around,
    picks_one_key,
    runs_once,
)
from layercheck.queries.roles import is_startup, is_worker
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC614",
    name="commit-in-loop",
    message="{call} commits once an iteration of the loop{chain}: commit once after it, so that a failure leaves nothing half done",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DATA-9",),
    since="0.1",
)


@only_with("for", "while")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each commit inside a loop, by a call or by leaving a `with` block; one finding a loop."""
    found = [c for c in commits(project, body.key) if in_loop(body, c.context)]
    if not found or is_script(project, body.path) or is_startup(project, body.key) or is_worker(project, body.key):
        return
    for event in found:
        if _spared(project, body, event):
            continue
        steps = chain(project, body.key, event.effect) if event.effect.callee else ()
        names = [s.text.removeprefix("calls ").removesuffix("()") for s in steps]
        text = f" ({' -> '.join(names)})" if names else ""
        yield Fault(body.place(event.at), {"call": event_text(body, event), "chain": text}, steps)


def _spared(project: Project, body: Body, event: Commit) -> bool:
    loop = innermost_loop(body, event.context)
    if (
        event.effect.callee == body.key
        or not is_step(project, event)
        or not writes_something(project, body.key, event)
        or _own_session(body, event, loop)
    ):
        return True
    if (
        _fails_alone(body, event)
        or loop is None
        or runs_once(body, event.context, event.at)
        or picks_one_key(body, event.context)
    ):
        return True
    return all(is_harmless(project, body, around) for around in loops_around(body, event.context))


def _own_session(body: Body, event: Commit, loop: Context | None) -> bool:
    """Whether each iteration commits a session of its own."""
    if event.session is None or loop is None or event.session[0] not in ("new", "local"):
        return False
    return event.session[0] == "new" or any(
        c.construct == loop.construct for c in enclosing(body, body.raw_binds[event.session[1]][4])
    )


def _fails_alone(body: Body, event: Commit) -> bool:
    """Whether the commit stands in a `try` inside the loop whose handler goes on with the next item (each is a unit of its own),
    makes up for a failure in `except`, or comes once in so many iterations (`if len(chunk) >= 100`)."""
    handlers = {s[-1]: s[2] for s in ir.statements(body.statements) if s[0] == "try"}
    for structure in enclosing(body, event.context):
        if structure.kind in LOOPS:
            return False
        if structure.kind == "except" or (structure.kind == "if" and once_in_so_many(structure.info)):
            return True
        if structure.kind in ("try", "tryelse"):
            blocks = [block for _, _, block, _ in handlers.get(structure.construct, ())]
            if blocks and not any(s[0] in ("raise", "return", "break") for block in blocks for s in block):
                return True
    return False
