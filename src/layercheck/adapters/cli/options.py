"""The options of `check`, and the plain reading of a command line that has nothing else.

DESIGN: click takes as long to import as a whole run over one changed file may last, and most command lines need nothing of it. The table of
options is here, once: click is given it for help, errors and everything unusual (see `clicked`), and `plain` reads from it what is said in
the usual way. Where a word is not clearly one of the table's, `plain` has no answer and click has the say.
`tests/cli/test_options.py` compares the two.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from layercheck.report import FORMATS
from layercheck.tuples import NamedTuple


class Option(NamedTuple):
    """One option: a flag, or one that takes a value."""

    names: tuple[str, ...]
    help: str
    flag: bool = False
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    number: bool = False
    """Whether it takes a whole number from 1 on."""
    multiple: bool = False
    default: str | None = None
    called: str = ""
    """What its value is called where that does not follow from the name."""

    @property
    def key(self) -> str:
        """What its value is called."""
        return self.called or self.names[0].lstrip("-").replace("-", "_")


PROJECT_OPTIONS = (
    Option(
        ("--config",),
        "Configuration file (its folder is the project root).",
        metavar="FILE",
        called="config_file",
    ),
    Option(("--isolated",), "Ignore all configuration files.", flag=True),
    Option(("--jobs", "-j"), "Worker processes (default: one a processor).", number=True),
    Option(("--no-cache",), "Neither read nor write the cache.", flag=True),
    Option(("--cache-dir",), "Folder of the cache (default: the user's cache folder).", metavar="DIR"),
)
"""The options of every command that reads a project."""
_RULES = "Only these rules: codes, prefixes (LC1) or names, separated by commas."
CHECK_OPTIONS = (
    Option(("--select",), _RULES, metavar="RULES", multiple=True),
    Option(("--ignore",), "Not these rules.", metavar="RULES", multiple=True),
    Option(("--extend-select",), "These rules too.", metavar="RULES", multiple=True),
    Option(("--profile",), "strict adds the opt-in rules.", choices=("default", "strict")),
    Option(("--output-format",), "", choices=FORMATS, default="full"),
    Option(("--output-file",), "Write the report there instead of to standard output.", metavar="FILE"),
    Option(("--statistics",), "Count the findings by rule instead of listing them.", flag=True),
    Option(("--exit-zero",), "Exit with 0 even when there are findings.", flag=True),
    Option(("--show-files",), "List the files that would be checked, and stop.", flag=True),
    Option(("--show-settings",), "Show the settings in force, and stop.", flag=True),
    Option(("--stdin-filename",), "Read this file's text from standard input (PATH is -).", metavar="PATH"),
    Option(("--color",), "", choices=("auto", "always", "never"), default="auto"),
    Option(("--no-progress",), "No progress bar.", flag=True),
    Option(("--quiet", "-q"), "No summary line.", flag=True),
    Option(("--verbose", "-v"), "Say how much was done; show tracebacks of internal errors.", flag=True),
    *PROJECT_OPTIONS,
)
"""The options of `check`."""
COMMANDS = {
    "explain": "reference",
    "rules": "reference",
    "layers": "inspect",
    "routes": "inspect",
    "tables": "tables",
    "graph": "graph",
    "deps": "inspect",
    "why": "inspect",
    "cache": "reference",
}
"""The other commands, each with the module of this folder that has it."""


def plain(arguments: list[str]) -> tuple[tuple[str, ...], dict[str, Any]] | None:
    """The paths and the options of a `check`; None where click is to read the command line."""
    if arguments[:1] == ["check"]:
        arguments = arguments[1:]
    elif arguments and arguments[0] in COMMANDS:
        return None
    if "_LAYERCHECK_COMPLETE" in os.environ or (sys.platform == "win32" and any(map(_expands, arguments))):
        return None
    named = {name: option for option in CHECK_OPTIONS for name in option.names}
    values: dict[str, Any] = {
        option.key: () if option.multiple else False if option.flag else option.default for option in CHECK_OPTIONS
    }
    paths: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "-" or not word.startswith("-"):
            if not word:
                return None
            paths.append(word)
            continue
        name, equals, text = word.partition("=")
        if not equals and name not in named and not name.startswith("--"):
            name, text = name[:2], name[2:]  # -j4
        option = named.get(name)
        if option is None or (option.flag and (equals or text)) or (equals and not name.startswith("--")):
            return None
        if option.flag:
            values[option.key] = True
            continue
        value = text if equals or text else next(words, "")
        if not value or value.startswith("-") or not _fits(option, value):
            return None
        if option.multiple:
            values[option.key] = (*values[option.key], value)
        else:
            values[option.key] = int(value) if option.number else value
    return tuple(paths), values


def _fits(option: Option, value: str) -> bool:
    if option.choices:
        return value in option.choices
    return not option.number or (value.isascii() and value.isdecimal() and 0 < int(value) < 10_000)


def _expands(word: str) -> bool:
    """Whether click makes other words of it on Windows."""
    return any(mark in word for mark in "*?[~$%")
