"""Go through the service layer.

A route that talks to a repository directly has nowhere to put the rule that will come next week: it ends up in the handler, or in
the repository, and the next route repeats it.

How to fix: give the domain a service that takes the repository, and let the route take the service. A project without any service
layer gets this once, as a question about its architecture; `[tool.layercheck.layers] open` accepts it, and an `order` without
services, or with them below the repositories, has nothing to skip.

The same rule holds the layers to what they may do: `services.forbid = ["http-framework"]`, `routes.forbid = ["sql", "commit"]` in
`[tool.layercheck.layers]`. Reported is each call that has a forbidden effect, by itself or through functions of modules that have
no layer, with the way there; what a module of another layer does is that layer's business. Providers and start-up code are spared.
Calls that it reports in routes are not reported by `db-access-in-route` a second time.

```python bad app/routes/users.py
from fastapi import APIRouter

from app.repositories.users import find_user

router = APIRouter()


@router.get("/users/{user_id}")
def read_user(user_id: int):
    return find_user(user_id)
```
```python bad app/repositories/users.py
from app.db import SessionLocal
from app.models import User


def find_user(user_id: int):
    with SessionLocal() as session:
        return session.get(User, user_id)
```
```python bad app/db.py
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

SessionLocal = sessionmaker(create_engine("sqlite://"))
```
```python good app/routes/users.py
from fastapi import APIRouter

from app.services.users import get_user

router = APIRouter()


@router.get("/users/{user_id}")
def read_user(user_id: int):
    return get_user(user_id)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function, Import, Module, qualname_of
from layercheck.knowledge.database import LIBRARY_REPOSITORIES
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.project import Project, query
from layercheck.queries.callgraph import sites
from layercheck.queries.contracts import breaches, evidence
from layercheck.queries.depends import declared_dependencies
from layercheck.queries.domains import has_service_layer
from layercheck.queries.file_kinds import is_application, is_composition_root
from layercheck.queries.handlers import creates_app, handlers_in
from layercheck.queries.layers import layer_of, library_repository, rank, uses_session
from layercheck.queries.modules import module_name
from layercheck.queries.roles import in_provider, is_startup
from layercheck.queries.symbols import binding, imported, imported_module, mro, resolve
from layercheck.queries.types import provided_type, symbol_type
from layercheck.queries.usage import uses_of
from layercheck.queries.words import only_in

RULE = Rule(
    code="LC102",
    name="layer-skip",
    message="{what} goes past the service layer ({why}): {remedy}",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("ARCH-1", "ARCH-2"),
    since="0.1",
)
_EXCEPTIONS = ("Error", "Exception")
_OPEN = frozenset({"routes", "services"})
"""Either word opens the way: the layer that may pass another over, or the layer that may be passed over."""


def check(module: Module, project: Project) -> Iterator[Fault]:
    """Repository imports and repository dependencies of a routes module; one for the project where it has no services."""
    if layer_of(project, module.path).name != "routes" or not _is_closed(project):
        return
    skips = skips_in(project, module.path)
    if not skips:
        return
    if not has_service_layer(project):
        if first_skip(project) == module.path:
            yield _fault(project, module, skips[0], single=True)
        return
    for skip in skips:
        yield _fault(project, module, skip, single=False)


def _is_closed(project: Project) -> bool:
    """Whether services lie between routes and repositories, and nobody said that they may be passed over."""
    order = [rank(project, layer) or 0 for layer in ("repositories", "services", "routes")]
    return 0 < order[0] < order[1] < order[2] and not _OPEN & set(project.settings.layers.open)


def _fault(project: Project, module: Module, skip: tuple[str, str, int, str], *, single: bool) -> Fault:
    kind, name, at, home = skip
    layer = layer_of(project, home) if home else None
    why = (
        f"{module_name(project, home)} is in {layer.name}: {layer.why}"
        if layer is not None and layer.name
        else "a repository of a library"
    )
    remedy = "call a service that owns the rule and the transaction"
    if single:
        remedy = "this project has no service layer; add one, or accept it with layers.open (reported once)"
    if kind == "import":
        return Fault(module.place(at), {"what": f"the import of {name}", "why": why, "remedy": remedy})
    function = project.get(Function, name)
    assert function is not None
    steps = (Step(function.place(at), "the dependency"),)
    return Fault(
        function.place(),
        {"what": f"{function.name} takes a repository as a dependency and", "why": why, "remedy": remedy},
        steps,
    )


def _is_forbidden_something(project: Project, path: str) -> bool:
    return bool(project.settings.layers.forbid)


@only_in(_is_forbidden_something)
def check_contracts(body: Body, project: Project) -> Iterator[Fault]:
    """Each call that does what `layers.<layer>.forbid` rules out for its layer."""
    found = breaches(project, body.key)
    if not found or in_provider(project, body.key) or is_startup(project, body.key):
        return
    layer = layer_of(project, body.path)
    who = (
        f"{qualname_of(body.key)}()" if project.get(Function, body.key) is not None else module_name(project, body.path)
    )
    for breach in found:
        effect = breach.effect
        steps = evidence(project, body.key, effect) if effect.callee else ()
        does, remedy = _DOES[effect.name]
        way = " -> ".join([*(step.text.removeprefix("calls ") for step in steps)]) or f"{effect.detail}()"
        message = f"{who} {does} ({way}), which layers.{layer.name}.forbid rules out for the {layer.name} layer ({layer.why}): {remedy}"
        yield Fault(body.place(breach.site.at), steps=steps, message=message.replace("{", "{{").replace("}", "}}"))


_OTHER = "leave that to a layer that may"
_DOES = {
    "sql": ("sends SQL", _OTHER),
    "write": ("writes to the database", _OTHER),
    "flush": ("flushes the session", _OTHER),
    "commit": ("commits", "leave the transaction to the layer that owns it"),
    "rollback": ("rolls back", "leave the transaction to the layer that owns it"),
    "block": ("blocks the thread", "await an asynchronous client, or run it in a thread"),
    "http": ("sends an HTTP request", "take a client of the outside system as a dependency"),
    "http-framework": ("uses the web framework", "raise an exception of your own, return plain values"),
}
"""Effect -> (what the code does, what to do about it)."""


@query
def first_skip(project: Project) -> str | None:
    """The first routes module, in path order, that skips the services."""
    for path in project.files():
        if (
            path.endswith(".py")
            and layer_of(project, path).name == "routes"
            and is_application(project, path)
            and skips_in(project, path)
        ):
            return path
    return None


@query
def skips_in(project: Project, path: str) -> tuple[tuple[str, str, int, str], ...]:
    """("import", names, at, file of the repository) or ("handler", key, ordinal of the parameter, file) of a routes module."""
    module = project.get(Module, f"{path}:")
    if (
        module is None
        or creates_app(project, path)
        or (is_composition_root(project, path) and not handlers_in(project, path))
    ):
        return ()
    found: dict[int, tuple[str, str, int, str]] = {}
    imported_homes = set()
    for entry in module.imports:
        home = _repository(project, path, entry) if not entry.type_checking else None
        if home is None:
            continue
        imported_homes.add(home)
        if entry.at in found or _only_annotates_or_provides(project, path, entry):
            continue
        found[entry.at] = ("import", f"{entry.module}.{entry.name}" if entry.name else entry.module, entry.at, home)
    out = [found[at] for at in sorted(found)]
    for key in handlers_in(project, path):
        taken = _taken_repository(project, key)
        if taken is not None and not ({taken[1], _annotated_home(project, key, taken[0])} & imported_homes):
            out.append(("handler", key, taken[0], taken[1]))
    return tuple(out)


def _annotated_home(project: Project, key: str, at: int) -> str | None:
    """The module of the class that the parameter is annotated with: a generic provider gives only the base of what it makes."""
    function = project.get(Function, key)
    for param in function.params if function is not None else ():
        name = ir.dotted(param.annotation) if param.at == at and param.annotation is not None else None
        if name is not None:
            return (resolve(project, key, name) or "").partition(":")[0]
    return None


def _repository(project: Project, path: str, entry: Import) -> str | None:
    """The repository module that an import reaches into for something that works on data."""
    symbol = imported_module(project, path, entry) if entry.name is None else imported(project, path, entry)
    if symbol is None or ":" not in symbol or symbol.endswith("//:"):
        return None
    home, _, qualname = symbol.partition(":")
    if home == path or not _holds_repository(project, home):
        return None
    if not qualname:
        return home
    row = project.get(Class, symbol)
    if row is not None:
        names = mro(project, symbol)
        return (
            None
            if any(n.startswith("builtins.") and n.endswith(_EXCEPTIONS) for n in names)
            or row.name.endswith(_EXCEPTIONS)
            else home
        )
    if project.get(Function, symbol) is not None:
        return home
    bind = binding(project, symbol)
    if bind is None or bind.value is None or not ir.is_a(bind.value, "call"):
        return None
    kind = symbol_type(project, symbol)
    return home if kind is not None and kind[0] == "inst" and _is_repository_class(project, kind[1]) else None


def _holds_repository(project: Project, home: str) -> bool:
    """A module of the repositories layer that works on a database; helpers around Redis and files lie there too."""
    return layer_of(project, home).name == "repositories" and (
        uses_session(project, home) or library_repository(project, home) or _inherits_repository(project, home)
    )


def _inherits_repository(project: Project, home: str) -> bool:
    for cls in project.of_file(Class, home):
        for base in mro(project, cls.key)[1:]:
            if ":" in base and layer_of(project, base.partition(":")[0]).name == "repositories":
                return True
    return False


def _is_repository_class(project: Project, cls: str) -> bool:
    if any(base in LIBRARY_REPOSITORIES for base in mro(project, cls)):
        return True
    return ":" in cls and _holds_repository(project, cls.partition(":")[0])


def _only_annotates_or_provides(project: Project, path: str, entry: Import) -> bool:
    """Imports that are used in annotations only (of values the module does not work on), or only to build a service in a provider."""
    uses = uses_of(project, path, entry.bound.rstrip("."))
    if not all(in_provider(project, key) for key in uses.values):
        return False
    if uses.values:
        return True
    symbol = imported(project, path, entry)
    return not any(
        site.receiver is not None and site.receiver[:2] == ("inst", symbol) and not in_provider(project, body.key)
        for body in project.of_file(Body, path)
        for site in sites(project, body.key)
    )


def _taken_repository(project: Project, key: str) -> tuple[int, str] | None:
    """(ordinal of the parameter, file) of a repository that a handler takes as a dependency."""
    function = project.get(Function, key)
    if function is None:
        return None
    positions = {p.name: p.at for p in function.params}
    for declared in declared_dependencies(project, key):
        target = declared.dependency.target
        if target is None:
            continue
        kind = provided_type(project, target, declared.dependency.called)
        if kind is not None and kind[0] == "inst" and _is_repository_class(project, kind[1]):
            return positions.get(declared.name, 0), kind[1].partition(":")[0] if ":" in kind[1] else ""
    return None
