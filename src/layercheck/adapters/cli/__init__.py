"""The command line: `layercheck [check] PATHS`, `explain`, `rules`, `layers`, `routes`, `tables`, `graph`, `deps`, `why`, `cache`."""

from __future__ import annotations

import click

from layercheck import __version__
from layercheck.adapters.cli.check import check
from layercheck.adapters.cli.graph import graph
from layercheck.adapters.cli.inspect import deps, layers, routes, why
from layercheck.adapters.cli.reference import cache, explain, rules
from layercheck.adapters.cli.tables import tables


class _DefaultGroup(click.Group):
    """A group that takes `check` where no command is named: `layercheck src --select LC1`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `check` in front when the first word is neither a command nor an option of the group."""
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h", "--version")):
            args = ["check", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_DefaultGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="layercheck")
def cli() -> None:
    """The linter that knows a whole Python backend. Without a command: check."""


for command in (check, explain, rules, layers, routes, tables, graph, deps, why, cache):
    cli.add_command(command)
