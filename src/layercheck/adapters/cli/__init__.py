"""The command line: `layercheck [check] PATHS`, `explain`, `rules`, `layers`, `routes`, `tables`, `graph`, `deps`, `why`, `cache`."""

from __future__ import annotations

import sys


def main() -> object:
    """Run a command line: through click only where it says something unusual. Returns the exit code, or raises SystemExit with it."""
    from layercheck.adapters.cli.options import plain

    read = plain(sys.argv[1:])
    if read is not None:
        from layercheck.adapters.cli.check import run

        run(*read)
        return 0
    import click

    from layercheck.adapters.cli.commands import cli

    try:
        return cli.main(prog_name="layercheck", standalone_mode=False)
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        error.show()
        return 2
