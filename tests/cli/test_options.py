"""The plain reading of a command line against click's."""

from __future__ import annotations

import random
from typing import Any

import click
import pytest

from layercheck.adapters.cli.clicked import with_options
from layercheck.adapters.cli.options import CHECK_OPTIONS, COMMANDS, plain

WORDS = (
    *(name for option in CHECK_OPTIONS for name in option.names),
    *("src", "a.py", ".", "", "-", "--", "4", "0", "-1", "x", "json", "full", "strict", "never", "LC1,LC2", "café", "a=b", "-h", "--help"),
    *("--jobs=3", "--jobs=x", "-j3", "-j=3", "-qv", "--select=LC1", "--select=", "--quiet=1", "--output-format=sarif", "--no-such", "--sel"),
    *("--profile=nope", "--color=always", "--cache-dir=-x", "check", "1_0", "٣", "+3"),
)  # fmt: skip


def by_click(words: list[str]) -> tuple[tuple[str, ...], dict[str, Any]] | None:
    """What click reads; None where it ends the program."""
    read: list[tuple[tuple[str, ...], dict[str, Any]]] = []

    @click.command(context_settings={"help_option_names": ["-h", "--help"]})
    @click.argument("paths", nargs=-1, type=click.Path())
    @with_options(CHECK_OPTIONS)
    def check(paths: tuple[str, ...], **options: Any) -> None:
        read.append((paths, options))

    try:
        check.main(words, standalone_mode=False)
    except click.ClickException:
        return None
    return read[0] if read else None


def test_what_is_read_plainly_is_what_click_reads(capsys: pytest.CaptureFixture[str]) -> None:
    chosen = random.Random(5)
    plainly = 0
    for _ in range(4000):
        words = chosen.choices(WORDS, k=chosen.randint(0, 4))
        if words[:1] == ["check"]:
            continue
        read = plain(words)
        if read is not None:
            assert read == by_click(words), words
            plainly += 1
    assert plainly > 300
    capsys.readouterr()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["check"],
        ["check", "src", "-q"],
        ["."],
        ["src", "--jobs", "2", "--no-cache", "--isolated", "-q"],
        ["-j2", "src", "-j", "3"],
        ["--select", "LC1", "--select=LC2,LC3", "a.py", "--profile", "strict"],
        ["--output-format", "json", "--output-file=out.json", "--cache-dir", "somewhere"],
        ["-", "--stdin-filename", "a.py"],
    ],
)
def test_the_usual_is_read_plainly(words: list[str]) -> None:
    assert plain(words) == by_click(words[1:] if words[:1] == ["check"] else words)


@pytest.mark.parametrize("words", [["--help"], ["rules"], ["src", "--", "-x"], ["-qv"], ["--jobs", "0"], ["--nope"]])
def test_the_unusual_is_for_click(words: list[str]) -> None:
    assert plain(words) is None


def test_a_completion_is_for_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_LAYERCHECK_COMPLETE", "bash_complete")
    assert plain([]) is None


def test_every_command_is_found() -> None:
    from layercheck.adapters.cli.commands import cli

    context = click.Context(cli)
    assert {name: cli.get_command(context, name) is not None for name in cli.list_commands(context)} == dict.fromkeys(
        sorted(("check", *COMMANDS)), True
    )
