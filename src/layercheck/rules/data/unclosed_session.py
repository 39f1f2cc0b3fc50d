"""Close every session and connection, also when something fails.

A session that nobody closes keeps its connection checked out. The pool hands out a few dozen of them; then every request waits for one
and times out, and the only cure is a restart.

How to fix: `with SessionLocal() as session:` (`async with` for an AsyncSession), or close it in a `finally`. In a provider put the
`yield` inside the `with`.

`engine.connect().execution_options(...)` is the same connection. Left alone are sessions that are entered by hand (`__aenter__`), returned, stored or handed to an object (the owner closes them), `scoped_session` registries, code at
module level and scripts, which end with their process.

```python bad app/deps.py
from app.db import SessionLocal


def get_session():
    session = SessionLocal()
    yield session
    session.close()
```
```python bad app/db.py
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql://db/shop"))
```
```python good app/deps.py
from app.db import SessionLocal


def get_session():
    with SessionLocal() as session:
        yield session
```
```python good app/db.py
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql://db/shop"))
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.knowledge.resources import CONNECTION_OPENERS
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callgraph import Site, sites
from layercheck.queries.collaborators import SESSION, construction
from layercheck.queries.effects import call_text
from layercheck.queries.jobs import runs_alone
from layercheck.queries.ownership import ON_THE_SPOT, OWNED, SOMETIMES, borrows_connection, fate
from layercheck.queries.sessions import session_kind
from layercheck.queries.types import yield_type
from layercheck.queries.words import only_in, only_with

RULE = Rule(
    code="LC617",
    name="unclosed-session",
    message="{call}() opens a {kind} that is {fate}: use {remedy}",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("DATA-10", "PERF-5"),
    since="0.1",
)
_REGISTRIES = frozenset({"sqlalchemy.orm.scoped_session", "sqlalchemy.ext.asyncio.async_scoped_session"})
_NEXT = frozenset({"builtins.anext", "builtins.next"})
_WORDS = {
    SOMETIMES: "not closed when something fails before its close()",
    ON_THE_SPOT: "used on the spot, so that nobody can close it",
}


def _lives_on(project: Project, path: str) -> bool:
    """Whether what a module opens does not end with its process."""
    return not runs_alone(project, path)


@only_in(_lives_on)
@only_with("()")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """A call in a function that opens a session or connection which is not closed on every path."""
    if project.get(Function, body.key) is None:
        return
    for site in sites(project, body.key):
        kind = _opens(project, body.key, site)
        if kind is None:
            continue
        found = fate(project, body, site)
        if found != OWNED and not (found == ON_THE_SPOT and site.target in _NEXT):
            remedy = "async with" if _is_async(site) else "with"
            fields = {
                "call": call_text(site),
                "kind": kind,
                "fate": _WORDS.get(found, "never closed"),
                "remedy": remedy,
            }
            yield Fault(body.place(site.at), fields)


def _opens(project: Project, key: str, site: Site) -> str | None:
    if site.target in CONNECTION_OPENERS:
        return "connection"
    if site.target in _NEXT:
        return "session" if _gives_session(project, key, site) else None
    made = construction(project, site)
    if (
        made is None
        or made.kind != SESSION
        or made.symbol in _REGISTRIES
        or borrows_connection(project, key, site.call)
    ):
        return None
    return "session"


def _gives_session(project: Project, key: str, site: Site) -> bool:
    """`next(get_session())`: a provider that is stopped in the middle."""
    call = site.call[2][0] if site.call[2] else None
    if call is None or not ir.is_a(call, "call"):
        return False
    provider = next((s for s in sites(project, key) if s.at == call[4]), None)
    function = project.get(Function, provider.target) if provider is not None and provider.target else None
    if function is None or not function.is_generator:
        return False
    return session_kind(project, yield_type(project, function.key)) is not None


def _is_async(site: Site) -> bool:
    owner = site.receiver[1] if site.receiver is not None and site.receiver[0] == "inst" else ""
    return "async" in f"{site.target} {owner}".lower()
