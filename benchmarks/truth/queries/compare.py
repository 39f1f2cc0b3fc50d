"""The programs, what their comments say of the run, what layercheck finds in them, and where the three disagree.

A comment `# grows: LC601` stands where the number of statements grows with the rows: the run is held against it first (does it grow
there, and nowhere else, for that reason?), then the findings. `# grows: LC602 in the answer` on a handler: while its answer is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from measure import COLUMN, LAZY, SENT, Run, Statement

from layercheck.config import Settings
from layercheck.engine import Engine

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
SHARED = HERE / "shared"
FEW, MANY = 3, 30
GROWS = (MANY - FEW) / 2
"""Statements more that count as growing with the rows: one for every other row. One for every ten rows is a batch."""
CODES = ("LC601", "LC602", "LC614")
_KINDS = {"LC601": (SENT,), "LC602": (LAZY, COLUMN), "LC614": (SENT,)}
_MARK = re.compile(r"#\s*grows: (?P<codes>LC6\d\d(?:, LC6\d\d)*)(?P<answer> in the answer)?\s*$")


class Mark(NamedTuple):
    """Where statements grow with the rows, and by which rule that is found."""

    path: str
    line: int
    code: str
    answer: bool = False

    def __str__(self) -> str:
        return f"{self.code} {self.path}:{self.line}"


class Program(NamedTuple):
    """One program: its files by the path that layercheck sees."""

    name: str
    folder: Path
    module: str
    files: dict[str, str]

    @property
    def marks(self) -> frozenset[Mark]:
        """What its comments say."""
        return frozenset(
            Mark(path, number, code, match["answer"] is not None)
            for path, text in self.files.items()
            for number, line in enumerate(text.splitlines(), 1)
            if (match := _MARK.search(line)) is not None
            for code in match["codes"].split(", ")
        )


def programs(names: tuple[str, ...] = ()) -> list[Program]:
    """The programs of the folder, a file or a folder each; `names` picks some."""
    shared = {file.name: file.read_text(encoding="utf-8") for file in sorted(SHARED.glob("*.py"))}
    found = []
    for entry in sorted(PROGRAMS.iterdir()):
        if entry.suffix == ".py":
            own = {entry.name: entry.read_text(encoding="utf-8")}
            found.append(Program(entry.stem, PROGRAMS, entry.stem, own | _used(shared, own)))
        elif (entry / "program.py").exists():
            own = {
                file.relative_to(entry).as_posix(): file.read_text(encoding="utf-8")
                for file in sorted(entry.rglob("*.py"))
            }
            found.append(Program(entry.name, entry, "program", own | _used(shared, own)))
    return [p for p in found if not names or p.name in names]


def _used(shared: dict[str, str], own: dict[str, str]) -> dict[str, str]:
    text = "\n".join(own.values())
    return {path: code for path, code in shared.items() if re.search(rf"\b(from|import) {path[:-3]}\b", text)}


def findings(program: Program) -> frozenset[Mark]:
    """What layercheck finds in the files of a program, and only in them."""
    engine = Engine(Settings(root=str(HERE / "no-such-folder"))._replace(select=CODES), jobs=1, use_cache=False)
    engine.load()
    for path, text in program.files.items():
        engine.update(path, text)
    return frozenset(
        Mark(found.path, found.line, found.code) for path in program.files for found in engine.findings(path)
    )


def statements(run: Run) -> int:
    """How many statements a run sent."""
    return sum(count for _, count in run.statements)


def untrue(program: Program, few: Run, many: Run) -> Iterator[str]:
    """Where the comments of a program and its two runs disagree."""
    if few.error or many.error:
        yield f"does not run: {few.error or many.error}"
        return
    marks = program.marks
    marked = {(m.path, m.line) for m in marks if not m.answer}
    for mark in sorted(marks):

        def below(statement: Statement, mark: Mark = mark) -> bool:
            inside = not statement.lines & marked if mark.answer else (mark.path, mark.line) in statement.lines
            return inside and statement.kind in _KINDS[mark.code]

        growth = _growth(few, many, below)
        if growth < GROWS:
            yield f"marked, but sends {growth:+d} statements: {mark}"
    if any(m.answer for m in marks):
        return
    growth = _growth(few, many, lambda statement: not statement.lines & marked)
    if growth >= GROWS:
        lines = sorted({f"{p}:{n}" for s, _ in many.statements if not s.lines & marked for p, n in s.lines})
        kinds = sorted({s.kind for s, _ in many.statements if not s.lines & marked})
        yield f"not marked, but sends {growth:+d} statements ({', '.join(kinds)}) below {', '.join(lines) or 'no line'}"


def _growth(few: Run, many: Run, of: object) -> int:
    def count(run: Run) -> int:
        return sum(n for statement, n in run.statements if of(statement))  # type: ignore[operator]

    return count(many) - count(few)


def disagreements(program: Program, found: frozenset[Mark]) -> Iterator[str]:
    """Where the findings of layercheck and the comments of a program disagree."""
    expected = frozenset(m._replace(answer=False) for m in program.marks)
    yield from (f"missed {m}" for m in sorted(expected - found))
    yield from (f"false {m}" for m in sorted(found - expected))
