"""Fixtures of the tests, what they stand in for, and which tests stand behind a helper.

Sources: pytest's documentation on fixtures (scope, autouse, usefixtures, overriding by nearer conftest.py files); FastAPI's
`dependency_overrides`; dependency-injector's `override`.
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.callgraph import with_nested
from layercheck.queries.containers import container_provider
from layercheck.queries.file_kinds import is_test
from layercheck.queries.modules import folder_of, join
from layercheck.queries.symbols import class_attribute, imported, resolve
from layercheck.queries.types import Typing
from layercheck.tuples import NamedTuple

_FIXTURES = frozenset({"pytest.fixture", "pytest.yield_fixture", "pytest_asyncio.fixture", "_pytest.fixtures.fixture"})
_MAX_DEPTH = 6


class Fixture(NamedTuple):
    """One pytest fixture."""

    name: str
    key: str
    scope: str
    """ "function" unless it says otherwise; "?" when that is computed."""
    autouse: bool
    asks: tuple[str, ...]
    """The fixtures that it asks for itself."""


class Override(NamedTuple):
    """Something that tests put in the place of a provider."""

    provider: str
    replacement: str | None
    """The symbol; None for a lambda or a value that cannot be named."""
    where: str
    """Key of the function (or module) that does it."""


# ----------------------------------------------------------------------------------------------------------- fixtures


@query
def fixtures_in(project: Project, path: str) -> tuple[Fixture, ...]:
    """The fixtures that a file defines, in order."""
    out = []
    for function in project.of_file(Function, path):
        for decorator in function.decorators:
            called = ir.is_a(decorator, "call")
            name = dotted(decorator[1] if called else decorator)
            if name is None or resolve(project, f"{path}:{function.cls or function.parent}", name) not in _FIXTURES:
                continue
            said = ir.text_of(ir.keyword(decorator, "name")) if called else None
            scope = ir.keyword(decorator, "scope") if called else None
            out.append(
                Fixture(
                    said or function.name,
                    function.key,
                    "function" if scope is None else ir.text_of(scope) or "?",
                    called and ir.keyword(decorator, "autouse") == ("const", True),
                    _asked(function),
                )
            )
    return tuple(out)


def _asked(function: Function) -> tuple[str, ...]:
    names = [p.name for p in function.params if p.kind in ("arg", "kw") and p.default is None]
    return tuple(names[1:] if function.cls and names[:1] == ["self"] else names)


@query
def fixtures_of(project: Project, test: str) -> tuple[str, ...]:
    """The keys of the fixtures that run for a test: asked for, marked with usefixtures, autouse, and what these ask for."""
    function = project.get(Function, test)
    if function is None:
        return ()
    path = function.path
    wanted = [*_asked(function), *_marked(project, function)]
    wanted += [f.name for place in _places(project, path) for f in fixtures_in(project, place) if f.autouse]
    found: dict[str, None] = {}
    while wanted:
        fixture = _nearest(project, path, wanted.pop(0))
        if fixture is not None and fixture.key not in found:
            found[fixture.key] = None
            wanted.extend(fixture.asks)
    return tuple(found)


def _marked(project: Project, function: Function) -> Iterator[str]:
    """`@pytest.mark.usefixtures("database")` on a function or its class, `pytestmark = ...` of the module."""
    marks = list(function.decorators)
    body = project.get(Body, f"{function.path}:")
    for raw in body.raw_binds if body is not None else ():
        if raw[0] == "pytestmark" and raw[2] is not None:
            marks.extend(raw[2][1] if ir.is_a(raw[2], "list") else [raw[2]])
    for mark in marks:
        if ir.is_a(mark, "call") and ir.last_name(mark[1]) == "usefixtures":
            yield from (text for e in mark[2] if (text := ir.text_of(e)) is not None)


def _places(project: Project, path: str) -> Iterator[str]:
    """The files whose fixtures a test sees without importing them, nearest first."""
    yield path
    folder = folder_of(path)
    while True:
        conftest = join(folder, "conftest.py")
        if conftest != path and project.has_file(conftest):
            yield conftest
        if not folder:
            return
        folder = folder_of(folder)


def _nearest(project: Project, path: str, name: str) -> Fixture | None:
    for place in _places(project, path):
        for fixture in fixtures_in(project, place):
            if fixture.name == name:
                return fixture
        module = project.imports_in(place)
        for entry in module.imports if module is not None else ():
            if entry.bound == name:
                symbol = imported(project, place, entry)
                for fixture in fixtures_in(project, symbol.partition(":")[0]) if symbol and ":" in symbol else ():
                    if fixture.key == symbol:
                        return fixture
    return None


@query
def tests_behind(project: Project) -> _Behind:
    """A helper or fixture of the tests -> the test functions that run it, however many calls away."""
    table: dict[str, dict[str, None]] = {}
    for path in project.files():
        if path.endswith(".py") and is_test(project, path):
            for function in project.of_file(Function, path):
                if function.name.startswith("test") and not function.parent:
                    for key in _run_by(project, function.key):
                        table.setdefault(key, {})[function.key] = None
    return _Behind({key: tuple(tests) for key, tests in table.items()})


class _Behind(dict[str, tuple[str, ...]]):
    """A dictionary that is never changed after it is made."""

    __slots__ = ()


@query
def _run_by(project: Project, test: str) -> tuple[str, ...]:
    """The functions of the tests that run for a test: itself, its fixtures, and the helpers that these call."""
    found: dict[str, int] = {}
    waiting = [(key, 0) for start in (test, *fixtures_of(project, test)) for key in with_nested(project, start)]
    while waiting:
        key, depth = waiting.pop()
        if key in found or depth > _MAX_DEPTH:
            continue
        found[key] = depth
        for target in _called(project, key):
            waiting.extend((inner, depth + 1) for inner in with_nested(project, target))
    return tuple(sorted(found))


def _called(project: Project, key: str) -> Iterator[str]:
    """The helpers that a function of the tests calls by name, methods of its own class included: no types are needed for that."""
    body, function = project.get(Body, key), project.get(Function, key)
    names = (
        {name for call, *_ in body.raw_calls if (name := dotted(call[1])) is not None} if body is not None else set()
    )
    for name in sorted(names):
        if name.startswith("self.") and function is not None and function.cls:
            target = class_attribute(project, f"{function.path}:{function.cls}", name[5:])
        else:
            target = resolve(project, key, name)
        if target is not None and ":" in target and project.get(Function, target) is not None:
            if is_test(project, target.partition(":")[0]):
                yield target


# ---------------------------------------------------------------------------------------------------------- overrides


@query
def overrides(project: Project) -> tuple[Override, ...]:
    """What the tests put in the place of providers, in order of path."""
    return tuple(
        dict.fromkeys(
            found
            for path in project.files()
            if path.endswith(".py") and is_test(project, path)
            for body in project.of_file(Body, path)
            for found in _overrides(project, body)
        )
    )


def _overrides(project: Project, body: Body) -> Iterator[Override]:
    for statement in ir.statements(body.statements):
        if statement[0] == "assign":
            for target in statement[1]:
                if ir.is_a(target, "item") and _is_table(target[1]):  # app.dependency_overrides[get_db] = fake
                    yield from _pair(project, body, target[2], statement[2])
                elif _is_table(target):  # app.dependency_overrides = {get_db: fake}
                    yield from _pairs(project, body, statement[2])
        elif statement[0] == "aug" and _is_table(statement[1]):
            yield from _pairs(project, body, statement[3])
    for call, *_ in body.raw_calls:
        owner, _, method = (dotted(call[1]) or "").rpartition(".")
        if method == "update" and _is_table(owner) and call[2]:
            yield from _pairs(project, body, call[2][0])
        elif method == "setdefault" and _is_table(owner) and len(call[2]) > 1:
            yield from _pair(project, body, call[2][0], call[2][1])
        elif method == "setitem" and len(call[2]) > 2 and _is_table(call[2][0]):  # monkeypatch.setitem(overrides, a, b)
            yield from _pair(project, body, call[2][1], call[2][2])
        elif method == "dict" and len(call[2]) > 1 and _is_table(call[2][0]):  # patch.dict(overrides, {a: b})
            yield from _pairs(project, body, call[2][1])
        elif method == "override" and call[2]:  # container.orders.override(fake)
            first, _, rest = owner.partition(".")
            kind = Typing(project, body.key).name(first, call[4])
            provider = container_provider(project, kind[1], rest) if kind is not None and kind[0] == "inst" else None
            if provider is not None:
                yield Override(provider, _replacement(project, body, call[2][0]), body.key)


def _is_table(e: Expr | None) -> bool:
    return e is not None and ir.last_name(e) == "dependency_overrides"


def _pairs(project: Project, body: Body, e: Expr) -> Iterator[Override]:
    for key, value in e[1] if ir.is_a(e, "dict") else ():
        if key is not None:
            yield from _pair(project, body, key, value)


def _pair(project: Project, body: Body, key: Expr, value: Expr) -> Iterator[Override]:
    name = dotted(key)
    provider = resolve(project, body.key, name) if name is not None else None
    if provider is not None:
        yield Override(provider, _replacement(project, body, value), body.key)


def _replacement(project: Project, body: Body, value: Expr) -> str | None:
    name = dotted(value[1]) if ir.is_a(value, "call") else dotted(value)
    return resolve(project, body.key, name) if name is not None else None
