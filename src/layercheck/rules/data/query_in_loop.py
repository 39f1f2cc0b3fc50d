"""Do not send a query once an iteration.

A query in a loop costs one round trip a row: fast on a laptop with ten rows, seconds in production with ten thousand. It hides
well, because the query is often several calls away in a service or repository.

A loop is also what runs a function once for each item: `map(load, keys)`, `sorted(rows, key=...)`, a function of the project that is
handed another and calls it in its own loop. A query is also what hides it: a property that asks its own session, a dynamic relationship,
the one implementation of an abstract repository, a function that is handed to a thread or a task group.

Spared is what does not grow with the rows: loops over what the source lists (literals of any length, constants, enumerations, ranges of
numbers, a handful by `limit(5)` or `[:5]`; the catalogue has three items), slices, pages and work that is sent once in so many rounds, retries, polling, branches that the
arguments of a call rule out, and `session.get` of a row that the session has already. `session.merge` is reported, where the catalogue
leaves it to the unit of work: it flushes and reads at once. Where the query stands in a loop of the callee, that loop is the finding.
Which programs grow was measured: benchmarks/truth/queries.

How to fix: ask once for all of it (`where(Model.id.in_(ids))`, a join, `selectinload`), then look rows up in a dictionary; or
collect the objects and write them with one `add_all` and one flush.

```python bad app/services/report.py
from sqlalchemy.orm import Session

from app.models import Order, User


def totals(session: Session, user_ids: list[int]):
    out = {}
    for user_id in user_ids:
        out[user_id] = session.query(Order).filter(Order.user_id == user_id).count()
    return out
```
```python good app/services/report.py
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Order


def totals(session: Session, user_ids: list[int]):
    statement = select(Order.user_id, func.count()).where(Order.user_id.in_(user_ids)).group_by(Order.user_id)
    return dict(session.execute(statement).all())
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.batches import once_in_so_many, reads_on
from layercheck.queries.callgraph import LOOPS, Site, enclosing, in_lambda, in_loop, sites
from layercheck.queries.dbcalls import database_effects
from layercheck.queries.effects import SQL, SQL_ONCE, Effect, chain, display, effect_at, effect_of
from layercheck.queries.handed import looped_by, run_by
from layercheck.queries.implementations import sole_implementation
from layercheck.queries.instance_flow import flow
from layercheck.queries.instances import Sent
from layercheck.queries.layers import is_script
from layercheck.queries.listed import is_listed
from layercheck.queries.loops import (
    innermost_loop,
    is_harmless,
    left_after,
    loops_around,
    mapped_over,
    names_in_loop,
    picks_one_key,
    runs_once,
)
from layercheck.queries.roles import is_startup
from layercheck.queries.sessions import session_kind
from layercheck.queries.tables import mapped_classes

RULE = Rule(
    code="LC601",
    name="query-in-loop",
    message="{call} sends a query once an iteration of the loop{chain}: fetch all rows with one query before the loop",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ARCH-5", "DATA-5"),
    since="0.1",
)


def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each call inside a loop that sends SQL, itself or through functions of the project."""
    found = [
        (site, effect) for site in sites(project, body.key) if (effect := _repeated(project, body, site)) is not None
    ]
    if not found or is_script(project, body.path) or is_startup(project, body.key):
        return
    for site, effect in found:
        yield _fault(project, body, effect, f"{_text(site, display(site.target or ''))}()")


def check_rows(body: Body, project: Project) -> Iterator[Fault]:
    """What sends a query for each row of a loop and is no call of a session: a property that asks it, a dynamic relationship."""
    if not mapped_classes(project) or project.get(Function, body.key) is None:
        return
    if is_script(project, body.path) or is_startup(project, body.key):
        return
    for sent in flow(project, body.key).sent:
        if not left_after(body, sent.loop, sent.at):
            yield _fault(project, body, _sent(project, sent), sent.text if sent.callee else f"{sent.text}()")


def _sent(project: Project, sent: Sent) -> Effect:
    below = effect_of(project, sent.callee, SQL_ONCE) if sent.callee else None
    if below is None:
        return Effect(SQL, 0, sent.at, "", "sqlalchemy.orm.Query", ())
    return below._replace(depth=below.depth + 1, at=sent.at, callee=sent.callee)


def _fault(project: Project, body: Body, effect: Effect, text: str) -> Fault:
    steps = chain(project, body.key, effect) if effect.callee else ()
    names = f" ({' -> '.join([display(effect.callee), *_names(steps)])})" if effect.callee else ""
    return Fault(body.place(effect.at), {"call": text, "chain": names}, steps)


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
    items = mapped_over(body, site.context, site.call) if in_lambda(body, site.context) else None
    return items is not None and not is_listed(project, body, items)


def _query(project: Project, body: Body, site: Site) -> Effect | None:
    handed = run_by(project, body.key, site)
    if handed is not None:
        return _handed(project, site, handed)
    if site.target is None:
        return None
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
    return effect_at(project, body.key, site, SQL_ONCE)


def _spared(project: Project, body: Body, site: Site) -> bool:
    name = site.call[1].rpartition(".")[2] if site.call[1].__class__ is str else ""
    if name in ("fetchone", "fetchmany", "fetch_next"):
        return True
    loop = innermost_loop(body, site.context)
    if loop is None or runs_once(body, site.context, site.at) or picks_one_key(body, site.context):
        return True
    if _once_in_so_many(body, site.context) or (name in ("get", "get_one") and _is_present(project, body, site)):
        return True
    if reads_on(project, body, site, names_in_loop(body, site.context)):
        return True
    return all(
        is_harmless(project, body, around) or (around.kind != "while" and is_listed(project, body, around.info[0]))
        for around in loops_around(body, site.context)
    )


def _is_present(project: Project, body: Body, site: Site) -> bool:
    """`session.get(User, key)` of a row that the session has: of the same key in every round, or of a table whose rows are held."""
    if session_kind(project, site.receiver) is None or len(site.call[2]) != 2 or site.call[3]:
        return False
    key = site.call[2][1]
    name = ir.dotted(key)
    if name is not None and site.use == "bind" and name.partition(".")[0] not in names_in_loop(body, site.context):
        return True
    return site.at in flow(project, body.key).present


def _once_in_so_many(body: Body, context: int) -> bool:
    """`if len(waiting) >= 100: session.flush()`: a batch."""
    for structure in enclosing(body, context):
        if structure.kind in LOOPS:
            return False
        if structure.kind == "if" and once_in_so_many(structure.info):
            return True
    return False


def _text(site: Site, called: str) -> str:
    return site.call[1] if site.call[1].__class__ is str else called.rpartition(".")[2]


def _names(steps: tuple[Step, ...]) -> list[str]:
    return [step.text.removeprefix("calls ").removesuffix("()") for step in steps[1:]]
