"""Do not send a query once an iteration.

A query in a loop costs one round trip a row: fast on a laptop with ten rows, seconds in production with ten thousand. It hides
well, because the query is often several calls away in a service or repository.

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

from layercheck.facts.rows import Body, Function
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.callgraph import Site, in_loop, sites
from layercheck.queries.dbcalls import database_effects
from layercheck.queries.effects import SQL, SQL_ONCE, Effect, chain, display, effect_at
from layercheck.queries.layers import is_script
from layercheck.queries.loops import (
    innermost_loop,
    is_harmless,
    loops_around,
    picks_one_key,
    runs_once,
)
from layercheck.queries.roles import is_startup

RULE = Rule(
    code="LC601",
    name="query-in-loop",
    message="{call}() sends a query once an iteration of the loop{chain}: fetch all rows with one query before the loop",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ARCH-5", "DATA-5"),
    since="0.1",
)


def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each call inside a loop that sends SQL, itself or through functions of the project."""
    looped = [site for site in sites(project, body.key) if in_loop(body, site.context)]
    if not looped or is_script(project, body.path) or is_startup(project, body.key):
        return
    for site in looped:
        effect = _query(project, body, site)
        if effect is None or _spared(project, body, site):
            continue
        steps = chain(project, body.key, effect) if effect.callee else ()
        called = display(site.target or "")
        if effect.callee:
            fields = {"call": _text(site, called), "chain": f" ({' -> '.join([called, *_names(steps)])})"}
        else:
            fields = {"call": _text(site, called), "chain": ""}
        yield Fault(body.place(site.at), fields, steps)


def _query(project: Project, body: Body, site: Site) -> Effect | None:
    if site.target is None:
        return None
    if ":" not in site.target:
        return effect_at(project, body.key, site, SQL) if SQL in database_effects(project, site) else None
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
    return all(is_harmless(project, body, around) for around in loops_around(body, site.context))


def _text(site: Site, called: str) -> str:
    return site.call[1] if site.call[1].__class__ is str else called.rpartition(".")[2]


def _names(steps: tuple[Step, ...]) -> list[str]:
    return [step.text.removeprefix("calls ").removesuffix("()") for step in steps[1:]]
