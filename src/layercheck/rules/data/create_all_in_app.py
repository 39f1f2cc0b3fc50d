"""Let migrations make the tables.

`create_all` makes the tables that are missing and changes none that exist. From the second release on, the schema in production is
not the one in the code, nobody knows how it got there, and it cannot go back. With several workers it also runs several times at once.

How to fix: `alembic revision --autogenerate`, and `alembic upgrade head` in the deployment; no DDL when the application starts.

Scripts, seed commands, code behind a check of the environment or of sqlite, and functions that only such code calls are left alone.

```python bad app/main.py
from fastapi import FastAPI

from app.database import engine
from app.models import Base

Base.metadata.create_all(bind=engine)

app = FastAPI()
```
```python good app/main.py
from fastapi import FastAPI

app = FastAPI()
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Context, Function
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.callers import callers
from layercheck.queries.callgraph import enclosing
from layercheck.queries.file_kinds import is_script
from layercheck.queries.items import CallSite
from layercheck.queries.modules import looks_like_test

RULE = Rule(
    code="LC613",
    name="create-all-in-app",
    message="{call} makes tables when the application runs and never changes them: leave the schema to migrations",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DATA-8",),
    since="0.1",
)
TRIGGERS = frozenset({"create_all", "run_sync"})
_GUARD = pattern(
    r"(?i)sqlite|debug|__main__|(?:^|_)(?:dev|development|local|tests?|testing|env|environment|stage|bootstrap|demo)(?:$|_)"
)
_NAMED = pattern(r"(?i)^_*(?:seed|reset|recreate|drop|demo|fixture|test)(?:_|$)")


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """Each call of create_all on a MetaData, directly or through run_sync."""
    call = _made_by(item)
    if call is None or is_script(project, item.body.path):
        return
    if not _is_spared(project, item.body.key, item.site.at, item.site.context, ()):
        yield Fault(item.place, {"call": f"{call}()"})


def _made_by(item: CallSite) -> str | None:
    """The text of the create_all that a call runs, None when it runs none."""
    if item.name == "create_all":
        text = ir.dotted(item.call[1])
        is_metadata = item.site.target is not None and item.site.target.endswith("MetaData.create_all")
    else:
        given = item.call[2][0] if item.call[2] else None
        text, is_metadata = ir.dotted(given) if given is not None else None, False
    if text is None or not text.endswith(".create_all"):
        return None
    return text if is_metadata or text.split(".")[-2] == "metadata" else None


def _is_spared(project: Project, key: str, at: int, context: int, seen: tuple[str, ...]) -> bool:
    """Whether code runs on purpose only: behind a guard, in a seed command, or called by nothing but such code."""
    body = project.get(Body, key)
    function = project.get(Function, key)
    if body is None or is_script(project, body.path) or looks_like_test(body.path) or _is_guarded(body, at, context):
        return True
    if function is None or key in seen:
        return key in seen
    if _NAMED.search(function.name):
        return True
    found = callers(project, key)
    return bool(found) and all(_is_spared(project, c.key, c.at, c.context, (*seen, key)) for c in found)


def _is_guarded(body: Body, at: int, context: int) -> bool:
    """Whether an `if` around the code, or an `if ...: return` before it, asks for the environment, sqlite or an explicit switch."""
    if any(c.kind in ("if", "else") and _asks(c) for c in enclosing(body, context)):
        return True
    for statement in body.statements:
        if statement[-1] > at:
            return False
        if statement[0] == "if" and any(_names_guard(test) and _leaves(block) for test, block in statement[1]):
            return True
    return False


def _asks(context: Context) -> bool:
    return context.info is not None and _names_guard(context.info)


def _leaves(block: tuple[ir.Stmt, ...]) -> bool:
    return bool(block) and block[-1][0] in ("return", "raise")


def _names_guard(test: ir.Expr) -> bool:
    for e in ir.walk(test):
        texts = [ir.text_of(e), ir.last_name(e) or None]
        if any(text is not None and _GUARD.search(text) for text in texts):
            return True
    return False
