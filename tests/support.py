"""Small projects as data: make one, run rules on it, compare with the expectations written in it.

A *tree* is a mapping of path to text (bytes for what is no text), or a folder. An expectation is a comment on the line of the
finding: `# expect: LC103`, several codes after commas, a part of the message in brackets: `# expect: LC601[Report.total]`.
`# expect+1: LC103` means the next line. What cannot carry a comment (an empty file, a README) stands in `expect.txt` in the root
of the tree, a line each: `app/__init__.py:1: LC001`. Everywhere else the tree must be silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from layercheck.config import Settings, load_settings
from layercheck.engine import Engine
from layercheck.facts.rows import Body, Class, Function, Module
from layercheck.model import Finding
from layercheck.project import Project
from layercheck.registry import rules
from layercheck.source import extract

Tree = Mapping[str, str | bytes]

TESTS = Path(__file__).parent
REPOSITORY = TESTS.parent
FIXTURES = TESTS / "fixtures"
NOWHERE = str(TESTS / "no-such-folder")
"""A root without files: projects that live in memory only are laid over it."""

_EXPECT = re.compile(r"#\s*expect(\+\d+)?:\s*(.+?)\s*$")
_CODE = re.compile(r"(LC\d{3})(?:\[([^\]]*)\])?")
_LINE = re.compile(r"^(?P<path>[^:]+):(?P<line>\d+):\s*(?P<codes>.+?)\s*$")
_FENCE = re.compile(r"^```(?P<language>\w+) (?P<kind>bad|good) (?P<path>\S+)$")


class Expected(NamedTuple):
    """One finding that must be there; `text` must be part of its message."""

    path: str
    line: int
    code: str
    text: str


class Block(NamedTuple):
    """One example of a rule's page."""

    kind: str
    path: str
    language: str
    text: str


# ------------------------------------------------------------------------------------------------------------ projects


def settings_for(root: str | Path = NOWHERE, **fields: object) -> Settings:
    """Settings without any configuration file; `fields` are those of Settings."""
    return Settings(root=str(root))._replace(**fields)


def project_of(files: Tree, **fields: object) -> Project:
    """The linked project of a tree, without engine and rules."""
    project = Project(settings_for(**fields))
    for path, text in files.items():
        project.replace(path, extract(path, as_bytes(text)).rows)
    return project


def engine_of(files: Tree, *, codes: Iterable[str] = (), **fields: object) -> Engine:
    """An engine over a tree that lies in memory only; `codes` are the rules to run (none: the default profile)."""
    if codes:
        fields["select"] = tuple(codes)
    engine = Engine(settings_for(**fields), jobs=1, use_cache=False)
    engine.load()
    for path, text in files.items():
        engine.update(path, text if isinstance(text, str) else text.decode())
    return engine


def engine_on(folder: Path, *, codes: Iterable[str] = (), **fields: object) -> Engine:
    """An engine over a folder; a layercheck.toml in it counts, configuration further up does not."""
    config = folder / "layercheck.toml"
    if config.exists():
        settings = load_settings(folder, config_file=config, rules=[r.rule for r in rules()])
    else:
        settings = Settings(root=str(folder))
    if codes:
        fields["select"] = tuple(codes)
    return Engine(settings._replace(**fields), jobs=1, use_cache=False)


def write_tree(root: Path, files: Tree) -> Path:
    """Put a tree on the disk; returns the root."""
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(as_bytes(text))
    return root


def as_bytes(text: str | bytes) -> bytes:
    """The bytes of a file of a tree."""
    return text if isinstance(text, bytes) else text.encode()


def read_tree(folder: Path) -> dict[str, bytes]:
    """The files below a folder by relative path."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    }


# -------------------------------------------------------------------------------------------------------- expectations


def expectations(files: Tree) -> list[Expected]:
    """What the comments of a tree, and its expect.txt, say is to be found."""
    out: list[Expected] = []
    for path, data in files.items():
        text = as_bytes(data).decode("utf-8", "replace")
        if path == "expect.txt":
            for number, line in enumerate(text.splitlines(), 1):
                if line.strip() and not line.startswith("#"):
                    match = _LINE.match(line)
                    assert match, f"expect.txt:{number}: want 'path:line: LCnnn', not {line!r}"
                    out += [Expected(match["path"], int(match["line"]), c, t) for c, t in _codes(match["codes"])]
            continue
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
            match = _EXPECT.search(line)
            if match:
                out += [Expected(path, number + int(match[1] or 0), code, t) for code, t in _codes(match[2])]
    return out


def _codes(text: str) -> Iterator[tuple[str, str]]:
    found = list(_CODE.finditer(text))
    assert found, f"no code in {text!r}"
    for match in found:
        yield match[1], match[2] or ""


def mistakes(findings: Iterable[Finding], expected: Iterable[Expected]) -> list[str]:
    """Where findings and expectations differ, a readable line each; empty when they agree."""
    left = list(expected)
    lines = []
    for finding in findings:
        place = (finding.path, finding.line, finding.code)
        match = next((e for e in left if e[:3] == place and e.text in finding.message), None)
        if match is not None:
            left.remove(match)
            continue
        lines.append(f"  not expected  {finding.path}:{finding.line}: {finding.code} {finding.message}")
    lines += [f"  not found     {e.path}:{e.line}: {e.code}{f' with {e.text!r}' if e.text else ''}" for e in left]
    return sorted(lines, key=lambda line: line[16:])


def check_tree(files: Tree, *, codes: Iterable[str] = (), **fields: object) -> list[Finding]:
    """Run rules on a tree in memory and compare with its comments; returns the findings."""
    findings = engine_of(files, codes=codes, **fields).findings_all()
    wrong = mistakes(findings, expectations(files))
    assert not wrong, "\n" + "\n".join(wrong)
    return findings


def check_folder(folder: Path, *, codes: Iterable[str] = (), **fields: object) -> list[Finding]:
    """Run rules on a folder and compare with its comments; returns the findings."""
    engine = engine_on(folder, codes=codes, **fields)
    findings = engine.findings_all()
    assert not engine.failures, f"{folder}: a rule failed: {sorted(engine.failures.values())}"
    wrong = mistakes(findings, expectations(read_tree(folder)))
    assert not wrong, f"\n{folder}\n" + "\n".join(wrong)
    return findings


def found(engine: Engine) -> list[tuple[str, int, str]]:
    """(path, line, code) of all findings."""
    return [(f.path, f.line, f.code) for f in engine.findings_all()]


# ------------------------------------------------------------------------------------------------------ rules as data


def blocks(doc: str) -> list[Block]:
    """The example blocks of a rule's page: fences that say `bad <path>` or `good <path>`."""
    out: list[Block] = []
    kind: re.Match[str] | None = None
    lines: list[str] = []
    for line in doc.splitlines():
        if kind is None:
            kind = _FENCE.match(line)
            lines = []
        elif line == "```":
            out.append(Block(kind["kind"], kind["path"], kind["language"], "".join(f"{text}\n" for text in lines)))
            kind = None
        else:
            lines.append(line)
    return out


def fixture_cases() -> list[tuple[str, Path]]:
    """(rule name, folder) of every fixture."""
    return [
        (rule.name, case)
        for rule in sorted(FIXTURES.iterdir())
        if rule.is_dir()
        for case in sorted(rule.iterdir())
        if case.is_dir()
    ]


ROWS = {"Module": Module, "Function": Function, "Class": Class, "Body": Body}
