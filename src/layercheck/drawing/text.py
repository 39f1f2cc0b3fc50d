"""A graph as text for other programs to draw: Mermaid (https://mermaid.js.org/syntax/flowchart.html) and DOT
(https://graphviz.org/doc/info/lang.html)."""

from __future__ import annotations

from typing import Any

RED = "#c0392b"


def mermaid(graph: dict[str, Any]) -> str:
    """A Mermaid flowchart; edges that a rule objects to are red and say which."""
    names = {node["id"]: f"n{i}" for i, node in enumerate(graph["nodes"])}
    lines = ["flowchart TD"]
    for layer, nodes in clusters(graph):
        indent = "  "
        if layer:
            lines.append(f'  subgraph {_word(layer)} ["{layer}"]')
            indent = "    "
        for node in nodes:
            lines.append(f'{indent}{names[node["id"]]}["{_quoted(caption(node))}"]')
        if layer:
            lines.append("  end")
    red = []
    for i, edge in enumerate(graph["edges"]):
        lines.append(f'  {names[edge["from"]]} -->|"{edge_caption(edge)}"| {names[edge["to"]]}')
        if edge["violations"]:
            red.append(str(i))
    if red:
        lines.append(f"  linkStyle {','.join(red)} stroke:{RED},color:{RED},stroke-width:2px")
    bad = [names[node["id"]] for node in graph["nodes"] if violations_in(node)]
    if bad:
        lines += [f"  classDef bad stroke:{RED},stroke-width:2px", f"  class {','.join(bad)} bad"]
    return "\n".join(lines) + "\n"


def dot(graph: dict[str, Any]) -> str:
    """A DOT digraph; edges that a rule objects to are red and say which."""
    lines = [
        "digraph layercheck {",
        "  rankdir=TB;",
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
    ]
    for i, (layer, nodes) in enumerate(clusters(graph)):
        if layer:
            lines += [f"  subgraph cluster_{i} {{", f"    label={_string(layer)};"]
        for node in nodes:
            color = f', color="{RED}", penwidth=2' if violations_in(node) else ""
            lines.append(f"    {_string(node['id'])} [label={_string(caption(node))}{color}];")
        if layer:
            lines.append("  }")
    for edge in graph["edges"]:
        color = f', color="{RED}", fontcolor="{RED}", penwidth=2' if edge["violations"] else ""
        lines.append(
            f"  {_string(edge['from'])} -> {_string(edge['to'])} [label={_string(edge_caption(edge))}{color}];"
        )
    return "\n".join([*lines, "}"]) + "\n"


def clusters(graph: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The nodes by layer, where a node is a part of one; else all of them under the name ''."""
    if graph["by"] not in ("cell", "module"):
        return [("", graph["nodes"])]
    found: dict[str, list[dict[str, Any]]] = {}
    for node in graph["nodes"]:
        found.setdefault(node["layer"], []).append(node)
    return list(found.items())


def caption(node: dict[str, Any]) -> str:
    """What a box says: its name, and how many modules it stands for."""
    count = len(node["modules"])
    return f"{node['label']} ({count})" if count > 1 or node["id"] != node["modules"][0]["path"] else str(node["label"])


def edge_caption(edge: dict[str, Any]) -> str:
    """What an arrow says: the number of imports, and the codes of the rules that object."""
    codes = sorted({v["code"] for v in edge["violations"]})
    return " ".join([str(len(edge["imports"])), *codes])


def violations_in(node: dict[str, Any]) -> int:
    """How many findings stand at the modules of a node."""
    return sum(len(module["violations"]) for module in node["modules"])


def _word(text: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in text)


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
