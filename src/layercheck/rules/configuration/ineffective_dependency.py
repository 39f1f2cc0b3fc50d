"""Declare dependencies where FastAPI looks for them.

`Depends` is only a note for the framework. Where the framework does not read it, or finds in it something that it cannot call, no
session is opened and no permission is checked, and nobody says so: the parameter holds a `Depends` object, or what the provider gave
once at import time.

Reported are

- `Depends(get_db())`: the provider is called when the module is imported; FastAPI gets its result instead of the provider;
- `dependencies=[Depends(check)]` (or any list of Depends) as the default of a parameter, where it is an ordinary value;
- a function that is called by hand without the argument for a parameter whose default is `Depends(...)`;
- `Depends(...)` as a plain value: bound to a local name and used, dropped, passed to a parameter that wants something else, or a class
  attribute of a plain class.

How to fix: name the provider (`Depends(get_db)`), put guards into the decorator or the router, pass the values when you call by hand.

A factory that returns a dependency (`Depends(require_role("admin"))`) is fine. A `Depends` default in a helper that no dependency
reaches is let be as long as every caller passes the value.

```python bad app/routes.py
from fastapi import APIRouter, Depends

from app.deps import get_settings

router = APIRouter()


@router.get("/")
def index(settings: dict[str, str] = Depends(get_settings())) -> str:
    return settings["name"]
```
```python bad app/deps.py
def get_settings() -> dict[str, str]:
    return {"name": "shop"}
```
```python good app/routes.py
from fastapi import APIRouter, Depends

from app.deps import get_settings

router = APIRouter()


@router.get("/")
def index(settings: dict[str, str] = Depends(get_settings)) -> str:
    return settings["name"]
```
```python good app/deps.py
def get_settings() -> dict[str, str]:
    return {"name": "shop"}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project, query
from layercheck.queries.callability import not_callable
from layercheck.queries.callgraph import Site, bound_arguments, callee_functions, sites
from layercheck.queries.depends import DEPENDS, depends_call
from layercheck.queries.effects import display
from layercheck.queries.handlers import is_handler
from layercheck.queries.occasions import calls_in_head
from layercheck.queries.roles import is_surely_provider
from layercheck.queries.symbols import has_unknown_base, mro, resolve
from layercheck.queries.types import annotation_type
from layercheck.queries.values import is_bound_once, uses_in
from layercheck.queries.words import known_as, last_parts, only_in, only_with, says, words_in_heads

RULE = Rule(
    code="LC213",
    name="ineffective-dependency",
    message="{what}: {remedy}",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("DI-2",),
    since="0.1",
)


_DEPENDS_NAMES = last_parts(DEPENDS)


def _may_declare(project: Project, path: str) -> bool:
    """Whether the head of a function of a file has one of the names."""
    return not known_as(project, _DEPENDS_NAMES).isdisjoint(words_in_heads(project, path))


@only_in(_may_declare)
@only_with(where=calls_in_head)
def check_signature(function: Function, project: Project) -> Iterator[Fault]:
    """The dependencies that a function declares by its parameters and decorators."""
    names = known_as(project, _DEPENDS_NAMES)
    if not _declares(function, names):
        return
    outside = f"{function.path}:{function.cls or function.parent}"
    for param in function.params:
        for call in (*ir.calls(param.annotation), *ir.calls(param.default)):
            yield from _called_instead_of_named(project, function, outside, call)
        listed = param.default
        if (
            listed is not None
            and (ir.is_a(listed, "list") or ir.is_a(listed, "tuple"))
            and any(_is_depends(project, outside, e) for e in listed[1])
        ):
            if is_handler(project, function.key) or is_surely_provider(project, function.key):
                what = f"{param.name}=[Depends(...)] in the signature of {function.name} is an ordinary default that FastAPI ignores"
                yield Fault(function.place(param.at), {"what": what, "remedy": "move it to the decorator"})
    for decorator in function.decorators:
        for call in ir.calls(decorator):
            yield from _called_instead_of_named(project, function, outside, call)


def _declares(function: Function, names: frozenset[str]) -> bool:
    """Whether one of the names occurs in the head of a function."""
    for _, _, annotation, default, _ in function.raw_params:
        if (annotation is not None and says(annotation, names)) or (default is not None and says(default, names)):
            return True
    return any(says(decorator, names) for decorator in function.decorators)


@only_with(*_DEPENDS_NAMES)
def check_body(body: Body, project: Project) -> Iterator[Fault]:
    """Depends as a plain value, and handed to what does not fill it."""
    for site in sites(project, body.key):
        if site.target in DEPENDS:
            yield from _called_instead_of_named(project, body, body.key, site.call)
            yield from _plain_value(project, body, site)
        elif site.target is not None and ":" in site.target:
            yield from _handed_over(project, body, site)


@only_with("()")
def check_calls(body: Body, project: Project) -> Iterator[Fault]:
    """Calls that leave a Depends default unfilled."""
    for site in sites(project, body.key):
        target = site.target
        if target is None or ":" not in target:
            continue
        function = project.get(Function, target)
        if function is not None and not _has_default(function):
            continue
        for callee, needed in _needed_by(project, target):
            yield from _unfilled(project, body, site, callee, needed)


@only_with(*_DEPENDS_NAMES)
def check_class(cls: Class, project: Project) -> Iterator[Fault]:
    """Depends as an attribute of a class that no framework reads."""
    if not any(field.value is not None and _is_depends(project, cls.key, field.value) for field in cls.fields):
        return
    if not _is_plain(project, cls):
        return
    for field in cls.fields:
        if field.value is not None and _is_depends(project, cls.key, field.value):
            what = f"{cls.name}.{field.name} holds a Depends object: FastAPI does not read the attributes of this class"
            yield Fault(cls.place(field.at), {"what": what, "remedy": "take it as a parameter of __init__"})


def _is_depends(project: Project, key: str, e: Expr) -> bool:
    if not ir.is_a(e, "call"):
        return False
    name = dotted(e[1])
    return name is not None and resolve(project, key, name) in DEPENDS


def _called_instead_of_named(project: Project, row: Function | Body, key: str, call: Expr) -> Iterator[Fault]:
    if not _is_depends(project, key, call):
        return
    inner = ir.argument(call, 0, "dependency")
    if inner is None or not ir.is_a(inner, "call"):
        return
    name = dotted(inner[1])
    symbol = resolve(project, key, name) if name is not None else None
    gives = not_callable(project, symbol) if symbol is not None else None
    if gives is not None:
        what = f"Depends({name}()) calls {name} at import time and hands FastAPI {gives}, which it cannot call"
        yield Fault(row.place(call[4]), {"what": what, "remedy": f"name it, Depends({name})"})


def _plain_value(project: Project, body: Body, site: Site) -> Iterator[Fault]:
    function = project.get(Function, body.key)
    if function is None:
        return
    uses = uses_in(project, body.key)
    name = uses.names.get(site.at)
    used = uses.calls.get(site.at, "")
    if name is not None and is_bound_once(project, body.key, name):
        kinds = uses.of_names.get(name, ())
        used = kinds[0] if kinds and all(kinds) else ""
    if (not used and site.use != "stmt") or used == "a comparison":
        return  # `Depends(verify) not in dependencies` asks for one that was handed over
    what = f"Depends(...) in the body of {function.name} is a plain object, FastAPI does not fill it"
    yield Fault(body.place(site.at), {"what": what, "remedy": "declare it as a parameter of the handler or provider"})


def _has_default(function: Function) -> bool:
    """Whether a parameter has a default that is no constant."""
    for _, _, _, default, _ in function.raw_params:
        if default is not None and (default.__class__ is str or default[0] != "const"):
            return True
    return False


def _unfilled(project: Project, body: Body, site: Site, callee: str, needed: _Needed) -> Iterator[Fault]:
    bound = bound_arguments(project, callee, site)
    missing = [n for n, choices in needed if n not in bound and not all(c & bound.keys() for c in choices)]
    if missing and not _inside_depends(project, body, site):
        what = f"{display(callee)}() is called by hand without {', '.join(missing)}, whose default is Depends(...)"
        steps = (Step(Place("Function", callee, 0), "declared here"),)
        yield Fault(body.place(site.at), {"what": what, "remedy": "pass it"}, steps)


_Needed = tuple[tuple[str, tuple[frozenset[str], ...]], ...]


@query
def _needed_by(project: Project, target: str) -> tuple[tuple[str, _Needed], ...]:
    """The functions that run when `target` is called and need what only FastAPI fills in, with that."""
    found = []
    for callee in callee_functions(project, target):
        function = project.get(Function, callee)
        if function is None or not _has_default(function):
            continue
        needed = _needed(project, callee)
        if needed:
            found.append((callee, needed))
    return tuple(found)


@query
def _needed(project: Project, key: str) -> _Needed:
    """The parameters with a Depends default whose value the function uses, with the other names that each use is decided by."""
    function = project.get(Function, key)
    body = project.get(Body, key)
    if function is None or body is None:
        return ()
    outside = f"{function.path}:{function.cls or function.parent}"
    found = []
    rebound = {raw[0] for raw in body.raw_binds}
    for p in function.params:
        if (
            p.name not in rebound
            and p.default is not None
            and depends_call(project, outside, p.default, p.annotation) is not None
        ):
            choices = tuple(_choices_in(body.statements, p.name, frozenset()))
            if choices:
                found.append((p.name, choices))
    return tuple(found)


def _choices_in(statements: tuple[ir.Stmt, ...], name: str, around: frozenset[str]) -> Iterator[frozenset[str]]:
    """For each use of a name the names in the conditions around it."""
    for statement in statements:
        own = tuple(ir.own_expressions(statement))
        for e in own:
            yield from _choices_of(e, name, around)
        inner = around | _names(own) if statement[0] == "if" else around
        for block in ir.blocks(statement):
            yield from _choices_in(block, name, inner)


def _choices_of(e: Expr, name: str, around: frozenset[str]) -> Iterator[frozenset[str]]:
    chain = dotted(e)
    if chain is not None:
        if chain.partition(".")[0] == name:
            yield around
    elif ir.is_a(e, "ifexp"):
        yield from _choices_of(e[1], name, around)
        for part in e[2:]:
            yield from _choices_of(part, name, around | _names((e[1],)))
    else:
        for part in ir.children(e):
            yield from _choices_of(part, name, around)


def _names(parts: tuple[Expr, ...]) -> frozenset[str]:
    return frozenset(node for e in parts for node in ir.walk(e) if node.__class__ is str)


def _inside_depends(project: Project, body: Body, site: Site) -> bool:
    """`Depends(make())`: what is made may be the dependency."""
    return any(
        other.target in DEPENDS and any(call[4] == site.at for a in other.call[2] for call in ir.calls(a))
        for other in sites(project, body.key)
    )


def _handed_over(project: Project, body: Body, site: Site) -> Iterator[Fault]:
    given = [a for a in (*site.call[2], *(v for _, v in site.call[3])) if _is_depends(project, body.key, a)]
    if not given:
        return
    for callee in callee_functions(project, site.target):
        function = project.get(Function, callee)
        bound = bound_arguments(project, callee, site)
        for param in function.params if function is not None else ():
            value = bound.get(param.name)
            wanted = annotation_type(project, callee, param.annotation)
            if (
                value is not None
                and value in given
                and wanted is not None
                and wanted[0] == "inst"
                and not wanted[1].startswith("fastapi.")
            ):
                what = f"{display(callee)}() gets a Depends object for {param.name}"
                remedy = "declare the dependency where FastAPI calls, and pass its value"
                yield Fault(body.place(value[4]), {"what": what, "remedy": remedy})


def _is_plain(project: Project, cls: Class) -> bool:
    """No decorators, no bases outside the project, and the same for every class that inherits from it."""
    return cls.key not in _read_by_frameworks(project)


@query
def _read_by_frameworks(project: Project) -> frozenset[str]:
    """The classes that are decorated, hold handlers or have bases which are not known, and all their bases."""
    found: set[str] = set()
    for path in project.files():
        for cls in project.of_file(Class, path) if path.endswith(".py") else ():
            bases = mro(project, cls.key)
            foreign = len(cls.bases) and any(
                ":" not in base and base not in ("builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol")
                for base in bases
            )
            handlers = any(is_handler(project, f"{cls.path}:{qualname}") for _, qualname in cls.methods)
            if cls.decorators or cls.keywords or foreign or handlers or has_unknown_base(project, cls.key):
                found.update(bases)
    return frozenset(found)
