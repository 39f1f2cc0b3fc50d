"""Which modules import each other in a loop while they are being imported, and which imports a smallest cut would remove.

DESIGN: edges are the imports that run when a module is first imported: not those in functions, under `TYPE_CHECKING`, in a `try`
or under `if __name__ == "__main__"`. Loops are strongly connected components (Tarjan, 1972). A cut must take an edge of every
loop, so the search goes along the edges of a shortest loop: exact for cuts of up to three imports of a small component, greedy beyond.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Function, Import, Imports
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_application
from layercheck.queries.imports import imports_meant
from layercheck.queries.layers import layer_of, points_outward
from layercheck.tuples import NamedTuple

Graph = Mapping[str, frozenset[str]]
Edge = tuple[str, str]
_EXACT = 3
"""The largest cut that is looked for exactly, ..."""
_EXACT_EDGES = 80
"""... in graphs of at most so many edges."""


class Cycle(NamedTuple):
    """Modules that reach each other by imports (a strongly connected component)."""

    members: tuple[str, ...]
    """The files, sorted."""
    cut: tuple[Edge, ...]
    """The (importer, imported) pairs of a smallest cut; the one to begin with first."""
    loop: tuple[str, ...]
    """The files of a shortest loop through the first pair of the cut, from its importer on."""


def import_time_imports(project: Project, path: str) -> tuple[tuple[Import, str], ...]:
    """The imports of a file that run when it is imported, each with the project file that it names, in source order.

    `from package import name` names the submodule where the name is one, else the package's __init__.
    """
    module = project.imports_in(path)
    if module is None:
        return ()
    skipped = _only_as_main(project, module)
    out = []
    for entry, meant in zip(module.imports, imports_meant(project, path), strict=True):
        if entry.type_checking or entry.guarded or entry.at in skipped or _in_function(project, path, entry.scope):
            continue
        target = meant.symbol
        if entry.name is None or target is None or not target.endswith(":"):
            target = meant.module
        if target is not None and ":" in target and not target.endswith("//:") and target != f"{path}:":
            out.append((entry, target[:-1]))
    return tuple(out)


def _in_function(project: Project, path: str, scope: str) -> bool:
    """Whether a scope is a function or lies in one; class bodies run at import."""
    while scope:
        if project.get(Function, f"{path}:{scope}") is not None:
            return True
        scope = scope.rpartition(".")[0]
    return False


def _only_as_main(project: Project, module: Imports) -> frozenset[int]:
    """The ordinals of the import statements under `if __name__ == "__main__"`."""
    if not module.main_guard:
        return frozenset()
    body = project.get(Body, module.key)
    guarded: set[int] = set()
    for statement in body.statements if body is not None else ():
        if statement[0] == "if" and any(_tests_main(test) for test, _ in statement[1]):
            guarded.update(s[-1] for s in ir.statements((statement,)) if s[0] == "import")
    own = dict.fromkeys(entry.at for entry in module.imports if not entry.scope)
    statements = [s[-1] for s in ir.statements(body.statements) if s[0] == "import"] if body is not None else []
    return frozenset(at for at, ordinal in zip(own, statements, strict=False) if ordinal in guarded)


def _tests_main(test: ir.Expr) -> bool:
    return ir.is_a(test, "cmp") and test[1] == "__name__"


@query
def import_time_targets(project: Project, path: str) -> frozenset[str]:
    """The application files that a file imports when it is imported."""
    return frozenset(t for _, t in import_time_imports(project, path) if t != path and is_application(project, t))


@query
def import_cycles(project: Project) -> tuple[Cycle, ...]:
    """Every set of application modules that import each other in a loop, sorted by their first file."""
    graph = {
        path: import_time_targets(project, path)
        for path in project.files()
        if path.endswith(".py") and is_application(project, path)
    }
    importers = Counter(target for targets in graph.values() for target in targets)
    found = [_cycle(project, _within(graph, members), importers) for members in components(graph)]
    return tuple(sorted(found))


def _cycle(project: Project, graph: Graph, importers: Mapping[str, int]) -> Cycle:
    """Outward imports are cut first, then those of the module that more others stand on; a package's of its own modules last."""

    def preference(edge: Edge) -> tuple[bool, bool, bool, int, Edge]:
        inner, outer = (layer_of(project, path).name for path in edge)
        return (
            not points_outward(project, inner, outer),
            holds(edge[0], edge[1]),
            not holds(edge[1], edge[0]),
            importers[edge[1]] - importers[edge[0]],
            edge,
        )

    cut = sorted(smallest_cut(graph, preference), key=preference)
    return Cycle(tuple(sorted(graph)), tuple(cut), (cut[0][0], *_way(graph, cut[0][1], cut[0][0])[:-1]))


