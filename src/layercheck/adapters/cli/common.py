"""What several commands share: options, the way to an engine, colours, paths."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from layercheck.config import Settings, find_root, load_settings
from layercheck.engine import Engine
from layercheck.model import LayercheckError, Rule
from layercheck.registry import rules


def fail(text: str) -> NoReturn:
    """One clear message on standard error and exit code 2."""
    say(f"layercheck: {text}", err=True)
    sys.exit(2)


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Write a line as `click.echo` does, without click where the text has nothing that it would look at."""
    if text.isascii() and "\x1b" not in text:
        stream = sys.stderr if err else sys.stdout
        stream.write(text + "\n" if nl else text)
        stream.flush()
        return
    import click

    click.echo(text, err=err, nl=nl)


def all_rules() -> tuple[Rule, ...]:
    """Every rule's description."""
    return tuple(loaded.rule for loaded in rules())


def splitted(values: tuple[str, ...]) -> tuple[str, ...] | None:
    """`--select LC1,LC601 --select LC2` as one tuple; None when the option was not given."""
    if not values:
        return None
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def settings_for(
    paths: tuple[str, ...], config_file: str | None, isolated: bool, overrides: dict[str, Any]
) -> Settings:
    """The settings of the project that the first path belongs to. Ends the program on a broken configuration."""
    start = next((p for p in paths if os.path.exists(p)), os.getcwd())
    try:
        return load_settings(start, config_file=config_file, isolated=isolated, overrides=overrides, rules=all_rules())
    except LayercheckError as error:
        fail(str(error))


def engine_for(
    settings: Settings, options: dict[str, Any], progress: Callable[[int, int], None] | None = None
) -> Engine:
    """An engine with the options of `project_options`."""
    return Engine(
        settings,
        jobs=options["jobs"],
        cache_dir=options["cache_dir"],
        use_cache=not options["no_cache"],
        progress=progress,
        lasting=False,
    )


def loaded_engine(path: str, options: dict[str, Any]) -> Engine:
    """The loaded engine of a path's project, for the commands that show facts."""
    if not os.path.exists(path):
        fail(f"{path}: no such file or folder")
    settings = settings_for((path,), options["config_file"], options["isolated"], {})
    engine = engine_for(settings, options)
    engine.load()
    return engine


def wants_color(choice: str) -> bool:
    """Whether to paint: --color, then NO_COLOR and FORCE_COLOR (https://no-color.org), then whether a terminal looks."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


class Progress:
    """A bar on standard error while files are read; only on a terminal, and only when there are many."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled and sys.stderr.isatty()
        self.drawn = False
        self.last = -1

    def __call__(self, done: int, total: int) -> None:
        """Draw when a percent is gained."""
        percent = done * 100 // max(total, 1)
        if not self.enabled or total < 200 or percent == self.last:
            return
        self.last = percent
        self.drawn = True
        width = percent * 30 // 100
        sys.stderr.write(f"\rreading {'#' * width}{'.' * (30 - width)} {percent:3d} % of {total} files")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the bar away."""
        if self.drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def below(paths: tuple[str, ...], root: str, files: list[str]) -> list[str]:
    """The project files (relative to the root) that lie in or below the given paths."""
    wanted = []
    for path in paths:
        relative = os.path.relpath(os.path.realpath(path), os.path.realpath(root)).replace(os.sep, "/")
        if relative == ".":
            return files
        wanted.append(relative)
    return [f for f in files if any(f == w or f.startswith(w + "/") for w in wanted)]


__all__ = [
    "Progress",
    "all_rules",
    "below",
    "engine_for",
    "fail",
    "find_root",
    "loaded_engine",
    "say",
    "settings_for",
    "splitted",
    "wants_color",
]
