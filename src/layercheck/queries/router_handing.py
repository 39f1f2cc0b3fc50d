"""Routers that are handed to project functions: which parameters of a function are routers that it puts something on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function, Said
from layercheck.ir import Expr, dotted
from layercheck.knowledge.frameworks import ROUTE_ADDERS, ROUTE_DECORATORS
from layercheck.project import Project, query
from layercheck.queries.callers import files_by_called_name
from layercheck.queries.callgraph import Site, bound_arguments, sites
from layercheck.queries.import_names import NamesByFile
from layercheck.queries.symbols import class_attribute
from layercheck.queries.words import known_as


def receiver(project: Project, target: str | None) -> Function | None:
    """The function that gets the arguments of a call: the called one, or the constructor of a class."""
    if target is None or ":" not in target:
        return None
    init = class_attribute(project, target, "__init__") if project.get(Class, target) is not None else target
    return project.get(Function, init) if init is not None else None


_ADDING = ROUTE_ADDERS | {"include_router", "mount"}
_REGISTERING = _ADDING | ROUTE_DECORATORS
Handed = tuple[tuple[str, frozenset[str]], ...]
"""(function, parameters of it that are routers which it puts something on)"""


def router_parameters(project: Project, key: str) -> frozenset[str]:
    """The parameters of a function on which it registers something, or that it includes, directly or by handing them on."""
    return _handed(project).get(key, frozenset())


@query
def _handed(project: Project) -> Mapping[str, frozenset[str]]:
    """Function -> its `router_parameters`, where it has some.

    DESIGN: from the functions that register on a parameter themselves, step by step to those that hand one on to these. So only calls
    by the names of such functions are resolved; names alone would lead from one `start` to all others.
    """
    found: dict[str, frozenset[str]] = {}
    step = 0
    while fresh := _handed_at(project, step):
        for key, params in fresh:
            found[key] = found.get(key, frozenset()) | params
        step += 1
    return found


@query(whole=True)
def _handed_at(project: Project, step: int) -> Handed:
    """The functions that hand a router on to those of the step before, and were not found earlier; at first those that register on one
    themselves."""
    if step == 0:
        return tuple(found for path in project.files() for found in _registering_in(project, path))
    known: dict[str, frozenset[str]] = {}
    for earlier in range(step):
        for key, params in _handed_at(project, earlier):
            known[key] = known.get(key, frozenset()) | params
    found = [
        (key, params - known.get(key, frozenset()))
        for path in _calling(project, _names_at(project, step - 1))
        for key, params in _handing_on_in(project, path, step)
    ]
    return tuple((key, params) for key, params in found if params)


@query
def handing_names(project: Project) -> frozenset[str]:
    """The names by which something is called that registers on a router which it is handed: no call of another name hands one.

    "" stands for every name: then an object that is called (`__call__`) does so.
    """
    return _called_by(project, frozenset(_names_of(project, _handed(project))))


@query(whole=True)
def handing_in(project: Project, path: str) -> frozenset[str]:
    """Those of `handing_names` by which code of a file calls something, so that the others concern nobody there."""
    found = _handing_by_file(project)
    return found.get(path, found.get("", frozenset()))


@query
def _handing_by_file(project: Project) -> NamesByFile:
    """File -> those of `handing_names` that it calls something by; "" -> "" alone, where each name may be one."""
    names = handing_names(project)
    if "" in names:
        return NamesByFile({"": frozenset({""})})
    calling = files_by_called_name(project)
    table: dict[str, set[str]] = {}
    for name in names:
        for path in calling.get(name, ()):
            table.setdefault(path, set()).add(name)
    return NamesByFile({path: frozenset(found) for path, found in table.items()})


@query(whole=True)
def _names_at(project: Project, step: int) -> frozenset[str]:
    """The names by which the functions of a step are called."""
    return _called_by(project, frozenset(_names_of(project, [key for key, _ in _handed_at(project, step)])))


def _names_of(project: Project, keys: Iterable[str]) -> Iterator[str]:
    """The names of functions, and those of the classes whose constructors are among them."""
    for key in keys:
        function = project.get(Function, key)
        if function is not None:
            yield function.name
            if function.name == "__init__":
                yield function.cls.rpartition(".")[2]


def _calling(project: Project, names: frozenset[str]) -> Iterable[str]:
    """The files that call something by one of these names."""
    if "" in names:
        return project.files()
    table = files_by_called_name(project)
    return sorted({path for name in names for path in table.get(name, ())})


def _called_by(project: Project, names: frozenset[str]) -> frozenset[str]:
    """Names of functions and classes, with those of classes that inherit from these and those that stand for them."""
    found = known_as(project, names)
    if "__call__" in found:
        return found | {""}
    if "__init__" not in found:
        return found
    found |= {"cls"}
    while True:
        more = {
            name for path in project.files() for name, bases in _bases_in(project, path) if not found.isdisjoint(bases)
        }
        if more <= found:
            return found
        found |= known_as(project, frozenset(more))


@query
def _bases_in(project: Project, path: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (row.name, tuple(ir.last_name((ir.is_a(b, "item") and b[1]) or b) for b in row.bases))
        for row in project.of_file(Class, path)
        if row.bases
    )


@query
def _registering_in(project: Project, path: str) -> Handed:
    """The functions of a file that register on a parameter themselves, constructors included."""
    found = []
    saids = {said.key: said for said in project.said_in(path)}
    for function in project.of_file(Function, path):
        said = saids.get(function.key)
        own = _own(project, function, said) if function.raw_params and said is not None else ()
        if own:
            found.append((function.key, frozenset(own)))
    return tuple(found)


@query
def _handing_on_in(project: Project, path: str, step: int) -> Handed:
    """The functions of a file that hand a parameter of theirs on to one that the step before found."""
    names, wanted = _names_at(project, step - 1), dict(_handed_at(project, step - 1))
    of_class = known_as(project, frozenset({"__init__", "cls"}))
    found = []
    for function in project.of_file(Function, path):
        body = project.get(Body, function.key)
        if function.raw_params and body is not None and ("" in names or not names.isdisjoint(body.called)):
            params = {p[0] for p in function.raw_params}
            # `super().__init__` and `cls` go by those of the class that they are in.
            likely = names if "" in names or function.cls.rpartition(".")[2] in names else names - of_class
            if any(_hands_on(call, likely, params) for call, *_ in body.raw_calls):
                own = frozenset(_handed_on(project, function.key, likely, params, wanted))
                if own:
                    found.append((function.key, own))
    return tuple(found)


def _handed_on(
    project: Project, key: str, names: frozenset[str], params: set[str], wanted: dict[str, frozenset[str]]
) -> Iterator[str]:
    """The parameters of a function that it hands on as parameters that are wanted."""
    for site in sites(project, key):
        target = receiver(project, site.target) if _hands_on(site.call, names, params) else None
        further = wanted.get(target.key) if target is not None else None
        if target is not None and further:
            for parameter, value in arguments_of(project, target, site):
                if parameter in further and value.__class__ is str and value in params:
                    yield value


def _hands_on(call: Expr, names: frozenset[str], params: set[str]) -> bool:
    """Whether a call hands a parameter of its function to something that goes by one of the names."""
    return may_hand(names, call) and any(
        v.__class__ is str and v in params for v in (*call[2], *(value for _, value in call[3]))
    )


def may_hand(names: frozenset[str], call: Expr) -> bool:
    """Whether a call might hand a router to something that registers on it, by the name of what is called."""
    return ir.last_name(call[1]) in names or "" in names


def _own(project: Project, function: Function, said: Said) -> set[str]:
    """The parameters of a function on which it registers something itself."""
    says = _calls_registering(said)
    if not says and not function.nested and function.name != "__init__":
        return set()
    body = project.get(Body, function.key)
    assert body is not None
    names = {p[0] for p in function.raw_params}
    found: set[str] = set()
    if says:
        # `router.get("/x")(handler)` registers; `session.get(key)` and `client.get("/x")` do not
        called = {call[1][4] for call, *_ in body.raw_calls if ir.is_a(call[1], "call")}
        for call, *_ in body.raw_calls:
            func = call[1]
            if func.__class__ is str and func.partition(".")[0] in names:
                method = func.rpartition(".")[2]
                if method in _REGISTERING and (method not in ROUTE_DECORATORS or call[4] in called):
                    if not _mounts_adapter(call):
                        found.add(func.partition(".")[0])
            if ir.last_name(func) in ("include_router", "mount"):
                found.update(a for a in (*call[2], *(v for _, v in call[3])) if a.__class__ is str and a in names)
    if function.name == "__init__" and function.cls:
        found.update(_registered_on_later(project, function, body))
    for nested in function.nested:
        inner = project.get(Function, f"{function.path}:{nested}")
        for decorator in inner.decorators if inner is not None else ():
            text = dotted(decorator[1]) if ir.is_a(decorator, "call") else None
            if text is not None and text.partition(".")[0] in names and text.rpartition(".")[2] in _REGISTERING:
                found.add(text.partition(".")[0])
    return found


def _calls_registering(body: Body | Said) -> bool:
    """Whether a body calls something that may register on a router: `get` does where what it gives is called in turn."""
    return not _ADDING.isdisjoint(body.called) or (
        "()()" in body.words and not ROUTE_DECORATORS.isdisjoint(body.called)
    )


def _mounts_adapter(call: Expr) -> bool:
    """Whether a call is `session.mount("https://", adapter)`: HTTP clients mount what sends for them; a router mounts at a path."""
    first = ir.text_of(call[2][0]) if call[2] and ir.last_name(call[1]) == "mount" else None
    return first is not None and first.startswith("http")


def _registered_on_later(project: Project, init: Function, body: Body) -> Iterator[str]:
    """The parameters of a constructor that it keeps, and on which some method of the class registers: `self.app.include_router(...)`."""
    names = {p[0] for p in init.raw_params}
    kept = {
        raw[0]: raw[2]
        for raw in body.raw_binds
        if raw[2].__class__ is str and raw[0].startswith("self.") and raw[2] in names
    }
    row = project.get(Class, f"{init.path}:{init.cls}") if kept else None
    for _, qualname in row.methods if row is not None else ():
        method = project.get(Body, f"{init.path}:{qualname}")
        for call, *_ in method.raw_calls if method is not None and _calls_registering(method) else ():
            func = call[1][1] if ir.is_a(call[1], "call") else call[1]  # self.app.get("/x")(handler)
            owner, _, name = (dotted(func) or "").rpartition(".")
            if owner in kept and name in _REGISTERING and (name not in ROUTE_DECORATORS or func is not call[1]):
                if not _mounts_adapter(call):
                    yield kept[owner]


def arguments_of(project: Project, function: Function, site: Site) -> list[tuple[str, Expr]]:
    """(parameter, value) of a call, as far as each value is known."""
    return [(name, value) for name, value in bound_arguments(project, function.key, site).items() if value is not None]
