"""`layercheck tables`: the tables that the models declare."""

from __future__ import annotations

import json
from typing import Any

import click

from layercheck.adapters.cli.clicked import project_options
from layercheck.adapters.cli.common import loaded_engine
from layercheck.views.tables import tables as list_tables


@click.command()
@click.argument("path", default=".")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--all", "everything", is_flag=True, help="Also models that stand in migrations and tests.")
@project_options
def tables(path: str, format_: str, everything: bool, **options: Any) -> None:
    """Show every table of the models: columns, keys, indexes, constraints, relationships."""
    engine = loaded_engine(path, options)
    found = list_tables(engine.project, everything=everything)
    if format_ == "json":
        click.echo(json.dumps(found, indent=1))
        return
    for table in found:
        name = f"{table['schema']}.{table['name']}" if table["schema"] else table["name"]
        note = "" if table["complete"] else f"  (not all is known: {', '.join(table['gaps'])})"
        click.echo(f"{name or '?'}  {table['class'] or 'Table'}  {table['file']}:{table['line']}{note}")
        rows = [_row(c) for c in table["columns"]]
        widths = [max((len(r[i]) for r in rows), default=0) for i in range(3)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            click.echo(f"  {'  '.join(cells)}  {row[3]}".rstrip())
        for kind in ("indexes", "unique_constraints", "check_constraints"):
            for entry in table[kind]:
                click.echo(f"  {kind.removesuffix('es').removesuffix('s')}: {_constraint(entry)}")
        for r in table["relationships"]:
            many = {True: "many", False: "one", None: "?"}[r["uselist"]]
            click.echo(f"  relationship: {r['name']} -> {r['target'] or '?'} ({many}, lazy={r['lazy'] or '?'})")


def _row(column: dict[str, Any]) -> tuple[str, str, str, str]:
    nullable = {True: "null", False: "not null", None: "null?"}[column["nullable"]]
    notes = [
        word
        for flag, word in (("primary_key", "primary key"), ("unique", "unique"), ("index", "index"))
        if column[flag]
    ]
    notes += [f"-> {target}" for target in column["foreign_keys"]]
    notes += [f"{key}={column[key]}" for key in ("default", "server_default", "onupdate") if column[key] is not None]
    return column["name"], column["type"] or "?", nullable, ", ".join(notes)


def _constraint(entry: dict[str, Any]) -> str:
    if "text" in entry:
        return f"{entry['name'] or ''} {entry['text']}".strip()
    columns = ", ".join(c if c is not None else "<expression>" for c in entry["columns"])
    unique = " unique" if entry.get("unique") else ""
    return f"{entry['name'] or ''} ({columns}){unique}".strip()
