"""Effects over random call graphs with cycles: right by an independent count, the same whoever asks first, and after any edits."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from layercheck.queries.effects import chain, effect_of, effects
from support import engine_of, project_of

SIZE = 9
MODULES = 3
Graph = dict[int, tuple[tuple[int, str], ...]]
"""Function -> its calls: (other function, how); other == -1 is a query of its own, -2 a sleep."""

HOW = ("plain", "loop", "branch", "return", "name")
functions = st.integers(-2, SIZE - 1)
calls = st.lists(st.tuples(functions, st.sampled_from(HOW)), max_size=3).map(tuple)
graphs = st.fixed_dictionaries(dict.fromkeys(range(SIZE), calls))


def module(function: int) -> str:
    return f"shop/part{function % MODULES}.py"


def statement(function: int, how: str) -> str:
    called = {-1: "session.execute(select(1))", -2: "time.sleep(1)"}.get(function, f"f{function}(session)")
    return {
        "plain": f"    {called}",
        "loop": f"    for _ in range(9):\n        {called}",
        "branch": f"    if session.new:\n        pass\n    elif session.dirty:\n        {called}",
        "return": f"    return {called}",
        "name": f"    value = [{called}, 1]",
    }[how]


def text(graph: Graph, number: int) -> str:
    lines = ["import time", "from sqlalchemy import select", "from sqlalchemy.orm import Session"]
    lines += [f"from shop.part{i % MODULES} import f{i}" for i in graph if i % MODULES != number]
    for i, body in graph.items():
        if i % MODULES == number:
            lines += ["", "", f"def f{i}(session: Session):"]
            lines += [statement(*call) for call in body] or ["    pass"]
    return "\n".join(lines) + "\n"


def files(graph: Graph) -> dict[str, str]:
    return {f"shop/part{number}.py": text(graph, number) for number in range(MODULES)}


def key(function: int) -> str:
    return f"{module(function)}:f{function}"


def distances(graph: Graph, goal: int, *, outside_loops: bool = False) -> dict[int, int]:
    """How many calls away each function is from one that does `goal` itself: breadth first, backwards."""
    edges = {i: {c for c, how in body if not (outside_loops and how == "loop")} for i, body in graph.items()}
    found = {i: 0 for i in graph if goal in edges[i]}
    queue = deque(found)
    while queue:
        here = queue.popleft()
        for caller in graph:
            if caller not in found and here in edges[caller]:
                found[caller] = found[here] + 1
                queue.append(caller)
    return found


@given(graph=graphs, order=st.permutations(range(SIZE)))
def test_effects_are_those_of_the_graph(graph: Graph, order: list[int]) -> None:
    project = project_of(files(graph))
    for function in order:
        for name, goal, outside in (("sql", -1, False), ("block", -2, False), ("sql-once", -1, True)):
            near = distances(graph, goal, outside_loops=outside)
            effect = effect_of(project, key(function), name)
            if name == "block":  # a synchronous query blocks too
                also = distances(graph, -1)
                near = {i: min(near.get(i, 99), also.get(i, 99)) for i in {*near, *also}}
            assert (effect.depth if effect else None) == near.get(function)
            if effect is not None:
                steps = chain(project, key(function), effect)
                assert len(steps) == effect.depth + 1
                assert project.span(steps[-1].where).line > 3


@given(graph=graphs, data=st.data())
def test_edited_graphs(graph: Graph, data: st.DataObject) -> None:
    engine = engine_of(files(graph), codes=["LC601", "LC901"])
    for _ in range(3):
        for function in data.draw(st.lists(st.integers(0, SIZE - 1), max_size=3)):
            effects(engine.project, key(function))
        graph = {**graph, data.draw(st.integers(0, SIZE - 1)): data.draw(calls)}
        for path, content in files(graph).items():
            engine.update(path, content)
        fresh = engine_of(files(graph), codes=["LC601", "LC901"])
        for function in data.draw(st.permutations(range(SIZE))):
            assert effects(engine.project, key(function)) == effects(fresh.project, key(function))
        assert engine.findings_all() == fresh.findings_all()
