"""Where boxes go: rows from the outside of a system to its inside, wrapped to a readable width.

Layers have fixed rows. Other graphs get the rows of a layered drawing (Sugiyama, Tagawa, Toda 1981): strongly connected
components are made one, each lies one row below the lowest that imports it, and boxes are ordered by the middle of their neighbours.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

from layercheck.drawing.text import caption
from layercheck.queries.cycles import components
from layercheck.tuples import NamedTuple
from layercheck.views.graph import LAYERS

_CHARACTER = 7.4
_HEIGHT = 40
_GAP = 28
_ROW = 84
_WIDTH = 1180
_ASIDE = (0, 300, -180, 200, -320, 330, -60)
"""How far each layer's only box stands off the middle, so that arrows that pass a layer over do not run through it."""


class Box(NamedTuple):
    """A node's rectangle, in pixels."""

    x: float
    y: float
    width: float
    height: float


class Layout(NamedTuple):
    """The boxes by node id, the label of each band of rows with its top and bottom, and the size of it all."""

    boxes: dict[str, Box]
    bands: tuple[tuple[str, float, float], ...]
    width: float
    height: float


def layout(graph: dict[str, Any]) -> Layout:
    """Place the nodes of a graph."""
    by_layer = graph["by"] != "domain"
    ranks = {node["id"]: LAYERS.index(node["layer"]) for node in graph["nodes"]} if by_layer else _ranks(graph)
    rows: dict[int, list[dict[str, Any]]] = {}
    for node in graph["nodes"]:
        rows.setdefault(ranks[node["id"]], []).append(node)
    order = _ordered(graph, [rows[r] for r in sorted(rows)])
    boxes: dict[str, Box] = {}
    bands = []
    top = 20.0
    left = 130.0 if by_layer and graph["by"] != "layer" else 20.0
    for rank, row in zip(sorted(rows), order, strict=True):
        start = top
        for line in _wrapped(row, _WIDTH - left):
            widths = [_box_width(node) for node in line]
            x = left + max(0.0, (_WIDTH - left - sum(widths) - _GAP * (len(line) - 1)) / 2)
            x += _ASIDE[rank] if graph["by"] == "layer" else 0
            for node, width in zip(line, widths, strict=True):
                boxes[node["id"]] = Box(x, top, width, _HEIGHT)
                x += width + _GAP
            top += _ROW
        if left > 20:
            bands.append((LAYERS[rank], start - 12, top - _ROW + _HEIGHT + 12))
        top += 16
    return Layout(boxes, tuple(bands), _WIDTH + 20, max(top, 60))


def _box_width(node: dict[str, Any]) -> float:
    return max(80.0, len(caption(node)) * _CHARACTER + 24)


def _wrapped(row: list[dict[str, Any]], width: float) -> list[list[dict[str, Any]]]:
    lines: list[list[dict[str, Any]]] = [[]]
    used = 0.0
    for node in row:
        need = _box_width(node) + _GAP
        if lines[-1] and used + need > width:
            lines.append([])
            used = 0.0
        lines[-1].append(node)
        used += need
    return lines


def _ordered(graph: dict[str, Any], rows: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """Rows sorted by the mean place of their neighbours in the row above (barycentre heuristic), two sweeps."""
    near: dict[str, list[str]] = {}
    for edge in graph["edges"]:
        near.setdefault(edge["from"], []).append(edge["to"])
        near.setdefault(edge["to"], []).append(edge["from"])
    place = {node["id"]: float(i) for row in rows for i, node in enumerate(row)}
    for _ in range(2):
        for i, row in enumerate(rows):
            middle = {
                node["id"]: _mean([place[n] for n in near.get(node["id"], ()) if n in place], place[node["id"]])
                for node in row
            }
            rows[i] = sorted(row, key=lambda node, middle=middle: (middle[node["id"]], node["id"]))  # type: ignore[misc]
            place.update({node["id"]: float(j) for j, node in enumerate(rows[i])})
    return rows


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _ranks(graph: dict[str, Any]) -> dict[str, int]:
    """The longest way from a root to each node, in the graph of strongly connected components."""
    follows = {
        node["id"]: frozenset(e["to"] for e in graph["edges"] if e["from"] == node["id"]) for node in graph["nodes"]
    }
    home = {node: node for node in follows}
    for members in components(follows):
        home.update(dict.fromkeys(members, members[0]))
    importers: dict[str, set[str]] = {home[node]: set() for node in follows}
    for source, targets in follows.items():
        for target in targets:
            if home[source] != home[target]:
                importers[home[target]].add(home[source])
    rank: dict[str, int] = {}
    for node in TopologicalSorter(importers).static_order():
        rank[node] = max((rank[above] + 1 for above in importers[node]), default=0)
    return {node: rank[home[node]] for node in follows}
