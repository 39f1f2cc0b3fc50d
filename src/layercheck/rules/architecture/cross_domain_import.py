"""Reach another domain through its service.

In a project laid out by domain, each package owns its routes and its data access. A module that reaches into another domain's
repository or routes goes past that domain's rules (permissions, state checks, events), and nobody who changes the repository knows
that it is used from outside.

How to fix: call the other domain's service, or let it export what others need in its `__init__.py`; move a provider or helper that
several domains use out of the routes module.

A project is laid out by domain when two or more sibling packages hold their own routes together with their own services,
repositories or models. What carries no behaviour (exceptions, enums, constants, schemas, table classes) may be imported from
anywhere, and a router may be included in another one; packages that all share (`common`, `core`, `shared_kernel`) are no domains.
Where at least a third of the domains (and five of them) are reached into from outside, that is how the project is built: it is
reported once, each time under the strict profile only.

```python bad app/orders/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/orders")
def list_orders():
    return []
```
```python bad app/orders/service.py
from sqlalchemy.orm import Session

from app.users.repository import find_user


def place(session: Session, user_id: int):
    return find_user(session, user_id)
```
```python bad app/users/routes.py
from fastapi import APIRouter

router = APIRouter()


@router.get("/users")
def list_users():
    return []
```
```python bad app/users/repository.py
from sqlalchemy.orm import Session

from app.users.models import User


def find_user(session: Session, user_id: int):
    return session.get(User, user_id)
```
```python bad app/users/service.py
from sqlalchemy.orm import Session

from app.users.repository import find_user


def active_user(session: Session, user_id: int):
    return find_user(session, user_id)
```
```python good app/orders/service.py
from sqlalchemy.orm import Session

from app.users.service import active_user


def place(session: Session, user_id: int):
    return active_user(session, user_id)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function, Import, Module
from layercheck.knowledge.types import WITHOUT_BEHAVIOUR
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project, query
from layercheck.queries.domains import domain_package_of, domain_packages
from layercheck.queries.exceptions import is_exception_class
from layercheck.queries.file_kinds import is_application, is_composition_root
from layercheck.queries.layers import layer_of
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.modules import module_name
from layercheck.queries.symbols import imported, imported_module, mro, resolve

_CONVENTION = 5
RULE = Rule(
    code="LC112",
    name="cross-domain-import",
    message="{importer} of the {own} domain imports {names} from the {layer} of the {other} domain: {remedy}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ORG-1",),
    since="0.1",
)


def check(module: Module, project: Project) -> Iterator[Fault]:
    """Each import statement of a domain's module that reaches into another domain; one for the project where all of them do."""
    reaches = reaches_in(project, module.path)
    if not reaches:
        return
    convention = project.settings.profile != Profile.STRICT and shares_repositories(project)
    if convention:
        if module.path != first_reach(project):
            return
        reaches = reaches[:1]
    own = domain_package_of(project, module.path) or ""
    for at, names, target in reaches:
        other = domain_package_of(project, target) or ""
        layer = layer_of(project, target)
        remedy = _remedy(project, other, layer.name or "")
        fields = {
            "importer": module_name(project, module.path),
            "own": _last(own),
            "names": ", ".join(names),
            "layer": layer.name,
            "other": _last(other),
            "remedy": f"{remedy} (most domains here are reached this way; reported once)" if convention else remedy,
        }
        steps = (Step(Place("Module", f"{target}:", 0), f"{layer.name}: {layer.why}"),)
        yield Fault(module.place(at), fields, steps)


@query
def reaches_in(project: Project, path: str) -> tuple[tuple[int, tuple[str, ...], str], ...]:
    """(ordinal of the statement, names, file of another domain) for each import of a module that goes past a domain's service."""
    module = project.get(Module, f"{path}:")
    own = domain_package_of(project, path)
    if module is None or own is None or is_composition_root(project, path):
        return ()
    statements: dict[tuple[int, str], list[str]] = {}
    for entry in module.imports:
        target = _reached(project, path, own, entry)
        if target is not None:
            statements.setdefault((entry.at, target), []).append(entry.name or entry.module)
    return tuple((at, tuple(names), target) for (at, target), names in statements.items())


