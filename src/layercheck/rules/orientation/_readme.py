"""A folder's README as rules see it: which ones count, its prose, and the names it drops."""

from __future__ import annotations

import re
from collections.abc import Iterator

from layercheck.facts.rows import Document
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_application, is_migration
from layercheck.queries.modules import files_in, folder_of
from layercheck.tuples import NamedTuple

_PROJECT_FILES = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "package.json", "Pipfile", "requirements.txt"})
_FENCE = pattern(r"\s*(`{3,}|~{3,})")
_COMMENT = pattern(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PATTERN = pattern(
    r"\*\w*\.py|[<{]\w+[>}]\w*\.py|\w+_\*|\b(?:a|one|each|every|per) (?:\w+ )?(?:module|file)\b|\b(?:module|file)s? (?:a|per|for each) ",
    re.IGNORECASE,
)
_SPAN = pattern(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LINK = pattern(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")


class Line(NamedTuple):
    """One line of Markdown outside of fenced code, without HTML comments; `number` counts from 1."""

    number: int
    text: str


def is_folder_readme(project: Project, document: Document) -> bool:
    """Whether a document is the README of a folder of application code: not of the repository or of a project inside it."""
    folder = folder_of(document.path)
    name = document.path.rpartition("/")[2]
    if not folder or (name.lower() != "readme.md" and not project.settings.is_readme(name)):
        return False
    return holds_application(project, folder)


@query
def holds_application(project: Project, folder: str) -> bool:
    """Whether application code lies directly in a folder that is no project of its own."""
    files = files_in(project, folder)
    if any(path.rpartition("/")[2] in _PROJECT_FILES for path in files):
        return False
    modules = [path for path in files if path.endswith(".py")]
    return any(is_application(project, path) for path in modules) and not any(
        is_migration(project, path) for path in modules
    )


def modules_of(project: Project, folder: str) -> tuple[str, ...]:
    """The names of the Python files directly in a folder."""
    return tuple(path.rpartition("/")[2] for path in files_in(project, folder) if path.endswith(".py"))


@query
def folders_in(project: Project, folder: str) -> frozenset[str]:
    """The names of the folders with Python files directly in a folder."""
    prefix = f"{folder}/" if folder else ""
    return frozenset(
        path[len(prefix) :].partition("/")[0]
        for path in project.files()
        if path.endswith(".py") and path.startswith(prefix) and "/" in path[len(prefix) :]
    )


def describes_pattern(text: str) -> bool:
    """Whether a text says how the files of a folder are named or divided: `*_service.py`, `<rule>.py`, "one file a rule"."""
    return _PATTERN.search(text) is not None


def words_of(text: str) -> frozenset[str]:
    """The identifiers of a text, code included."""
    return frozenset(re.findall(r"\w+", text))


def names_something(project: Project, folder: str, text: str) -> bool:
    """Whether a text has the name of a module or folder inside, with or without its ending; also where there is hardly a choice."""
    modules = {name.removesuffix(".py") for name in modules_of(project, folder)} - {"__init__"}
    names = modules | folders_in(project, folder)
    return len(names) < 2 or bool(names & words_of(text))


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a Markdown text outside of fenced code; HTML comments are blanked out."""
    blanked = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    fence = ""
    for number, line in enumerate(blanked.split("\n"), 1):
        match = _FENCE.match(line)
        if match is not None:
            if not fence:
                fence = match[1]
            elif match[1][0] == fence[0] and len(match[1]) >= len(fence):
                fence = ""
            continue
        if not fence:
            yield Line(number, line)


def names_in(line: str) -> Iterator[tuple[int, str]]:
    """(column, text) of every code span and of every target of a relative link of a line."""
    for match in _SPAN.finditer(line):
        yield match.start(2), match[2].strip()
    for match in _LINK.finditer(line):
        if "://" not in match[1] and not match[1].startswith(("#", "/", "mailto:")):
            yield match.start(1), match[1].partition("#")[0].removeprefix("./")
