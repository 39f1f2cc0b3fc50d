"""`layercheck layers`, `routes`, `deps` and `why`: what layercheck sees in a project."""

from __future__ import annotations

import json
from typing import Any

import click

from layercheck.adapters.cli.clicked import project_options
from layercheck.adapters.cli.common import fail, loaded_engine
from layercheck.queries.file_kinds import is_composition_root
from layercheck.queries.layers import fits, layer_of
from layercheck.queries.modules import module_name
from layercheck.views.deps import dependency_tree, find_functions
from layercheck.views.routes import routes as list_routes
from layercheck.views.why import effect_names
from layercheck.views.why import why as explain_effect


def _table(rows: list[tuple[str, ...]]) -> str:
    """Columns as wide as their widest cell."""
    if not rows:
        return ""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows
    )


def _markdown(rows: list[tuple[str, ...]]) -> str:
    escaped = [tuple(cell.replace("|", "\\|") for cell in row) for row in rows]
    head, *body = escaped
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in body)]
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("path", default=".")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@project_options
def layers(path: str, format_: str, **options: Any) -> None:
    """Show which layer every module is taken for, and why."""
    engine = loaded_engine(path, options)
    project = engine.project
    files = engine.files()
    for name, patterns in project.settings.layers.modules:
        for pattern in patterns:
            if not any(fits(project, file, pattern) for file in files):
                click.echo(f"layercheck: warning: layers.modules.{name}: no module is called {pattern!r}", err=True)
    out = []
    for file in files:
        layer = layer_of(project, file)
        out.append(
            {
                "module": module_name(project, file),
                "path": file,
                "layer": layer.name,
                "why": layer.why,
                "composition_root": is_composition_root(project, file),
            }
        )
    if format_ == "json":
        click.echo(json.dumps(out, indent=1))
    else:
        click.echo(_table([(str(o["module"]), str(o["layer"] or "-"), str(o["why"])) for o in out]), nl=False)


@click.command()
@click.argument("path", default=".")
@click.option(
    "--format", "format_", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True
)
@click.option("--unprotected", is_flag=True, help="Only routes that answer without credentials.")
@click.option("--writes", is_flag=True, help="Only routes that reach a database write.")
@click.option("--untested", is_flag=True, help="Only routes that no test requests.")
@project_options
def routes(path: str, format_: str, unprotected: bool, writes: bool, untested: bool, **options: Any) -> None:
    """Show every path operation: handler, authentication, statuses, effects, tests."""
    engine = loaded_engine(path, options)
    found = list_routes(engine.project, unprotected=unprotected, writes=writes, untested=untested)
    if format_ == "json":
        click.echo(json.dumps(found, indent=1))
        return
    rows: list[tuple[str, ...]] = [("METHOD", "PATH", "HANDLER", "AUTH", "STATUSES", "EFFECTS", "TESTS")]
    for r in found:
        auth = {True: "yes", False: "no", None: "?"}[r["auth"]]
        handler = f"{r['file']}:{r['line']} {r['handler'] or '(generated)'}"
        shown = r["path"] + ("" if r["mounted"] else "  (not mounted)")
        rows.append(
            (
                r["method"],
                shown,
                handler,
                auth,
                ",".join(map(str, r["statuses"])),
                ",".join(r["effects"]),
                str(len(r["tests"])),
            )
        )
    click.echo((_markdown if format_ == "markdown" else _table)(rows), nl=False)


@click.command()
@click.argument("handler")
@click.argument("path", default=".")
@click.option("--format", "format_", type=click.Choice(["tree", "json"]), default="tree", show_default=True)
@project_options
def deps(handler: str, path: str, format_: str, **options: Any) -> None:
    """Show what has to be solved before HANDLER runs. HANDLER is a name, Class.method or path:name."""
    engine = loaded_engine(path, options)
    keys = find_functions(engine.project, handler)
    if not keys:
        fail(f"no function is called {handler!r}")
    trees = [dependency_tree(engine.project, key) for key in keys]
    if format_ == "json":
        click.echo(json.dumps(trees, indent=1))
        return
    for tree in trees:
        click.echo(tree["handler"])
        _print_tree(tree["dependencies"], "  ")


def _print_tree(nodes: list[dict[str, Any]], indent: str) -> None:
    for node in nodes:
        if node["target"] is None:
            click.echo(f"{indent}? (cannot be resolved)")
            continue
        notes = [f"at the {node['from']}"] if node.get("from") not in (None, "parameter") else []
        notes += [text for text, on in (("yields", node.get("yields")), ("async", node.get("async"))) if on]
        if node.get("gives"):
            notes.append(f"gives {node['gives']}")
        if node.get("scheme"):
            notes.append(node["scheme"])
        if node.get("auth") not in (None, "no"):
            notes.append(f"auth: {node['auth']}")
        if node.get("effects"):
            notes.append(f"does {', '.join(node['effects'])}")
        if node.get("overridden"):
            notes.append(f"in tests: {', '.join(node['overridden'])}")
        click.echo(f"{indent}{node['target']}" + (f"  ({', '.join(notes)})" if notes else ""))
        _print_tree(node["dependencies"], indent + "  ")


@click.command()
@click.argument("function")
@click.argument("effect")
@click.argument("path", default=".")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@project_options
def why(function: str, effect: str, path: str, format_: str, **options: Any) -> None:
    """Show through which calls FUNCTION has EFFECT: db-read, db-write, commit, rollback, flush, blocking, http, hash."""
    engine = loaded_engine(path, options)
    keys = find_functions(engine.project, function)
    if not keys:
        fail(f"no function is called {function!r}")
    found = [entry for key in keys for entry in explain_effect(engine.project, key, effect)]
    if format_ == "json":
        click.echo(json.dumps(found, indent=1))
        return
    if not found:
        known = sorted({name for key in keys for name in effect_names(engine.project, key)})
        click.echo(f"{function} does not reach {effect!r}" + (f"; it reaches: {', '.join(known)}" if known else ""))
        return
    for entry in found:
        condition = f" (only if {', '.join(entry['only_if'])})" if entry["only_if"] else ""
        click.echo(f"{entry['function']} reaches {effect}{condition}")
        for number, step in enumerate(entry["steps"], 1):
            click.echo(f"  {number}. {step['path']}:{step['line']} {step['text']}")
