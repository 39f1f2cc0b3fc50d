"""The nouns that every floor shares. Imports nothing of ours.

A rule *yields* a `Fault`: a symbolic place, the values of its message and its evidence. The engine turns it into a
`Finding`: concrete lines and columns, the wording, the level. The split is what lets a finding in one file point into
another without going stale: a place names a row and an ordinal, never a line number.
"""

from __future__ import annotations

from typing import Any, Final

from layercheck.tuples import NamedTuple


class Level:
    """How bad a finding is; the first letter (E, W, I) names pylint's and flake8's class of message."""

    ERROR: Final = "error"
    WARNING: Final = "warning"
    INFO: Final = "info"


class Profile:
    """`DEFAULT` rules run without configuration; `STRICT` rules are opt-in."""

    DEFAULT: Final = "default"
    STRICT: Final = "strict"


class Option(NamedTuple):
    """One configurable value of a rule: `[tool.layercheck.rules.<rule-name>] <name> = ...`."""

    name: str
    default: int | bool | str | tuple[str, ...]
    help: str


class Rule(NamedTuple):
    """What a rule says of itself. Everything else (docs page, codes, config schema) is derived from it.

    `message` is a `str.format` template over the fault's fields. `card` holds the statement ids that the rule checks.
    """

    code: str
    name: str
    message: str
    level: str
    profile: str
    card: tuple[str, ...]
    since: str
    options: tuple[Option, ...] = ()
    tests: bool = False
    """Whether the rule runs on test code, migrations and generated files too."""


class Span(NamedTuple):
    """A piece of a file. Lines count from 1, columns (characters, not bytes) from 0; the end column is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class Place(NamedTuple):
    """A symbolic place: the `at`-th position of the row `key` of type `row`. Resolved to a Span when findings are shown."""

    row: str
    key: str
    at: int


class Step(NamedTuple):
    """One link of an evidence chain: what happens, and where."""

    where: Place | Span
    text: str


class Fault(NamedTuple):
    """What a rule yields. `fields` fill the rule's message; `level` overrides the rule's where the catalogue says so."""

    where: Place | Span
    fields: dict[str, Any] = {}
    steps: tuple[Step, ...] = ()
    level: str = ""
    message: str = ""
    """Overrides the rule's message template."""


class Related(NamedTuple):
    """A resolved step of a finding's chain; same counting as Finding."""

    path: str
    line: int
    column: int
    text: str


class Finding(NamedTuple):
    """What front-ends show. `path` is relative to the project root with forward slashes; `line` and `column` count from 1."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    code: str
    name: str
    message: str
    level: str
    chain: tuple[Related, ...] = ()


class LayercheckError(Exception):
    """Something the user can mend: bad usage or a broken configuration. Shown without traceback; exit code 2."""
