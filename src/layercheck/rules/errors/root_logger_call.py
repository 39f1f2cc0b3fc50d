"""Log with a logger of the module, not with the root logger.

`logging.info(...)` writes through the root logger: the record does not say which module it comes from, its level cannot be set for
one package, and the first such call installs a handler behind your back (`basicConfig`) when none is there yet.

How to fix: `logger = logging.getLogger(__name__)` at the top of the module, and `logger.info(...)`.

```python bad app/services/billing.py
import logging


def charge(order):
    logging.info("charging %s", order.id)
```
```python good app/services/billing.py
import logging

logger = logging.getLogger(__name__)


def charge(order):
    logger.info("charging %s", order.id)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Function
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.file_kinds import is_script
from layercheck.queries.items import CallSite
from layercheck.queries.logging_calls import LEVELS, ROOT, log_calls

RULE = Rule(
    code="LC309",
    name="root-logger-call",
    message="{call}() logs through the root logger: use a module logger, logging.getLogger(__name__)",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("LOG-1",),
    since="0.1",
)
TRIGGERS = frozenset(LEVELS)


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """A log call on the root logger, in application code."""
    logged = log_calls(project, item.body.key).get(item.site.at)
    if logged is None or logged.logger != ROOT or is_script(project, item.body.path):
        return
    if _runs_alone(project, item.body.path):
        return
    func = item.call[1]
    yield Fault(item.place, {"call": func if func.__class__ is str else f"getLogger().{item.name}"})


def _runs_alone(project: Project, path: str) -> bool:
    """Whether a module is a cloud function (`def handler(event, context)`): its platform listens to the root logger, and documents it so."""
    return any(
        not function.cls and not function.parent and [p.name for p in function.params[:2]] == ["event", "context"]
        for function in project.of_file(Function, path)
    )
