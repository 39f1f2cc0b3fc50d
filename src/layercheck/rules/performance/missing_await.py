"""Await every coroutine.

Calling an async function does nothing yet: it gives a coroutine that runs when it is awaited. Without `await` the row is not
committed, the mail is not sent, and the only trace is a "coroutine was never awaited" warning. Used as if it were the value, a
coroutine is always true and has none of the attributes.

How to fix: put `await` in front of the call (and make the function around it `async def`). To run it beside the rest, hand it to
`asyncio.create_task`, `gather` or a TaskGroup.

A call is reported when it stands alone as a statement, when its result is used as a value (attribute, index, loop, condition,
comparison, f-string, `len()`, a field of a schema) or bound to a name that is only used so, or not at all. Whatever is passed on,
returned or stored may be awaited by somebody else and is left alone, as are functions under decorators that are not known to keep
them async. Where an annotation and the provider disagree on a session's kind, the provider wins.

```python bad app/services.py
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User


async def rename(session: AsyncSession, user: User, name: str) -> None:
    user.name = name
    session.commit()
```
```python good app/services.py
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import User


async def rename(session: AsyncSession, user: User, name: str) -> None:
    user.name = name
    await session.commit()
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Body
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callgraph import Site, in_lambda, sites
from layercheck.queries.coroutines import gives_coroutine, may_give_coroutine
from layercheck.queries.effects import call_text
from layercheck.queries.values import Uses, is_bound_once, uses_in
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC902",
    name="missing-await",
    message="{call}() is a coroutine that is never awaited{use}: add await",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("PERF-3",),
    since="0.1",
)
_OWN = frozenset({"close", "send", "throw", "cr_await", "cr_code", "cr_frame", "cr_running"})
"""Attributes that coroutines have."""
_ENTERED = frozenset({"__aenter__", "__aexit__"})
"""Attributes of what is awaited or entered, as one likes: `await engine.connect().__aenter__()`."""


@only_with("()")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each call that gives a coroutine which nobody awaits."""
    found = [
        s
        for s in sites(project, body.key)
        if not s.awaited
        and s.target is not None
        and may_give_coroutine(project, s.target)
        and gives_coroutine(project, body, s)
    ]
    if not found:
        return
    uses = uses_in(project, body.key)
    for site in found:
        use = _misuse(project, body, site, uses)
        if use is not None:
            yield Fault(
                body.place(site.at), {"call": call_text(site), "use": use and f" and is used as a value ({use})"}
            )


def _misuse(project: Project, body: Body, site: Site, uses: Uses) -> str | None:
    """How the coroutine is used as a value; '' when it is dropped; None when somebody may await it."""
    if site.use == "stmt" and not in_lambda(body, site.context):
        return ""
    name = uses.names.get(site.at)
    if name is None:
        use = uses.calls.get(site.at)
        return use if use and use.removeprefix(".") not in _ENTERED else None
    if not is_bound_once(project, body.key, name):
        return None
    kinds = uses.of_names.get(name, ())
    if not all(kinds) or any(kind.startswith(".") and kind[1:] in _OWN for kind in kinds):
        return None
    return kinds[0] if kinds else ""
