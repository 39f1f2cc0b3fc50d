"""A graph as SVG 1.1, without any other program."""

from __future__ import annotations

import math
from html import escape
from typing import Any

from layercheck.drawing.layout import Box, layout
from layercheck.drawing.text import caption, edge_caption, violations_in

_STYLE = """
.lc-box{fill:#fff;stroke:#34495e;stroke-width:1.2}.lc-node text{font:13px sans-serif;fill:#1c2833;text-anchor:middle}
.lc-node.bad .lc-box{stroke:#c0392b;stroke-width:2}.lc-edge path{fill:none;stroke:#7f8c8d;opacity:.55}
.lc-edge text{font:10px sans-serif;fill:#566573;text-anchor:middle}
.lc-edge.bad path{stroke:#c0392b;opacity:1}.lc-edge.bad text{fill:#c0392b;font-weight:bold}
.lc-band{fill:#f4f6f7}.lc-band-name{font:bold 12px sans-serif;fill:#7f8c8d}
""".strip()


def svg(graph: dict[str, Any]) -> str:
    """The picture; every box and arrow has a title that says what it stands for."""
    plan = layout(graph)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lc-graph" data-by="{graph["by"]}" role="img" aria-label="structure by {graph["by"]}"'
        f' viewBox="0 0 {plan.width:.0f} {plan.height:.0f}" width="{plan.width:.0f}" height="{plan.height:.0f}">',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="lc-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#7f8c8d"/></marker>'
        '<marker id="lc-bad" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#c0392b"/></marker></defs>',
    ]
    for name, top, bottom in plan.bands:
        out.append(
            f'<rect class="lc-band" x="8" y="{top:.1f}" width="{plan.width - 16:.1f}" height="{bottom - top:.1f}"/>'
        )
        out.append(f'<text class="lc-band-name" x="16" y="{(top + bottom) / 2 + 4:.1f}">{escape(name)}</text>')
    # What a rule objects to is drawn last, so that nothing covers it.
    for edge in sorted(graph["edges"], key=lambda e: bool(e["violations"])):
        out.append(_edge(edge, plan.boxes[edge["from"]], plan.boxes[edge["to"]]))
    for node in graph["nodes"]:
        out.append(_node(node, plan.boxes[node["id"]]))
    return "\n".join([*out, "</svg>"]) + "\n"


def _node(node: dict[str, Any], box: Box) -> str:
    bad = violations_in(node)
    title = f"{node['label']}: {len(node['modules'])} modules" + (f", {bad} findings" if bad else "")
    return (
        f'<g class="lc-node{" bad" if bad else ""}" data-id="{escape(node["id"])}" tabindex="0"><title>{escape(title)}</title>'
        f'<rect class="lc-box" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height}" rx="6"/>'
        f'<text x="{box.x + box.width / 2:.1f}" y="{box.y + box.height / 2 + 4:.1f}">{escape(caption(node))}</text></g>'
    )


def _edge(edge: dict[str, Any], source: Box, target: Box) -> str:
    bad = bool(edge["violations"])
    (x1, y1), (x2, y2), bend = _ends(source, target)
    width = 1 + min(4.0, math.log2(len(edge["imports"])) / 2)
    label = edge_caption(edge)
    title = f"{edge['from']} imports {edge['to']}: {label}"
    return (
        f'<g class="lc-edge{" bad" if bad else ""}" data-from="{escape(edge["from"])}" data-to="{escape(edge["to"])}" tabindex="0">'
        f"<title>{escape(title)}</title>"
        f'<path d="M{x1:.1f} {y1:.1f}C{x1 + bend[0]:.1f} {y1 + bend[1]:.1f} {x2 + bend[2]:.1f} {y2 + bend[3]:.1f} {x2:.1f} {y2:.1f}"'
        f' stroke-width="{width:.1f}" marker-end="url(#{"lc-bad" if bad else "lc-tip"})"/>'
        f'<text x="{(x1 + x2) / 2 + (bend[0] + bend[2]) * 0.375:.1f}" y="{(y1 + y2) / 2 + (bend[1] + bend[3]) * 0.375 - 3:.1f}">'
        f"{escape(label)}</text></g>"
    )


def _ends(
    source: Box, target: Box
) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float, float, float]]:
    """Start, end and the offsets of the two control points: straight down, back up at the side, or over a row."""
    sx, tx = source.x + source.width / 2, target.x + target.width / 2
    if target.y > source.y:
        reach = max(24.0, (target.y - source.y) / 3)
        aside = 10.0
        return (sx + aside, source.y + source.height), (tx + aside, target.y), (0, reach, 0, -reach)
    if target.y < source.y:
        side = 60.0 if tx >= sx else -60.0
        return (sx - 10, source.y), (tx - 10, target.y + target.height), (side, -40, side, 40)
    if tx > sx:
        return (sx, source.y), (tx, target.y), (20, -30, -20, -30)
    return (sx, source.y + source.height), (tx, target.y + target.height), (-20, 26, 20, 26)
