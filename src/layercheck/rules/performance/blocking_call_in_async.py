"""Keep blocking calls out of async functions.

An `async def` handler runs on the event loop. One blocking call in it, however deep, stops every other request of the process
until it returns: a synchronous SQLAlchemy session, `requests`, `time.sleep`. FastAPI runs plain `def` handlers in a thread pool,
so the quickest mend is often to remove the `async`.

How to fix: use the asynchronous client (AsyncSession, httpx.AsyncClient, redis.asyncio), hand the call to
`run_in_threadpool`/`asyncio.to_thread`, or make the handler a plain `def`.

What blocks is decided by the type of the object that is called: `httpx.Client` and not `AsyncClient`, `requests.Session`, `redis` and not
`redis.asyncio`, boto3 clients (typed stubs included), `pymongo` and not `motor`, whether it was made on the spot, kept on `self`, or
injected. A call through project functions, however deep, is reported in the async function, with the way down. `os.spawn*` counts with
`P_WAIT`, an abstract method when all that stand in for it block, `queue.get` unless it does not wait, a cursor or paginator where it is
read. One finding a function and cause (the database, one client library, one function); further calls are related places. Strict adds
the hashing of passwords.

Left alone: what is awaited or handed over as a function, partial, lambda or nested function (`to_thread`, `run_in_executor`,
`run_in_threadpool`, `run_sync`, `sync_to_async`, `add_task`, `submit`), start-up code, scripts, plain `def` handlers and providers,
branches that a literal or default argument rules out, starting a process that nobody waits for, closing a client, locks, and quick
calls on the local disk (`open`, `os.path.exists`). Reading a whole file is reported where a handler itself does it; what handlers read
through helpers is mostly settings and templates.

Calls that the tables do not know, functions of the project included, are named in `blocking-calls`: `["vendor.Client.send",
"app.legacy.fetch_*"]`. Where the source does not tell what a call reaches, the text as it stands there is compared.

```python bad app/routes/users.py
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.deps import get_db
from app.services import list_users

router = APIRouter()


@router.get("/users")
async def read_users(db: Session = Depends(get_db)):
    return list_users(db)
```
```python bad app/services.py
from sqlalchemy.orm import Session

from app.models import User


def list_users(db: Session):
    return db.query(User).all()
```
```python good app/routes/users.py
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.deps import get_db
from app.services import list_users

router = APIRouter()


@router.get("/users")
def read_users(db: Session = Depends(get_db)):
    return list_users(db)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.knowledge.blocking import (
    BLOCKING_CALLS,
    CLIENT_CATEGORIES,
    FILE_READERS,
    METHOD_CATEGORIES,
    PATH_READERS,
)
from layercheck.model import Fault, Level, Option, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.callgraph import Site, in_lambda, sites
from layercheck.queries.effects import BLOCK, HASH, Effect, chain, display, effect_at
from layercheck.queries.file_kinds import no_script
from layercheck.queries.handlers import is_handler
from layercheck.queries.roles import is_startup
from layercheck.queries.sessions import session_kind, session_params
from layercheck.queries.types import param_type
from layercheck.queries.words import only_in, only_with

RULE = Rule(
    code="LC901",
    name="blocking-call-in-async",
    message="{call}() blocks the event loop in async {function}{chain}: use an async client, run_in_threadpool, or a plain def",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("PERF-3",),
    since="0.1",
    options=(
        Option("blocking-calls", (), "more calls that block, by dotted name (`vendor.Client.send`; `*` for any part)"),
    ),
)


@only_in(no_script)
@only_with("()", where=lambda function: function.is_async)
def check(function: Function, project: Project) -> Iterator[Fault]:
    """One fault an async function and cause, at the first blocking call; the others are related places."""
    if not function.is_async or is_startup(project, function.key):
        return
    body = project.get(Body, function.key)
    if body is None:
        return
    names = (BLOCK, HASH) if project.settings.profile == Profile.STRICT else (BLOCK,)
    contradictory = _holds_only_async_session(project, function.key)
    causes: dict[str, list[tuple[Site, Effect]]] = {}
    blocking: set[int] = set()
    for site in sites(project, function.key):
        if site.awaited or in_lambda(body, site.context) or _reads_on(site, blocking):
            continue
        for name in names:
            effect = effect_at(project, function.key, site, name)
            if effect is not None and not (contradictory and effect.callee and _cause(effect) == _DATABASE):
                blocking.add(site.at)
                causes.setdefault(_cause(effect), []).append((site, effect))
    if is_handler(project, function.key):
        for site in _file_reads(project, body):
            causes.setdefault("files", []).append((site, Effect(BLOCK, 0, site.at, "", site.target or "open", ())))
    for found in causes.values():
        site, effect = min(found, key=lambda pair: pair[0].at)
        steps = chain(project, function.key, effect)
        others = tuple(Step(body.place(s.at), f"{_text(s)}() blocks too") for s, _ in found if s is not site)
        through = (
            [display(effect.callee), *[s.text.removeprefix("calls ").removesuffix("()") for s in steps[1:]]]
            if effect.callee
            else []
        )
        fields = {
            "call": _text(site),
            "function": function.name,
            "chain": f" ({' -> '.join(through)})" if through else "",
        }
        yield Fault(body.place(site.at), fields, (steps if effect.callee else ()) + others)


_DATABASE = "database"


def _reads_on(site: Site, blocking: set[int]) -> bool:
    """`urlopen(...).read()`: a method of what a blocking call has just given is part of the same fault."""
    return ir.is_a(site.call[1], "attr") and any(call[4] in blocking for call in ir.calls(site.call[1]))


def _holds_only_async_session(project: Project, key: str) -> bool:
    """A function that has an AsyncSession and no other: whatever a callee's annotation says, no synchronous session reaches it."""
    kinds = {session_kind(project, param_type(project, key, name)) for name in session_params(project, key)}
    return kinds == {"async"}


def _file_reads(project: Project, body: Body) -> Iterator[Site]:
    """Reading a whole file of unknown size in a handler: `open(path).read()`, `with open(path) as f: f.read()`, Path.read_text()."""
    for site in sites(project, body.key):
        if site.awaited or site.target is None or in_lambda(body, site.context):
            continue
        owner, _, method = site.target.rpartition(".")
        if site.target in PATH_READERS or (
            method in FILE_READERS and owner.startswith(("io.", "_io.", "builtins.open"))
        ):
            yield site


def _cause(effect: Effect) -> str:
    """What one mend would remove: all synchronous database calls are one cause, and so are all calls of one client library.

    Every other blocking function is its own.
    """
    detail = effect.detail
    if detail.startswith(("sqlalchemy.", "sqlmodel.")):
        return _DATABASE
    category = BLOCKING_CALLS.get(detail) or METHOD_CATEGORIES.get(detail.rpartition(".")[0], "")
    return detail.partition(".")[0] if category in CLIENT_CATEGORIES else detail


def _text(site: Site) -> str:
    func = site.call[1]
    return func if func.__class__ is str else display(site.target or "").rpartition(".")[2]
