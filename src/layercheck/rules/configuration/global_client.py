"""Do not keep services, sessions and clients in globals.

An instance at module level is a hidden global: whoever imports the module shares it, a test cannot put a fake in its place without
patching, it is made at import time (before the configuration is known, before the event loop runs) and nobody closes it.

How to fix: make it in a provider (`def get_user_service(session: SessionDep) -> UserService`) and declare it with `Depends`; make a
client once in the lifespan, keep it on `app.state`, and hand it out with a provider.

Composition roots (main, app factory, container, dependencies, lifespan), scripts and test code may build what they like; the module of
the database, whose provider makes it one, everything but a session. Engines, session factories, scoped registries, loggers and services that
hand them out (`LoggingService`), rate limiters, password contexts and instances that are dependencies themselves
(`Depends(checker)`) live at module level by design.

```python bad app/routes.py
from fastapi import APIRouter

from app.services import BookService

router = APIRouter()
books = BookService()


@router.get("/books")
def list_books() -> list[str]:
    return books.titles()
```
```python bad app/services.py
class BookService:
    def titles(self) -> list[str]:
        return ["Emma"]
```
```python good app/routes.py
from typing import Annotated

from fastapi import APIRouter, Depends

from app.services import BookService

router = APIRouter()


def get_books() -> BookService:
    return BookService()


@router.get("/books")
def list_books(books: Annotated[BookService, Depends(get_books)]) -> list[str]:
    return books.titles()
```
```python good app/services.py
class BookService:
    def titles(self) -> list[str]:
        return ["Emma"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.knowledge.database import ENGINE_MAKERS
from layercheck.knowledge.names import COMPOSITION_NAMES
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, enclosing, in_lambda, sites
from layercheck.queries.collaborators import SESSION, construction, factory_product
from layercheck.queries.depends import provider_symbols
from layercheck.queries.file_kinds import is_composition_root, is_script, is_serverless
from layercheck.queries.handlers import creates_app
from layercheck.queries.words import only_in, only_with

RULE = Rule(
    code="LC201",
    name="global-client",
    message="{name} is a {kind} at {level} level: make it in a provider and inject it with Depends, so that tests can replace it",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DI-1", "DI-3"),
    since="0.1",
)


def _may_hold_none(project: Project, path: str) -> bool:
    if is_script(project, path) or is_serverless(project, path):
        return False
    return not is_composition_root(project, path) or _owns_database(project, path)


@query
def _owns_database(project: Project, path: str) -> bool:
    """Whether a module is a composition root for the provider of its sessions alone: `database.py`."""
    stem = path.rpartition("/")[2].removesuffix(".py")
    if stem in COMPOSITION_NAMES or creates_app(project, path):
        return False
    return any(site.target in ENGINE_MAKERS for site in sites(project, f"{path}:"))


@only_in(_may_hold_none)
@only_with("()")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each statement of a module or class body that makes a collaborator."""
    if project.get(Function, body.key) is not None:
        return
    made = {
        site.at: (site, found)
        for site in sites(project, body.key)
        if (found := construction(project, site) or factory_product(project, site.target or ""))
        and not _later(body, site)
    }
    if made and is_composition_root(project, body.path):
        made = {at: (site, found) for at, (site, found) in made.items() if found.kind == SESSION}
    level = "module" if body.key.endswith(":") else "class"
    for statement in ir.statements(body.statements) if made else ():
        outermost = next((at for e in ir.own_expressions(statement) for c in ir.calls(e) if (at := c[4]) in made), None)
        if outermost is not None and not _is_dependency(project, body, statement):
            site, found = made[outermost]
            yield Fault(body.place(site.at), {"name": found.name, "kind": found.kind, "level": level})


def _later(body: Body, site: Site) -> bool:
    """Whether the call runs when somebody calls a lambda, or only when the module is run as a script."""
    return in_lambda(body, site.context) or any(
        c.kind == "if" and any(node == "__name__" for node in ir.walk(c.info)) for c in enclosing(body, site.context)
    )


def _is_dependency(project: Project, body: Body, statement: ir.Stmt) -> bool:
    """Whether the statement binds a name that is a dependency itself: `Depends(current_user)`."""
    if statement[0] not in ("assign", "ann") or not body.key.endswith(":"):
        return False
    targets = statement[1] if statement[0] == "assign" else (statement[1],)
    return any(t.__class__ is str and f"{body.key}{t}" in provider_symbols(project) for t in targets)
