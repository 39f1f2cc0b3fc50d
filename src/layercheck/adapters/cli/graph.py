"""`layercheck graph`: layers and domains as a picture, with what the rules object to in red."""

from __future__ import annotations

import json
import os
from typing import Any

import click

from layercheck.adapters.cli.clicked import project_options
from layercheck.adapters.cli.common import engine_for, fail, settings_for
from layercheck.drawing.page import page
from layercheck.drawing.svg import svg
from layercheck.drawing.text import dot, mermaid
from layercheck.views.graph import GROUPINGS
from layercheck.views.graph import graph as make_graph

_LARGE = 400
"""Above so many nodes a picture of every module helps nobody; the page leaves that tab out."""


@click.command()
@click.argument("path", default=".")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["mermaid", "dot", "svg", "html", "json"]),
    default="mermaid",
    show_default=True,
)
@click.option(
    "--by",
    type=click.Choice(GROUPINGS),
    default="layer",
    show_default=True,
    help="What a box stands for; a cell is a domain's part of one layer. The page has all of them.",
)
@click.option("--output-file", "-o", metavar="FILE", help="Write there instead of to standard output.")
@project_options
def graph(path: str, format_: str, by: str, output_file: str | None, **options: Any) -> None:
    """Draw the layers and domains of a project; imports that a rule of architecture (LC1) objects to are red."""
    if not os.path.exists(path):
        fail(f"{path}: no such file or folder")
    settings = settings_for((path,), options["config_file"], options["isolated"], {"select": ("LC1",)})
    engine = engine_for(settings, options)
    engine.load()  # the findings may be remembered; what is drawn is not
    findings = [f for f in engine.findings_all() if f.code.startswith("LC1")]
    if format_ == "html":
        graphs = [make_graph(engine.project, findings, kind) for kind in GROUPINGS]
        graphs = [g for g in graphs if g["by"] != "module" or len(g["nodes"]) <= _LARGE]
        text = page(f"{os.path.basename(os.path.abspath(settings.root))}: structure", graphs)
    else:
        made = make_graph(engine.project, findings, by)
        text = (
            json.dumps(made, indent=1) + "\n"
            if format_ == "json"
            else {"mermaid": mermaid, "dot": dot, "svg": svg}[format_](made)
        )
    if output_file is None:
        click.echo(text, nl=False)
        return
    try:
        with open(output_file, "w", encoding="utf-8", newline="\n") as handle:
            handle.write(text)
    except OSError as error:
        fail(f"{output_file}: {error.strerror}")
