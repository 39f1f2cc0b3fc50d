"""The table of options for click."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

from layercheck.adapters.cli.options import PROJECT_OPTIONS, Option

Function = Callable[..., Any]


def with_options(options: Iterable[Option]) -> Callable[[Function], Function]:
    """A decorator that gives a command these options."""

    def decorate(function: Function) -> Function:
        for option in reversed(tuple(options)):
            function = _made(option)(function)
        return function

    return decorate


def _made(option: Option) -> Callable[[Function], Function]:
    more: dict[str, Any] = {"help": option.help or None}
    if option.flag:
        more["is_flag"] = True
    if option.metavar is not None:
        more["metavar"] = option.metavar
    if option.choices:
        more["type"] = click.Choice(option.choices)
    if option.number:
        more["type"] = click.IntRange(1)
    if option.multiple:
        more["multiple"] = True
    if option.default is not None:
        more.update(default=option.default, show_default=True)
    return click.option(*option.names, option.key, **more)


project_options = with_options(PROJECT_OPTIONS)
"""The options of every command that reads a project."""

__all__ = ["project_options", "with_options"]
