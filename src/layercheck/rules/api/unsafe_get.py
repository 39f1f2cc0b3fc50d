"""Do not change the database in a GET.

Browsers prefetch GETs, proxies repeat and cache them, crawlers follow them, and a link in a mail is enough to send one with the
user's cookies. What changes data has to be a POST, PUT, PATCH or DELETE.

What counts is what the handler does, itself or through the functions that it calls: a write to a session or connection that is
committed or flushed. Writes in dependencies (an authentication that refreshes a session), in constructors and in functions named for
bookkeeping, lazy creation or tidying up (`log_*`, `audit_*`, `track_*`, `touch_*`, `record_*`, `ensure_*`, `get_or_create*`, `get_or_fetch*`, `prune_*`,
`access_log`) are left alone; so are caches, hit counters of the row that is read, branches that the arguments of the call rule out, e-mail verification,
OAuth callbacks and other ends of a provider's sign-in (`/github/token?code=...`), which arrive as links,
and a `get_*` that makes what it does not find (`if settings is None: session.add(Settings())`) or keeps what it worked out in a column.

How to fix: give the change a route of its own with the method that says so.

```python bad app/routes.py
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.deps import get_db
from app.models import Message

router = APIRouter()


@router.get("/messages/{message_id}/archive")
def archive(message_id: int, db: Session = Depends(get_db)):
    db.query(Message).filter(Message.id == message_id).update({"archived": True})
    db.commit()
```
```python good app/routes.py
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from app.deps import get_db
from app.models import Message

router = APIRouter()


@router.post("/messages/{message_id}/archive")
def archive(message_id: int, db: Session = Depends(get_db)):
    db.query(Message).filter(Message.id == message_id).update({"archived": True})
    db.commit()
```
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project, query
from layercheck.queries.callgraph import enclosing
from layercheck.queries.credentials import negative_test
from layercheck.queries.effects import COMMIT, FLUSH, WRITE, Effect, display, effects, local_summary
from layercheck.queries.guards import Guard, guards_at
from layercheck.queries.items import Handler
from layercheck.queries.publicity import arrives_as_link
from layercheck.queries.routes import Route, all_dependencies, routes_of
from layercheck.queries.row_types import row_table
from layercheck.queries.secrets import words
from layercheck.queries.symbols import resolve
from layercheck.tuples import NamedTuple

RULE = Rule(
    code="LC404",
    name="unsafe-get",
    message="GET {path} writes to the database{chain}: use POST, PUT, PATCH or DELETE",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("API-2",),
    since="0.1",
)
_SAFE = frozenset({"GET", "HEAD"})
_LASTING = frozenset({COMMIT, FLUSH})
_CHANGING = _LASTING | {WRITE}
_BOOKS = frozenset({
    "audit", "audits", "auditor", "log", "logs", "logger", "logging", "track", "tracks", "tracker", "tracking", "touch", "analytics", "metric",
    "metrics", "telemetry", "cache", "cached", "heartbeat", "view", "views", "viewed", "visit", "visits", "hit", "hits", "activity", "usage",
    "history", "statistics", "stats", "token", "tokens", "credentials", "expired",
})  # fmt: skip
"""What is noted down about a request on the side."""
_NOTES = frozenset({
    "add", "append", "bump", "create", "dispatch", "emit", "inc", "increment", "insert", "mark", "note", "persist", "push", "refresh", "renew", "save", "send", "set", "store",
    "update", "upsert", "write",
})  # fmt: skip
_ON_THE_SIDE = frozenset({
    "audit", "backfill", "cache", "ensure", "expire", "heal", "log", "prune", "purge", "reconcile", "record", "repair", "seed", "stamp", "touch", "track",
})  # fmt: skip
"""First words of functions that keep books, create what is missing or tidy up while somebody reads."""
_ENTRY = frozenset({"audit", "log", "record", "touch", "track"})
_PAIRS = frozenset({
    ("last", "seen"), ("last", "login"), ("last", "used"), ("last", "active"), ("last", "activity"), ("last", "access"), ("last", "accessed"),
    ("last", "viewed"), ("view", "count"), ("or", "create"), ("or", "insert"), ("or", "add"), ("or", "fetch"), ("or", "load"), ("or", "import"), ("or", "build"), ("or", "make"),
    ("or", "generate"), ("or", "compute"), ("or", "calculate"), ("or", "sync"), ("if", "missing"), ("if", "not"),
    ("if", "needed"), ("if", "absent"), ("create", "default"), ("create", "defaults"), ("init", "default"), ("init", "defaults"),
    ("current", "user"), ("maybe", "prune"), ("maybe", "create"),
})  # fmt: skip
_READS = frozenset(
    {"check", "compute", "fetch", "find", "get", "list", "load", "lookup", "my", "read", "retrieve", "show", "view"}
)
_CREATES = frozenset(
    {"add", "build", "copy", "create", "generate", "init", "initialize", "insert", "make", "new", "save", "set"}
)


class _Write(NamedTuple):
    """A write that a function reaches: the call it comes through and where that leads; `callee` is "" for its own."""

    at: int
    callee: str
    detail: str
    known: tuple[Guard, ...]
    depth: int


def check(handler: Handler, project: Project) -> Iterator[Fault]:
    """Each handler of GET or HEAD that reaches a write to the database."""
    key = handler.function.key
    route = next((r for r in routes_of(project, key) if r.method in _SAFE), None)
    if route is None or _is_beacon(key) or arrives_as_link(project, route):
        return
    write = _write(project, key, ())
    if write is None or not _lasts(project, key, route) or _asks_for_method(project, key):
        return
    if _is_form(project, key, write):
        return
    steps = _steps(project, key, write)
    names = [step.text.removeprefix("calls ").removesuffix("()").removesuffix(" = ...") for step in steps]
    yield Fault(handler.place, {"path": route.path, "chain": f" ({' -> '.join(names)})" if names else ""}, steps)


def _last_words(key: str) -> list[str]:
    return words(key.rpartition(":")[2].rpartition(".")[2])


def is_bookkeeping(key: str) -> bool:
    """Whether a function is named for keeping books, for creating what is missing or for tidying up."""
    said = _last_words(key)
    first = said[0] if said else ""
    if (
        first in _ON_THE_SIDE
        or said[-1:] in (["log"], ["audit"])
        or any(pair in _PAIRS for pair in itertools.pairwise(said))
    ):
        return True
    owner = words(key.rpartition(":")[2].rpartition(".")[0])
    return first in _NOTES and not _BOOKS.isdisjoint([*said[1:], *owner])


def _is_beacon(key: str) -> bool:
    """A handler that exists to note something down: a tracking pixel, a heartbeat."""
    return not _ENTRY.isdisjoint(_last_words(key)[:1])


def _creates_missing(project: Project, key: str, at: int) -> bool:
    """Whether a call stands where a reading function found nothing: `if settings is None: session.add(Settings())`."""
    body = project.get(Body, key)
    function = project.get(Function, key)
    if body is None or function is None or _READS.isdisjoint(_last_words(key)[:1]):
        return False
    params = {p[0] for p in function.raw_params}
    call = next((c for c in body.calls if c.at == at), None)
    if call is None or _CREATES.isdisjoint(words(ir.last_name(call.func))[:1]):
        return False
    return any(
        c.kind == "if" and _says_missing(c.info) and ir.dotted(_subject(c.info)) not in params
        for c in enclosing(body, call.context)
    )


def _says_missing(test: ir.Expr) -> bool:
    return negative_test(test) or (ir.is_a(test, "cmp") and test[2][0][0] == "not in")


def _subject(test: ir.Expr) -> ir.Expr:
    return test[2] if ir.is_a(test, "un") else test[1] if ir.is_a(test, "cmp") else None


@query(bottom=None)
def _write(project: Project, key: str, known: tuple[Guard, ...]) -> _Write | None:
    """The shortest way from a function to a write that nothing excuses. `known`: the truth of parameters that the call fixes."""
    summary = local_summary(project, key)
    for effect in summary.own:
        if effect.name != WRITE or not _possible(effect, known):
            continue
        if not _creates_missing(project, key, effect.at) and not _counts(project, key, effect.at):
            return _Write(effect.at, "", effect.detail, known, 0)
    reads = not _READS.isdisjoint(_last_words(key)[:1])  # one that keeps what it worked out for the next reader
    if not reads and any(e.name in _LASTING and _possible(e, known) for e in summary.own):
        changed = next(_changed_rows(project, key, known), None)
        if changed is not None:
            return changed
    best: _Write | None = None
    for edge in summary.edges:
        name = edge.callee.rpartition(".")[2]
        if name in ("__init__", "__post_init__") or is_bookkeeping(edge.callee) or _contradicts(edge.guards, known):
            continue
        if not any(e.name in _CHANGING for e in effects(project, edge.callee)) or _creates_missing(
            project, key, edge.at
        ):
            continue
        found = _write(project, edge.callee, _handed_on(edge.arguments, known))
        if found is not None and (best is None or found.depth + 1 < best.depth):
            best = _Write(edge.at, edge.callee, found.detail, found.known, found.depth + 1)
    return best


def _changed_rows(project: Project, key: str, known: tuple[Guard, ...]) -> Iterator[_Write]:
    """Assignments to the columns of rows that were not made here: `message.read = True`, in a function that commits."""
    body = project.get(Body, key)
    function = project.get(Function, key)
    if body is None or function is None or words(function.cls)[-1:] == ["client"]:
        return  # what a client keeps of its connection is no answer to the request
    bound = {raw[0] for raw in body.raw_binds}
    stable = frozenset(p[0] for p in function.raw_params if p[0] not in bound)
    for bind in body.binds:
        owner, _, attribute = bind.name.rpartition(".")
        if bind.kind not in ("=", "aug") or not owner or "." in owner or owner == "self":
            continue
        if row_table(project, key, owner, bind.at) is None:
            continue
        made_here = any(
            b.name == owner and ir.is_a(b.value, "call") and _constructs(project, key, b.value) for b in body.binds
        )
        if (
            not made_here
            and not _is_noted(attribute)
            and not _contradicts(guards_at(body, bind.context, stable), known)
        ):
            yield _Write(bind.at, "", f"{bind.name} = ...", known, 0)


def _is_noted(attribute: str) -> bool:
    """Whether a column keeps books about readers: `hits`, `last_seen`."""
    said = words(attribute)
    return not _BOOKS.isdisjoint(said) or any(pair in _PAIRS for pair in itertools.pairwise(said))


def _counts(project: Project, key: str, at: int) -> bool:
    """Whether a row is added to the session again (as SQLModel's pages do) of which only such columns were set: `picture.hits += 1`."""
    body = project.get(Body, key)
    call = next((c for c in body.calls if c.at == at), None) if body is not None else None
    if body is None or call is None or ir.last_name(call.func) != "add" or len(call.call[2]) != 1:
        return False
    row = ir.dotted(call.call[2][0])
    set_here = [b.name.rpartition(".")[2] for b in body.binds if row is not None and b.name.rpartition(".")[0] == row]
    return bool(set_here) and all(_is_noted(attribute) for attribute in set_here)


def _constructs(project: Project, key: str, call: ir.Expr) -> bool:
    name = ir.dotted(call[1])
    symbol = resolve(project, key, name) if name else None
    return symbol is not None and project.get(Class, symbol) is not None


def _possible(effect: Effect, known: tuple[Guard, ...]) -> bool:
    return not _contradicts(effect.guards, known)


def _contradicts(guards: tuple[Guard, ...], known: tuple[Guard, ...]) -> bool:
    return any((name, not wanted) in known for name, wanted in guards)


def _handed_on(arguments: tuple[tuple[str, ir.Expr | None], ...], known: tuple[Guard, ...]) -> tuple[Guard, ...]:
    """What a call fixes about the parameters of its callee."""
    table = dict(known)
    out = []
    for name, given in arguments:
        if given in ("true", "false"):
            out.append((name, given == "true"))
        elif given is not None and given[1] in table:
            out.append((name, table[given[1]]))
    return tuple(sorted(out))


def _steps(project: Project, key: str, write: _Write) -> tuple[Step, ...]:
    """The calls on the way, and the write at the end."""
    steps: list[Step] = []
    current: _Write | None = write
    seen = set()
    while current is not None and key not in seen:
        seen.add(key)
        if not current.callee:
            steps.append(
                Step(Place("Body", key, current.at), current.detail if "=" in current.detail else f"{current.detail}()")
            )
            break
        steps.append(Step(Place("Body", key, current.at), f"calls {display(current.callee)}()"))
        key = current.callee
        current = _write(project, key, current.known)
    return tuple(steps)


def _lasts(project: Project, key: str, route: Route) -> bool:
    """Whether something on the way commits or flushes: the code that writes, or the provider of the session."""
    found = [*effects(project, key)]
    for wanted in all_dependencies(project, route):
        if wanted.target is not None and ":" in wanted.target:
            found.extend(effects(project, wanted.target))
    return any(e.name in _LASTING for e in found)


def _is_form(project: Project, key: str, write: _Write) -> bool:
    """A page and its form in one handler, `methods=["GET", "POST"]`, that writes under a condition: what was sent is asked for somewhere."""
    body = project.get(Body, key)
    if body is None or not any(r.method not in _SAFE for r in routes_of(project, key)):
        return False
    places = {call.at: call.context for call in body.calls} | {bind.at: bind.context for bind in body.binds}
    return any(c.kind in ("if", "else") for c in enclosing(body, places.get(write.at, 0)))


def _asks_for_method(project: Project, key: str) -> bool:
    """A handler of several methods that looks which one it is."""
    body = project.get(Body, key)
    return body is not None and any(
        (ir.dotted(e) or "").endswith("request.method") for e in ir.expressions(body.statements)
    )
