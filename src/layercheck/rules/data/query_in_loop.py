"""Do not send a query once an iteration.

A query in a loop costs one round trip a row: fast on a laptop with ten rows, seconds in production with ten thousand. It hides
well, because the query is often several calls away in a service or repository.

A loop is also what runs a function once for each item: `map(load, keys)`, `sorted(rows, key=...)`, a function of the project that is
handed another and calls it in its own loop, a decorator of the project that does, a function that calls itself for the key which the row
it has just fetched holds. A query is also what hides it: a property or `__getitem__` that asks its own session, entering a context
manager, a dynamic relationship, the one implementation of an abstract repository, a function that is handed to a thread or a task group,
a `partial`. A function that `functools` caches counts where it is handed a session, which lives for one request, and the primary key of the
loop's row. A savepoint (`with session.begin_nested()`) counts where it protects nothing: no `except` of the function would catch the failure
of one row, and nobody holds it to roll it back.

Spared is what does not grow with the rows: loops over what the source lists (literals of any length, constants, enumerations,
ranges of numbers, a handful by `limit(5)` or `[:5]`; the catalogue has three items), slices, pages and work that is sent once in
so many rounds, retries, polling, branches that the arguments of a call rule out, `session.get` of a row that the session has
already, and one query for a whole level of a tree (`while level: level = ...in_(level)`); a list of whole statements that the
function is given or a constant holds (`for pragma in pragmas: cursor.execute(pragma)`); loops over what arrives (messages of a
WebSocket, a channel or a queue, tasks as they finish); and answers that are kept: a query behind `if self._rates is None:` or
`if code in _known: return _known[code]` that fills what was looked into is sent once, or once a key, however often it is called.
Where the memory is the object of the round or a dictionary of the looping function itself, it is asked for each row all the same,
and reported. `session.merge` is reported, where the catalogue leaves it to the unit of work: it flushes and reads at once. Where
the query stands in a loop of the callee, that loop is the finding. Which programs grow was measured: benchmarks/truth/queries.

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
from layercheck.queries.callgraph import Site
from layercheck.queries.effects import SQL, SQL_ONCE, Effect, chain, display, effect_of
from layercheck.queries.file_kinds import no_script
from layercheck.queries.hidden_loops import loops_over_data, next_rows, useless_savepoints
from layercheck.queries.instance_sources import may_read_rows, own_flow
from layercheck.queries.instances import Sent
from layercheck.queries.loops import left_after
from layercheck.queries.occasions import may_note
from layercheck.queries.repeated import repeated, repeated_queries
from layercheck.queries.roles import is_startup
from layercheck.queries.words import only_in, only_with

RULE = Rule(
    code="LC601",
    name="query-in-loop",
    message="{call} sends a query once an iteration of the loop{chain}: fetch all rows with one query before the loop",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ARCH-5", "DATA-5"),
    since="0.1",
)


_RECURSION = (
    "{call} calls itself for the next row, and each call sends a query{chain}: fetch the rows with one query before, or with a recursive "
    "common table expression"
)
_SAVEPOINT = (
    "{call} sends a savepoint and a flush once an iteration of the loop, but nothing catches a failure of one row: write all rows in one "
    "transaction, or catch it in the loop"
)


@only_in(no_script)
@only_with("()")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each call inside a loop that sends SQL, itself or through functions of the project; recursion over rows; savepoints."""
    found = repeated_queries(project, body.key)
    more = [(site, effect, _RECURSION) for site, effect in next_rows(project, body)]
    if "begin_nested" in body.words:
        sent = [(site, Effect(SQL, 0, site.at, "", "", ())) for site in useless_savepoints(project, body)]
        more += [(site, effect, _SAVEPOINT) for site, effect in sent]
    if not (found or more) or is_startup(project, body.key):
        return
    for site, effect, decorator in found:
        text = f"{_text(site, display(site.target or ''))}()"
        if decorator:
            yield Fault(body.place(effect.at), {"call": text, "chain": f" of the decorator {display(decorator)}"})
        else:
            yield _fault(project, body, effect, text)
    for site, effect, message in more:
        text = f"{_text(site, display(site.target or ''))}()"
        names = f" ({effect.detail.rpartition('.')[2]})" if effect.detail else ""
        yield Fault(body.place(site.at), {"call": text, "chain": names}, message=message)


@only_in(may_read_rows)
@only_with(where=may_note)
def check_rows(body: Body, project: Project) -> Iterator[Fault]:
    """What sends a query for each row of a loop and is no call of a session: a property that asks it, a dynamic relationship."""
    if project.get(Function, body.key) is None:
        return
    found = own_flow(project, body.key).sent
    if not found or is_startup(project, body.key):
        return
    remembered: set[tuple[int, str]] = set()
    for sent in found:
        if sent.once and (sent.loop, sent.text) in remembered:
            continue
        if sent.fetched and sent.fetched - 1 not in repeated(project, body.key):
            continue  # the loop that fetches the row is none over data
        remembered.add((sent.loop, sent.text))
        if not left_after(body, sent.loop, sent.at) and not (
            sent.plain and not loops_over_data(project, body, sent.loop)
        ):
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


def _text(site: Site, called: str) -> str:
    return site.call[1] if site.call[1].__class__ is str else called.rpartition(".")[2]


def _names(steps: tuple[Step, ...]) -> list[str]:
    return [step.text.removeprefix("calls ").removesuffix("()") for step in steps[1:]]
