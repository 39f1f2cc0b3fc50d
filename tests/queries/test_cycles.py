"""Smallest cuts of import cycles, against brute force on small random graphs."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from layercheck.queries.cycles import Edge, Graph, components, import_cycles, smallest_cut
from support import project_of

NODES = "abcde"
EDGES = [(a, b) for a in NODES for b in NODES if a != b]


def graph_of(edges: list[Edge]) -> Graph:
    return {node: frozenset(b for a, b in edges if a == node) for node in NODES}


def without(graph: Graph, cut: tuple[Edge, ...]) -> Graph:
    return {a: frozenset(b for b in targets if (a, b) not in cut) for a, targets in graph.items()}


def by_name(edge: Edge) -> Edge:
    return edge


@given(st.lists(st.sampled_from(EDGES), unique=True, max_size=12))
def test_a_cut_is_smallest_and_leaves_no_loop(edges: list[Edge]) -> None:
    graph = graph_of(edges)
    cut = smallest_cut(graph, by_name)
    assert not components(without(graph, cut))
    for size in range(min(len(cut), 4)):
        smaller = [c for c in itertools.combinations(edges, size) if not components(without(graph, c))]
        assert not smaller, f"{smaller[0]} suffices"
    assert len(set(cut)) == len(cut)


@given(st.lists(st.sampled_from(EDGES), unique=True))
def test_components_are_the_nodes_that_reach_each_other(edges: list[Edge]) -> None:
    graph = graph_of(edges)
    reach = {node: {node} for node in NODES}
    for _ in NODES:
        for a, b in edges:
            reach[a] |= reach[b]
    wanted = {tuple(sorted(b for b in reach[a] if a in reach[b])) for a in NODES}
    assert set(components(graph)) == {members for members in wanted if len(members) > 1}


def test_of_equally_small_cuts_the_preferred_one() -> None:
    graph = graph_of([("a", "b"), ("b", "a")])
    assert smallest_cut(graph, by_name) == (("a", "b"),)
    assert smallest_cut(graph, lambda edge: edge[::-1]) == (("b", "a"),)


def test_a_long_loop_is_one_cycle() -> None:
    size = 300
    files = {f"app/m{n}.py": f"import app.m{(n + 1) % size}\n" for n in range(size)}
    (cycle,) = import_cycles(project_of(files))
    assert len(cycle.members) == len(cycle.loop) == size
    assert len(cycle.cut) == 1
