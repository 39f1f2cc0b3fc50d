"""Open files, clients and pools in a `with`.

A file, a socket, an HTTP client or a pool of threads that nobody closes stays open until the garbage collector happens to come by:
file descriptors run out, connections to the other side pile up, and what was written may not be on the disk yet.

How to fix: `with open(path) as file:`, `async with httpx.AsyncClient() as client:`; or `Path(path).read_text()`, which closes what it
opens. Where the resource must outlive the function, return it, store it on its owner, or enter it into an ExitStack.

Left alone are resources that are closed somewhere in the function (a `close()` belongs in `finally`, but a missing `finally` is not
reported), returned, yielded, stored or handed to somebody who may keep them, code at module level, and scripts, which end with their
process. An imported name that shadows `open`, and a class of the project made from one of these, are not looked at.

```python bad app/reports.py
def read_template(path: str) -> str:
    return open(path).read()
```
```python good app/reports.py
def read_template(path: str) -> str:
    with open(path) as file:
        return file.read()
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Function
from layercheck.knowledge.resources import ASYNC_RESOURCES, RESOURCE_OPENERS
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.items import CallSite
from layercheck.queries.jobs import runs_alone
from layercheck.queries.ownership import NEVER, ON_THE_SPOT, fate
from layercheck.queries.words import last_parts

RULE = Rule(
    code="LC904",
    name="unclosed-resource",
    message="{call}() opens {what} that is {fate}: use {remedy}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("PERF-5",),
    since="0.1",
)


TRIGGERS = last_parts(RESOURCE_OPENERS)


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """A call in a function that opens a resource which nobody can close, or does."""
    target = item.site.target
    if target not in RESOURCE_OPENERS or project.get(Function, item.body.key) is None:
        return
    if runs_alone(project, item.body.path):
        return
    found = fate(project, item.body, item.site)
    if found not in (NEVER, ON_THE_SPOT):
        return
    fields = {
        "call": item.call[1] if item.call[1].__class__ is str else item.name,
        "what": RESOURCE_OPENERS[target],
        "fate": "used on the spot, so that nobody can close it" if found == ON_THE_SPOT else "never closed",
        "remedy": "async with" if target in ASYNC_RESOURCES else "with",
    }
    yield Fault(item.place, fields)
