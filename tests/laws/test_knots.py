"""Questions that depend on each other in circles: right, whoever asks first, and after any edit that ties or cuts a knot."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layercheck.facts.rows import Module
from layercheck.project import Project, query
from layercheck.source import extract
from support import project_of

SIZE = 7
Graph = dict[int, tuple[tuple[int, ...], bool]]
"""Module -> (what it imports, whether it binds a name of its own)."""

nodes = st.tuples(st.lists(st.integers(0, SIZE - 1), max_size=3, unique=True).map(tuple), st.booleans())
graphs = st.fixed_dictionaries(dict.fromkeys(range(SIZE), nodes))


def text(graph: Graph, number: int) -> str:
    imports, named = graph[number]
    return "".join(f"import m{i}\n" for i in imports) + (f"v{number} = 1\n" if named else "")


def files(graph: Graph) -> dict[str, str]:
    return {f"m{number}.py": text(graph, number) for number in graph}


@query(bottom=frozenset())
def reachable(project: Project, path: str) -> frozenset[str]:
    """The names of a module and of everything that it imports."""
    module = project.get(Module, f"{path}:")
    if module is None:
        return frozenset()
    found = {name for name, _, _ in module.names}
    for entry in module.imports:
        found |= reachable(project, f"{entry.module}.py")
    return frozenset(found)


@query
def first(project: Project, path: str) -> str | None:
    """The first name that the imports of a module give, else its own: not monotone, as questions about types are."""
    module = project.get(Module, f"{path}:")
    if module is None:
        return None
    for entry in module.imports:
        found = first(project, f"{entry.module}.py")
        if found is not None:
            return found
    return next((name for name, _, _ in module.names), None)


@query
def size(project: Project, path: str) -> int:
    """Something outside the knots that reads them."""
    return len(reachable(project, path)) + (first(project, path) is not None)


def closure(graph: Graph, start: int) -> frozenset[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for other in graph[waiting.pop()][0]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return frozenset(f"v{i}" for i in seen if graph[i][1])


@given(graph=graphs, data=st.data())
def test_knots_after_edits(graph: Graph, data: st.DataObject) -> None:
    project = project_of(files(graph))
    for _ in range(data.draw(st.integers(1, 4))):
        for number in data.draw(st.permutations(range(SIZE))):
            assert reachable(project, f"m{number}.py") == closure(graph, number)
            assert size(project, f"m{number}.py") in (len(closure(graph, number)), len(closure(graph, number)) + 1)
        for number in data.draw(st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=3)):
            graph = {**graph, number: data.draw(nodes)}
            project.replace(f"m{number}.py", extract(f"m{number}.py", text(graph, number).encode()).rows)
        for number in data.draw(st.lists(st.integers(0, SIZE - 1), max_size=3)):
            assert reachable(project, f"m{number}.py") == closure(graph, number)


@given(graph=graphs, data=st.data())
def test_knots_that_are_not_monotone(graph: Graph, data: st.DataObject) -> None:
    project = project_of(files(graph))
    for _ in range(data.draw(st.integers(1, 3))):
        fresh = project_of(files(graph))
        expected = {number: first(fresh, f"m{number}.py") for number in range(SIZE)}
        assert {n: first(project, f"m{n}.py") for n in data.draw(st.permutations(range(SIZE)))} == expected
        number = data.draw(st.integers(0, SIZE - 1))
        graph = {**graph, number: data.draw(nodes)}
        project.replace(f"m{number}.py", extract(f"m{number}.py", text(graph, number).encode()).rows)
        if data.draw(st.booleans()):
            size(project, f"m{data.draw(st.integers(0, SIZE - 1))}.py")


@given(graph=graphs)
def test_a_knot_costs_a_few_rounds(graph: Graph) -> None:
    project = project_of(files({i: (tuple(range(SIZE)), graph[i][1]) for i in graph}))
    reachable(project, "m0.py")
    assert project.asked <= SIZE * 6