@query
def _all_reaches(project: Project) -> tuple[tuple[str, frozenset[str]], ...]:
    """(file, the domains it reaches into), in path order."""
    found = []
    for path in project.files():
        if path.endswith(".py") and is_application(project, path):
            domains = frozenset(domain_package_of(project, target) or "" for _, _, target in reaches_in(project, path))
            if domains:
                found.append((path, domains))
    return tuple(found)


@query
def shares_repositories(project: Project) -> bool:
    """Whether repositories are open to all domains by convention: a third of the domains, at least five, are reached from outside."""
    reached = frozenset[str]().union(*(domains for _, domains in _all_reaches(project)))
    return len(reached) >= _CONVENTION and len(reached) * 3 >= len(domain_packages(project))


def first_reach(project: Project) -> str | None:
    """The first file, in path order, that reaches into another domain."""
    return next((path for path, _ in _all_reaches(project)), None)


def _last(folder: str) -> str:
    return folder.rpartition("/")[2]


def _reached(project: Project, path: str, own: str, entry: Import) -> str | None:
    """The routes or repository module of another domain whose behaviour an import takes; None for everything else."""
    if entry.type_checking:
        return None
    named = imported_module(project, path, entry)
    if named is None or named.endswith("//:"):
        return None
    symbol = imported(project, path, entry) if entry.name is not None else named
    if symbol is None or ":" not in symbol or symbol.endswith("//:"):
        return None
    target, _, qualname = symbol.partition(":")
    other = domain_package_of(project, target)
    if other is None or other == own or (qualname and named == f"{other}/__init__.py:"):
        return None
    if layer_of(project, target).name not in ("routes", "repositories") or is_composition_root(project, target):
        return None
    used = [symbol] if qualname else _used_of(project, path, entry.bound)
    return target if any(_behaves(project, u) for u in used) else None


def _used_of(project: Project, path: str, bound: str) -> list[str]:
    """What a file uses of a module that it imports as a whole."""
    prefix = bound if bound.endswith(".") else f"{bound}."
    found = []
    for key, expression in _expressions(project, path):
        for e in ir.walk(expression):
            text = e if e.__class__ is str else e[1] if e[0] == "ref" else ""
            if text.startswith(prefix):
                found.append(resolve(project, key, text))
    return [symbol for symbol in found if symbol is not None]


def _expressions(project: Project, path: str) -> Iterator[tuple[str, ir.Expr]]:
    """(key of the scope, expression) for every expression of a file, those in the heads of functions included."""
    for body in project.of_file(Body, path):
        for statement in ir.statements(body.statements):
            for e in ir.own_expressions(statement):
                yield body.key, e
    for function in project.of_file(Function, path):
        for e in function.decorators:
            yield f"{path}:", e
        for param in function.params:
            for e in (param.annotation, param.default):
                if e is not None:
                    yield f"{path}:", e
    for cls in project.of_file(Class, path):
        for e in cls.bases:
            yield f"{path}:", e


def _behaves(project: Project, symbol: str) -> bool:
    """A function or a class with behaviour: no exception, enum, schema or table, which are words that all may use."""
    if project.get(Function, symbol) is not None:
        return True
    row = project.get(Class, symbol)
    if row is None:
        owner = symbol.rpartition(".")[0]
        return bool(owner) and project.get(Class, owner) is not None and _behaves(project, owner)
    if is_schema(project, symbol) or is_table(project, symbol) or is_exception_class(project, symbol):
        return False
    return not row.decorators and not any(base in WITHOUT_BEHAVIOUR for base in mro(project, symbol))


def _remedy(project: Project, other: str, layer: str) -> str:
    if layer == "routes":
        return "move what both use out of the routes, or call its service"
    services = services_of(project, other)
    if len(services) == 1:
        return f"call {module_name(project, services[0])}"
    return "go through its service" if services else "give it a service, or export what others need in its __init__.py"


@query
def services_of(project: Project, domain: str) -> tuple[str, ...]:
    """The service modules of a domain that work on data."""
    return tuple(
        path
        for path in project.files()
        if path.startswith(f"{domain}/") and path.endswith(".py") and layer_of(project, path).name == "services"
    )
