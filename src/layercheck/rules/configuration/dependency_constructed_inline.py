"""Receive services, repositories, sessions and clients instead of building them.

A handler or service that builds what it works with decides which implementation it gets and with which configuration: a test cannot
hand in a fake, the session of the request is not shared, and connections are opened where nobody closes them.

How to fix: declare it with `Depends` in the handler, take it in the constructor in a service, and build it in one place: a provider or
the composition root.

Left alone: providers, composition roots, start-up code, scripts, background tasks and commands; injectable defaults
(`repository or Repository()`, or what stands below `if client is not None: return use(client)`); factories that were handed in; functions that
only build and return (the caller is reported, one level); class methods named create, build or from_*; getters that keep what
they build; properties and helpers of class-based views; classes that wire others (a unit of work, a container). A class that is a
service only by the folder it lies in counts when a handler builds it; a remote shell is a connection to a host that only the
caller knows.

```python bad app/routes.py
from fastapi import APIRouter

from app.services import BookService

router = APIRouter()


@router.get("/books")
def list_books() -> list[str]:
    return BookService().titles()
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
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import dotted
from layercheck.knowledge.frameworks import CLIENTS
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.callgraph import Site, in_lambda, sites
from layercheck.queries.collaborators import (
    REPOSITORY,
    SERVICE,
    Collaborator,
    collaborator_class,
    construction,
    factory_product,
    is_default,
)
from layercheck.queries.file_kinds import is_composition_root, is_script
from layercheck.queries.handlers import handlers_in, is_handler
from layercheck.queries.jobs import is_job, is_job_module
from layercheck.queries.layers import layer_of
from layercheck.queries.roles import in_provider, is_startup
from layercheck.queries.runs import runs_once_only
from layercheck.queries.symbols import class_attribute, mro, resolve_first
from layercheck.queries.types import has_decorator
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC203",
    name="dependency-constructed-inline",
    message="{function} builds its own {kind} {name}: receive it {how}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DI-2", "DI-3"),
    since="0.1",
)
_BUILDERS = pattern(r"^_?(create|build|make|from_|get_instance|instance|new)")
_WIRING = pattern(r"(UnitOfWork|UoW|Uow|Container|Factory|Registry|Provider|Builder|Injector)s?$")
_CLASSMETHOD = frozenset({"builtins.classmethod"})


@only_with("()")
def check(function: Function, project: Project) -> Iterator[Fault]:
    """The first construction of each type in a handler, or in a function of the service or repository layer."""
    body = project.get(Body, function.key)
    if body is None:
        return
    handler = is_handler(project, function.key)
    if not (handler or _works(project, function)) or _builds_for_others(project, function):
        return
    seen: set[str] = set()
    given_away = set() if handler else _given_away(project, body)
    for site in sorted(sites(project, function.key), key=lambda s: s.at):
        found, steps = _made(project, site)
        if found is None or found.symbol in seen or site.at in given_away:
            continue
        if not (found.named or (handler and not _is_context_manager(project, found.symbol))):
            continue
        if _injected(project, function, body, site) or _is_own_class(project, function, found):
            continue
        seen.add(found.symbol)
        how = "through Depends" if handler else "in the constructor or as a parameter"
        yield Fault(
            body.place(site.at),
            {"function": function.name, "kind": found.kind, "name": found.name, "how": how},
            steps,
        )


def _works(project: Project, function: Function) -> bool:
    """Whether a function belongs to a service or repository: by its class, or as a plain function of such a module."""
    if function.parent:
        return False
    if function.cls:
        owner = collaborator_class(project, f"{function.path}:{function.cls}")
        return owner is not None and owner.kind in (SERVICE, REPOSITORY)
    return layer_of(project, function.path).name in ("services", "repositories")


def _builds_for_others(project: Project, function: Function) -> bool:
    """Providers, composition roots, start-up code, scripts, jobs, factories, wiring classes, helpers of class-based views."""
    key = function.key
    if is_composition_root(project, function.path) or is_script(project, function.path):
        return True
    if is_job_module(project, function.path):
        return True
    if in_provider(project, key) or is_startup(project, key) or is_job(project, key) or runs_once_only(project, key):
        return True
    if is_handler(project, key):
        return False
    if not function.cls:
        return False
    if _BUILDERS.match(function.name) and has_decorator(project, function, _CLASSMETHOD):
        return True
    row = project.get(Class, f"{function.path}:{function.cls}")
    if row is not None and _WIRING.search(row.name):
        return True
    return any(h.startswith(f"{function.path}:{function.cls}.") for h in handlers_in(project, function.path))


def _given_away(project: Project, body: Body) -> set[int]:
    """The calls whose value the function returns or yields, itself, in a tuple or through a name: it is a factory of those.

    What goes into a collaborator that is returned is part of the same wiring.
    """
    bound: dict[str, set[int]] = {}
    for raw in body.raw_binds:
        if ir.is_a(raw[2], "call"):
            bound.setdefault(raw[0], set()).add(raw[2][4])
    made = {site.at for site in sites(project, body.key) if construction(project, site) is not None}
    found: set[int] = set()
    for statement in ir.statements(body.statements):
        values = [statement[1]] if statement[0] == "return" else []
        for e in ir.own_expressions(statement):
            values.extend(node[1] for node in ir.walk(e) if ir.is_a(node, "yield"))
        for value in values:
            for part in value[1] if ir.is_a(value, "tuple") else (value,):
                inside = ir.walk(part) if ir.is_a(part, "call") and part[4] in made else (part,)
                for node in inside:
                    found |= {node[4]} if ir.is_a(node, "call") else bound.get(dotted(node) or "", set())
    return found


def _made(project: Project, site: Site) -> tuple[Collaborator | None, tuple[Step, ...]]:
    found = construction(project, site)
    if found is not None:
        return (None if CLIENTS.get(found.symbol) == "ssh" else found), ()
    if site.target is None or ":" not in site.target:
        return None, ()
    product = factory_product(project, site.target)
    if product is None:
        return None, ()
    factory = project.get(Function, site.target)
    where = factory.place() if factory is not None else None
    return product, (Step(where, f"{product.name} is built and returned here"),) if where is not None else ()


def _injected(project: Project, function: Function, body: Body, site: Site) -> bool:
    """A factory that was handed in, a default for what was not handed in, or code that runs later."""
    if in_lambda(body, site.context):
        return True
    name = dotted(site.call[1])
    root = name.partition(".")[0] if name is not None else None
    if root is not None:
        if root in ("self", "cls") or any(p[0] == root for p in function.raw_params):
            return True
        if resolve_first(project, body.key, root) is None:
            return True
    return is_default(function, body, site)


def _is_own_class(project: Project, function: Function, found: Collaborator) -> bool:
    """A class that makes another instance of itself, of its base or of a subclass."""
    if not function.cls or ":" not in found.symbol:
        return False
    own = f"{function.path}:{function.cls}"
    return own in mro(project, found.symbol) or found.symbol in mro(project, own)


def _is_context_manager(project: Project, cls: str) -> bool:
    """A class of the service layer that is entered with `with` stands for one operation."""
    return any(class_attribute(project, cls, name) is not None for name in ("__enter__", "__aenter__"))
