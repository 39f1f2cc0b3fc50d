"""Hand values to the logger, do not bake them into the message.

A message with the values in it is a different text each time: log stores cannot group it, error trackers open an issue for each user id,
and the text is built even where the level is off.

How to fix: `logger.info("order %s placed", order.id)` with the standard library, `logger.info("order_placed", order_id=order.id)` with
structlog, `logger.info("order {} placed", order.id)` with loguru.

```python bad app/services/orders.py
import logging

logger = logging.getLogger(__name__)


def place(order):
    logger.info(f"order {order.id} placed")
```
```python good app/services/orders.py
import logging

logger = logging.getLogger(__name__)


def place(order):
    logger.info("order %s placed", order.id)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.items import CallSite
from layercheck.queries.logging_calls import LEVELS, WRAPPER, log_calls

RULE = Rule(
    code="LC310",
    name="interpolated-log-message",
    message="{call}() gets its message from {how}: keep the message constant and hand the values over as arguments",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("LOG-1",),
    since="0.1",
)
TRIGGERS = frozenset(LEVELS)


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """A log call whose message is put together from values."""
    logged = log_calls(project, item.body.key).get(item.site.at)
    if logged is None or logged.logger == WRAPPER or not logged.arguments:
        return
    how = _interpolation(logged.arguments[0])
    if how is not None:
        func = item.call[1]
        yield Fault(item.place, {"call": func if func.__class__ is str else item.name, "how": how})


def _interpolation(e: Expr) -> str | None:
    """How a message is put together from values; None for a constant, a name, or anything else that is made elsewhere."""
    match e:
        case ("fstr", _):
            return "an f-string" if _varies(e) else None
        case ("op", "%", (left, *_)):
            return "a % expression" if ir.text_of(left) is not None or ir.is_a(left, "fstr") else None
        case ("op", "+", parts):
            return "a concatenation" if _has_text(parts) and _varies(e) else None
        case ("call", ("attr", owner, "format", _), args, keywords, _):
            return "str.format" if ir.text_of(owner) is not None and (args or keywords) else None
    return None


def _varies(e: Expr) -> bool:
    """Whether a text may differ from call to call: it holds something that is neither constant nor called like a constant."""
    name = dotted(e)
    if name is not None:
        return not name.rpartition(".")[2].isupper()
    match e:
        case ("const", _):
            return False
        case ("fstr", parts) | ("op", _, parts):
            return any(_varies(part) for part in parts)
    return True


def _has_text(parts: tuple[Expr, ...]) -> bool:
    """Whether one of the things that are added is text."""
    return any(ir.text_of(part) is not None or ir.is_a(part, "fstr") for part in parts)
