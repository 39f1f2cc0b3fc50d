"""`layercheck explain`, `rules` and `cache`: what layercheck knows of itself."""

from __future__ import annotations

import difflib
import json
import os

import click

from layercheck import docs
from layercheck.adapters.cli.common import fail
from layercheck.cache import default_folder
from layercheck.registry import by_code
from layercheck.registry import rules as all_loaded


@click.command()
@click.argument("code_or_name")
def explain(code_or_name: str) -> None:
    """Show a rule's page: the fault, why it hurts, how to fix it, bad and good examples."""
    loaded = by_code(code_or_name)
    if loaded is None:
        known = [r.rule.code for r in all_loaded()] + [r.rule.name for r in all_loaded()]
        close = difflib.get_close_matches(code_or_name, known, 1, 0.5)
        fail(
            f"no rule is called {code_or_name!r}"
            + (f"; did you mean {close[0]}?" if close else "; `layercheck rules` lists them")
        )
    click.echo(docs.page(loaded), nl=False)


@click.command()
@click.option(
    "--format", "format_", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True
)
@click.option("--section", help="Only the rules whose code begins so: LC1, LC60.")
@click.option("--profile", type=click.Choice(["default", "strict"]), help="Only the rules of this profile.")
def rules(format_: str, section: str | None, profile: str | None) -> None:
    """List the rules."""
    listed = [
        r
        for r in all_loaded()
        if (section is None or r.rule.code.startswith(section.upper()))
        and (profile is None or r.rule.profile == profile)
    ]
    if format_ == "json":
        out = [
            {
                "code": r.rule.code,
                "name": r.rule.name,
                "level": r.rule.level,
                "profile": r.rule.profile,
                "card": list(r.rule.card),
                "title": docs.title(r),
                "fixable": r.fixable,
                "options": {o.name: {"default": o.default, "help": o.help} for o in r.rule.options},
            }
            for r in listed
        ]
        click.echo(json.dumps(out, indent=1))
    elif format_ == "markdown":
        click.echo(docs.index(listed), nl=False)
    else:
        width = max((len(r.rule.name) for r in listed), default=4)
        for r in listed:
            click.echo(f"{r.rule.code}  {r.rule.name:{width}}  {r.rule.level:7}  {r.rule.profile:7}  {docs.title(r)}")


@click.group()
def cache() -> None:
    """The cache of earlier runs."""


@cache.command("dir")
def cache_dir() -> None:
    """Print the folder of the cache."""
    click.echo(default_folder())


@cache.command("clean")
@click.option("--cache-dir", "folder", metavar="DIR", help="Another folder than the user's cache folder.")
def cache_clean(folder: str | None) -> None:
    """Remove the cache files of all projects."""
    place = folder or default_folder()
    removed = 0
    try:
        for name in os.listdir(place):
            if name.endswith((".cache", ".blobs", ".rows", ".answers", ".run", ".table", ".tmp")):
                os.unlink(os.path.join(place, name))
                removed += 1
    except FileNotFoundError:
        pass
    except OSError as error:
        fail(f"{place}: {error.strerror}")
    click.echo(f"removed {removed} file{'s' if removed != 1 else ''} from {place}")
