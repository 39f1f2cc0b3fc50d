"""The example backends: every planted fault is found and nothing else, and the clean twin is silent.

`python tests/test_examples.py` writes examples/bookshop/expected.txt again; read the difference before you commit it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from layercheck.registry import rules

REPOSITORY = Path(__file__).parent.parent
BOOKSHOP = REPOSITORY / "examples" / "bookshop"
KIOSK = REPOSITORY / "examples" / "kiosk"
FAULTY = [BOOKSHOP, KIOSK] if KIOSK.is_dir() else [BOOKSHOP]
CLEAN = REPOSITORY / "examples" / "bookshop-clean"
EXPECTED = BOOKSHOP / "expected.txt"
MARK = re.compile(r"(?:#|<!--|;) (strict )?fault: (LC\d{3}(?:, LC\d{3})*)")
"""A strict fault is reported by the strict profile only."""
FIRST = ("LC001", "LC008", "LC009", "LC101", "LC102", "LC103", "LC106", "LC205", "LC206", "LC308", "LC601", "LC901")

Place = tuple[str, int, str]


def report(*arguments: str, folder: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    """What the command line says, run in `folder`."""
    command = [sys.executable, "-m", "layercheck", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", timeout=300, stdin=subprocess.DEVNULL
    )


def concise() -> str:
    """The report that expected.txt holds."""
    return report("check", "--no-cache", "--output-format", "concise", folder=BOOKSHOP).stdout


def planted(folder: Path = BOOKSHOP, *, strict: bool = False) -> set[Place]:
    """(path, line, code) of every fault that a comment in an example marks; with `strict` those of the strict profile too."""
    places = set()
    for path in sorted(folder.rglob("*")):
        named = path.suffix in {".py", ".md", ".txt", ".toml", ".yml", ".ini"} or path.name.startswith(".env")
        if not named or path in {folder / "expected.txt", folder / "README.md"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for mark in MARK.finditer(line):
                if strict or not mark[1]:
                    places |= {(path.relative_to(folder).as_posix(), number, code) for code in mark[2].split(", ")}
    return places


def found(folder: Path, profile: str) -> set[Place]:
    """(path, line, code) of everything that a profile reports on a folder."""
    answer = report("check", "--no-cache", "--profile", profile, "--output-format", "json", folder=folder)
    assert answer.returncode in {0, 1}, answer.stderr
    return {(finding["path"], finding["line"], finding["code"]) for finding in json.loads(answer.stdout)}


def test_the_first_rules_are_planted() -> None:
    assert set(FIRST) <= {code for _, _, code in planted()}


@pytest.mark.parametrize("profile", ["default", "strict"])
@pytest.mark.parametrize("folder", FAULTY, ids=lambda folder: folder.name)
def test_every_planted_fault_is_found_and_nothing_else(folder: Path, profile: str) -> None:
    wanted = planted(folder, strict=profile == "strict")
    reported = found(folder, profile)
    assert {"missed": sorted(wanted - reported), "not planted": sorted(reported - wanted)} == {
        "missed": [],
        "not planted": [],
    }


def test_every_rule_has_a_planted_fault() -> None:
    told = {code for folder in FAULTY for _, _, code in planted(folder, strict=True)}
    assert {loaded.rule.code for loaded in rules()} - told == set()


def test_the_report_is_the_expected_one() -> None:
    assert concise() == EXPECTED.read_text(encoding="utf-8")


def test_findings_make_exit_code_1() -> None:
    answer = report("check", "examples/bookshop", "--no-cache")
    assert answer.returncode == 1
    assert "LC601" in answer.stdout


@pytest.mark.parametrize("profile", ["default", "strict"])
def test_the_clean_twin_is_silent(profile: str) -> None:
    answer = report("check", "examples/bookshop-clean", "--no-cache", "--profile", profile, "--output-format", "json")
    assert (json.loads(answer.stdout), answer.returncode) == ([], 0)


def test_the_analysed_project_is_never_imported() -> None:
    """After a run no module of the shop is loaded."""
    script = (
        "import os, sys\n"
        "loaded = lambda: [m for m in list(sys.modules.values()) if 'bookshop' in str(getattr(m, '__file__', ''))]\n"
        "leave = os._exit\n"
        "os._exit = lambda code: (print('loaded from the shop:', loaded(), file=sys.stderr, flush=True), leave(code))\n"
        "sys.argv = ['layercheck', 'check', '--no-cache', '.']\n"
        "from layercheck.__main__ import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", script]
    answer = subprocess.run(command, cwd=BOOKSHOP, capture_output=True, encoding="utf-8", timeout=300)
    assert answer.returncode == 1
    assert "loaded from the shop: []" in answer.stderr


if __name__ == "__main__":
    EXPECTED.write_text(concise(), encoding="utf-8")
