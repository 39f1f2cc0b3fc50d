"""A graph as one HTML page: no server, no network; click a box or an arrow to see what is behind it."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from typing import Any

from layercheck.drawing.svg import svg


def page(title: str, graphs: list[dict[str, Any]]) -> str:
    """The page with a tab for each graph (the same project grouped differently) and a panel for what is clicked."""
    tabs = "".join(
        f'<button type="button" role="tab" data-tab="{g["by"]}" aria-selected="{"true" if i == 0 else "false"}">by {g["by"]}</button>'
        for i, g in enumerate(graphs)
    )
    pictures = "".join(
        f'<div class="view" data-view="{g["by"]}"{"" if i == 0 else " hidden"}>{svg(g)}</div>'
        for i, g in enumerate(graphs)
    )
    # A "<" in the data could end or confuse the script element around it (HTML Living Standard, 4.12.1.3).
    modules = {m["path"]: m for g in graphs for node in g["nodes"] for m in node["modules"]}
    views = {
        g["by"]: {**g, "nodes": [{**n, "modules": [m["path"] for m in n["modules"]]} for n in g["nodes"]]}
        for g in graphs
    }
    data = json.dumps({"modules": modules, "views": views}, separators=(",", ":")).replace("<", "\\u003c")
    template = files("layercheck.drawing").joinpath("page.html").read_text(encoding="utf-8")
    return (
        template.replace("@TITLE@", escape(title))
        .replace("@TABS@", tabs)
        .replace("@PICTURES@", pictures)
        .replace("@DATA@", data)
    )
