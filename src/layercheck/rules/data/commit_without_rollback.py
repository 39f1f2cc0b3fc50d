"""Roll back what failed before the session is used again.

A session whose commit fails is unusable until somebody rolls it back, and keeps its connection and its locks meanwhile. A session that
a function opens by hand and commits needs either a context manager or a `rollback()` in `except` or `finally`.

How to fix: `with SessionLocal() as session:` (closing rolls back) or `with SessionLocal.begin() as session:` (commits at the end, rolls
back on error); in a provider that commits after `yield`, `try` / `except: session.rollback(); raise` / `finally: session.close()`.

A provider that yields a session and never closes it leaves the failed commits of all its users without a rollback; it is reported at
its `def`, unless it commits itself. (LC617 reports the same session for its connection, at the call that opens it.)

Sessions that come in as parameters belong to their provider, and what `Session(bind=connection)` does to the owner of the connection.
`finally: session.close()` rolls back as well, and is enough. A provider without commit that closes on the way out only is LC617's matter;
a `scoped_session` registry may be emptied by a middleware.

```python bad app/services/orders.py
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from app.models import Order

SessionLocal = sessionmaker(create_engine("postgresql://localhost/shop"))


def store(order: Order) -> None:
    session = SessionLocal()
    session.add(order)
    session.commit()
    session.close()
```
```python good app/services/orders.py
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from app.models import Order

SessionLocal = sessionmaker(create_engine("postgresql://localhost/shop"))


def store(order: Order) -> None:
    with SessionLocal.begin() as session:
        session.add(order)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.knowledge.database import ENGINES, SESSION_MAKERS
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.callgraph import Site, in_lambda, sites
from layercheck.queries.file_kinds import no_script
from layercheck.queries.ownership import NEVER, borrows_connection, fate
from layercheck.queries.sessions import session_kind
from layercheck.queries.types import Typing
from layercheck.queries.words import only_in, only_with

RULE = Rule(
    code="LC616",
    name="commit-without-rollback",
    message="{what} has no rollback if it fails: open {name} in a with block, or roll back in except or finally",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DATA-9", "DATA-10"),
    since="0.1",
)
_REGISTRIES = ("sqlalchemy.orm.scoped_session", "sqlalchemy.ext.asyncio.async_scoped_session")
_UNDOES = frozenset({"rollback", "close", "remove", "aclose"})


@only_in(no_script)
@only_with("commit", "yield")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """The first commit of each session that a function opens by hand, when nothing cleans up after a failure."""
    function = project.get(Function, body.key)
    if function is None:
        return
    opened = _opened(project, body)
    for name, at in opened.items():
        commit = next((s for s in sites(project, body.key) if s.call[1] == f"{name}.commit" and s.at > at), None)
        step = Step(body.place(at), f"{name} is opened here")
        if commit is not None and not in_lambda(body, commit.context) and not _cleans_up(body, name):
            yield Fault(body.place(commit.at), {"what": f"{name}.commit()", "name": name}, (step,))
        elif commit is None and _hands_out_for_good(project, function, body, name, at):
            what = f"a commit on the session that {function.name} hands out and never closes"
            yield Fault(function.place(), {"what": what, "name": name}, (step,))


def _hands_out_for_good(project: Project, function: Function, body: Body, name: str, at: int) -> bool:
    """Whether a provider yields a session of its own that nobody closes or rolls back."""
    if not function.is_generator or _cleans_up(body, name):
        return False
    if any(s.at == at and (s.target or "").startswith(_REGISTRIES) for s in sites(project, body.key)):
        return False
    yields = any(ir.is_a(e, "yield") and e[1] == name for e in ir.expressions(body.statements))
    return yields and fate(project, body, next(s for s in sites(project, body.key) if s.at == at)) == NEVER


def _opened(project: Project, body: Body) -> dict[str, int]:
    """Local names bound to a session that a call of a session class or factory makes: {name: ordinal of the call}."""
    found: dict[str, int] = {}
    typing = Typing(project, body.key)
    made = {s.at: s for s in sites(project, body.key)}
    counts: dict[str, int] = {}
    for name, kind, value, _, _, at in body.raw_binds:
        counts[name] = counts.get(name, 0) + 1
        while ir.is_a(value, "await"):
            value = value[1]
        if "." in name or kind != "=" or not ir.is_a(value, "call"):
            continue
        if (
            session_kind(project, typing.type(value, at)) is not None
            and _makes(made.get(value[4]))
            and not borrows_connection(project, body.key, value)
        ):
            found[name] = value[4]
    return {name: at for name, at in found.items() if counts[name] == 1}


def _makes(site: Site | None) -> bool:
    """`Session(engine)`, `SessionLocal()`, `async_session_factory()`."""
    if site is None or site.target is None or ":" in site.target:
        return False
    owner = site.target.removesuffix(".__call__")
    return owner not in ENGINES and (owner in SESSION_MAKERS or owner.rpartition(".")[2] in ("Session", "AsyncSession"))


def _cleans_up(body: Body, name: str) -> bool:
    """Whether the session is entered as a context manager, handed to one, or rolled back or closed in `except` or `finally`."""
    for statement in ir.statements(body.statements):
        if statement[0] == "with" and any(_mentions(context, name) for context, _ in statement[1]):
            return True
        if statement[0] == "try":
            cleaning = [s for _, _, block, _ in statement[2] for s in ir.statements(block)] + list(
                ir.statements(statement[4])
            )
            for inner in cleaning:
                for e in ir.own_expressions(inner):
                    for call in ir.calls(e):
                        if (
                            call[1].__class__ is str
                            and call[1].startswith(f"{name}.")
                            and ir.last_name(call[1]) in _UNDOES
                        ):
                            return True
                        if any(_mentions(a, name) for a in (*call[2], *(v for _, v in call[3]))):
                            return True  # a helper that is handed the session cleans up
    return False


def _mentions(e: ir.Expr, name: str) -> bool:
    return any(
        (node.__class__ is str and node.partition(".")[0] == name)
        or (ir.is_a(node, "ref") and node[1].partition(".")[0] == name)
        for node in ir.walk(e)
    )