def holds(package: str, path: str) -> bool:
    """Whether a file is the __init__ of a package that holds another file, at any depth."""
    return package.endswith("/__init__.py") and path.startswith(package.removesuffix("__init__.py"))


def _within(graph: Graph, members: Iterable[str]) -> dict[str, frozenset[str]]:
    inside = frozenset(members)
    return {node: graph[node] & inside for node in inside}


def components(graph: Graph) -> list[tuple[str, ...]]:
    """The strongly connected components of more than one node, each sorted (Tarjan's algorithm, without recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found = []
    for start in sorted(graph):
        if start in index:
            continue
        work = [(start, iter(sorted(graph[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, following = work[-1]
            for target in following:
                if target not in graph:
                    continue
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(sorted(graph[target]))))
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    members: list[str] = []
                    while not members or members[-1] != node:
                        members.append(stack.pop())
                        on_stack.discard(members[-1])
                    if len(members) > 1:
                        found.append(tuple(sorted(members)))
    return found


def smallest_cut(graph: Graph, preference: Callable[[Edge], Any]) -> tuple[Edge, ...]:
    """A set of edges without which a graph has no loop; of equally small ones, edges of low preference."""
    small = sum(map(len, graph.values())) <= _EXACT_EDGES
    for size in range(1, _EXACT + 1 if small else 1):
        found = _cut_of(graph, preference, size)
        if found is not None:
            return found
    cut: list[Edge] = []
    rest = graph
    while (loop := _shortest_loop(rest)) is not None:
        edge = min(loop, key=lambda e: (_tangle(_without(rest, e)), preference(e)))
        cut.append(edge)
        rest = _without(rest, edge)
    return tuple(e for e in cut if components(_restored(graph, cut, e)))


def _cut_of(graph: Graph, preference: Callable[[Edge], Any], size: int) -> tuple[Edge, ...] | None:
    """A cut of at most `size` edges, or None: one of them lies on a shortest loop, whichever that is."""
    loop = _shortest_loop(graph)
    if loop is None:
        return ()
    if size == 0:
        return None
    for edge in sorted(loop, key=preference):
        found = _cut_of(_without(graph, edge), preference, size - 1)
        if found is not None:
            return (edge, *found)
    return None


def _without(graph: Graph, edge: Edge) -> Graph:
    return {**graph, edge[0]: graph[edge[0]] - {edge[1]}}


def _restored(graph: Graph, cut: Iterable[Edge], edge: Edge) -> Graph:
    """The graph without a cut, but with one of its edges."""
    rest = graph
    for other in cut:
        if other != edge:
            rest = _without(rest, other)
    return rest


def _tangle(graph: Graph) -> int:
    """How much is still tied up in loops: edges inside components."""
    return sum(len(graph[node] & frozenset(members)) for members in components(graph) for node in members)


def _shortest_loop(graph: Graph) -> tuple[Edge, ...] | None:
    """The edges of a shortest loop, the first by name of equals; None when there is none."""
    best: tuple[str, ...] | None = None
    for members in components(graph):
        inside = _within(graph, members)
        for node in members:
            for target in sorted(inside[node]):
                way = _way(inside, target, node)
                if best is None or len(way) < len(best):
                    best = way
                if len(best) == 2:
                    return tuple(itertools.pairwise((best[-1], *best)))
    return tuple(itertools.pairwise((best[-1], *best))) if best is not None else None


def _way(graph: Graph, start: str, goal: str) -> tuple[str, ...]:
    """The nodes of a shortest way, both ends included; () when there is none."""
    before: dict[str, str] = {start: ""}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        if node == goal:
            way = [node]
            while before[way[-1]]:
                way.append(before[way[-1]])
            return tuple(reversed(way))
        for target in sorted(graph[node]):
            if target not in before:
                before[target] = node
                queue.append(target)
    return ()
