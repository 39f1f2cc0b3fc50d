"""Let the service own the transaction.

A repository that commits cuts every larger operation into pieces: the service that books an order and lowers the stock can no longer do
both or neither, and each commit expires the objects that the caller still uses.

How to fix: `flush()` in the repository where the database must see the change at once (generated keys), and one `commit()` in the service
or in the dependency that hands out the session.

Not reported: functions that are called `commit` or `rollback`, units of work (classes that are context managers), commits that the
caller asks for with a parameter that is off unless given, and projects without a service layer, where the repository is the outermost
owner. A module counts as a repository here when it is called one.

```python bad app/repositories/orders.py
from sqlalchemy.orm import Session

from app.models import Order


class OrderRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, order: Order) -> Order:
        self.session.add(order)
        self.session.commit()
        return order
```
```python bad app/services/orders.py
from app.models import Order


class OrderService:
    def __init__(self, orders) -> None:
        self.orders = orders

    def place(self, order: Order) -> Order:
        return self.orders.add(order)
```
```python good app/repositories/orders.py
from sqlalchemy.orm import Session

from app.models import Order


class OrderRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, order: Order) -> Order:
        self.session.add(order)
        self.session.flush()
        return order
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Body, Class, Function
from layercheck.knowledge.names import SERVICE_NAMES
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callgraph import Site, sites
from layercheck.queries.dbcalls import database_effects
from layercheck.queries.domains import has_service_layer
from layercheck.queries.effects import COMMIT, ROLLBACK
from layercheck.queries.file_kinds import is_script
from layercheck.queries.guards import guards_at
from layercheck.queries.imports import imports_of
from layercheck.queries.layers import Layer, layer_of, library_repository, name_hint
from layercheck.queries.roles import in_provider, is_startup
from layercheck.queries.sessions import session_kind
from layercheck.queries.words import only_in

RULE = Rule(
    code="LC113",
    name="transaction-in-repository",
    message="{function} {does} the transaction in the repository layer ({why}): flush here and let the service end it",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ARCH-2", "DATA-9"),
    since="0.1",
)
_DOES = {COMMIT: "commits", ROLLBACK: "rolls back"}
_OWN_NAMES = ("commit", "rollback", "acommit", "arollback", "_commit", "_rollback", "__aexit__", "__exit__")


def _is_repository(project: Project, path: str) -> bool:
    layer = layer_of(project, path)
    return layer.name == "repositories" and _meant(project, path, layer)


@only_in(_is_repository)
def check(function: Function, project: Project) -> Iterator[Fault]:
    """The first commit of a repository function, or its first rollback where it only rolls back."""
    layer = layer_of(project, function.path)
    if function.name in _OWN_NAMES:
        return
    body = project.get(Body, function.key)
    if body is None:
        return
    ends = [(name, site) for site in sites(project, function.key) for name in _DOES if _ends(project, site, name)]
    ends = [(name, site) for name, site in ends if not _on_request(function, body, site)]
    if not ends or not has_service_layer(project) or _spared(project, function):
        return
    name, site = next(((name, site) for name, site in ends if name == COMMIT), ends[0])
    fields = {"function": function.qualname, "does": _DOES[name], "why": layer.why}
    yield Fault(body.place(site.at), fields)


def _meant(project: Project, path: str, layer: Layer) -> bool:
    """Whether a module is called a repository: what only looks like one may be a script or a service of its own."""
    return (
        name_hint(project, path) is not None or layer.why.startswith("configured") or library_repository(project, path)
    )


def _ends(project: Project, site: Site, name: str) -> bool:
    """Whether a call is the commit (or rollback) of a session."""
    if site.receiver is None or session_kind(project, site.receiver) is None:
        return False
    return name in database_effects(project, site)


def _on_request(function: Function, body: Body, site: Site) -> bool:
    """Whether the caller decides with a parameter that is off unless given: `def add(self, row, commit=False)`."""
    wanted = {p.name for p in function.params if p.default is None or p.default in (("const", False), ("const", None))}
    return any(truth for name, truth in guards_at(body, site.context, frozenset(wanted)))


def _spared(project: Project, function: Function) -> bool:
    return (
        _in_unit_of_work(project, function)
        or _is_wrapper(project, function)
        or in_provider(project, function.key)
        or is_startup(project, function.key)
        or is_script(project, function.path)
        or _is_service_of_repositories(project, function.path)
    )


def _in_unit_of_work(project: Project, function: Function) -> bool:
    cls = project.get(Class, f"{function.path}:{function.cls}") if function.cls else None
    return cls is not None and (
        any(name in ("__exit__", "__aexit__") for name, _ in cls.methods)
        or cls.name.lower().replace("_", "").endswith(("unitofwork", "uow"))
    )


def _is_wrapper(project: Project, function: Function) -> bool:
    """Whether a nested function calls what the function around it was given: a decorator."""
    around = project.get(Function, f"{function.path}:{function.parent}") if function.parent else None
    body = project.get(Body, function.key)
    if around is None or body is None:
        return False
    given = {p.name for p in around.params}
    return any(call.func in given for call in body.calls)


def _is_service_of_repositories(project: Project, path: str) -> bool:
    """A crud folder inside the services that has repositories below it: it is a service by another name."""
    if not any(folder.lower() in SERVICE_NAMES for folder in path.split("/")[:-1]):
        return False
    home = path.rpartition("/")[0]
    return any(
        layer_of(project, other).name == "repositories" and other.rpartition("/")[0] != home
        for other in imports_of(project, path)
    )
