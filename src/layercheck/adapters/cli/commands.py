"""The commands as click knows them. Each is imported when it is called, or when all are listed."""

from __future__ import annotations

import importlib
from typing import Any

import click

from layercheck import __version__
from layercheck.adapters.cli.clicked import with_options
from layercheck.adapters.cli.options import CHECK_OPTIONS, COMMANDS


@click.command()
@click.argument("paths", nargs=-1, type=click.Path())
@with_options(CHECK_OPTIONS)
def check(paths: tuple[str, ...], **options: Any) -> None:
    """Check PATHS (files or folders; default: the current folder). The whole project around them is read.

    Exit codes: 0 clean, 1 findings, 2 wrong usage or an internal error.
    """
    from layercheck.adapters.cli.check import run

    run(paths, options)


class _DefaultGroup(click.Group):
    """A group that takes `check` where no command is named: `layercheck src --select LC1`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `check` in front when the first word is neither a command nor an option of the group."""
        known = ("check", *COMMANDS, "--help", "-h", "--version")
        if not args or args[0] not in known:
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(("check", *COMMANDS))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.commands and cmd_name in COMMANDS:
            module = importlib.import_module(f"layercheck.adapters.cli.{COMMANDS[cmd_name]}")
            self.add_command(getattr(module, cmd_name))
        return super().get_command(ctx, cmd_name)


@click.group(cls=_DefaultGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="layercheck")
def cli() -> None:
    """The linter that knows a whole Python backend. Without a command: check."""


cli.add_command(check)
