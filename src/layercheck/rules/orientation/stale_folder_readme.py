"""Keep a folder's README true.

A README is read before a change, by people and by coding agents. One that names modules which are gone sends them looking for what
does not exist, and makes the rest of it doubtful too.

How to fix: name the module that took the file's place, or remove the line.

Reported are Python files of the README's own folder (or of a folder below it that exists), named in a code span or a relative link,
where nothing in the project has that name any more. Lines that speak of what is to be made or is gone (create, add, later, removed),
patterns, commands, placeholders, paths that lead elsewhere and fenced code are
left alone, and so are files that are not Python: layercheck does not know them all.

```python bad app/services/orders.py
def total(prices):
    return sum(prices)
```
```markdown bad app/services/README.md
# services

The business rules. `orders.py` adds up prices, `discounts.py` takes something off.
```
```markdown good app/services/README.md
# services

The business rules. `orders.py` adds up prices.
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layercheck.facts.rows import Document
from layercheck.model import Fault, Level, Profile, Rule, Span
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.modules import folder_of, join
from layercheck.rules.orientation._readme import folders_in, is_folder_readme, lines_of, names_in

RULE = Rule(
    code="LC003",
    name="stale-folder-readme",
    message="this README names {name}, which does not exist in {folder}/: name what took its place, or remove it",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ORIENT-3",),
    since="0.1",
)
_FILE = pattern(r"(?:[\w.-]+/)*\w[\w-]*\.py")
_LISTED = pattern(r"\s*(?:[-*+]\s+|\d+[.)]\s+|\|\s*|#{1,6}\s+)(?:\*\*)?[`\[]")
"""A line of an inventory: an item, a row or a heading that begins with the name."""
_UNSURE = pattern(
    r"\b(?:todo|planned|not yet|(?:will|to) be|removed|deleted|deprecated|formerly|optional)\b", re.IGNORECASE
)
_HYPOTHETICAL = pattern(
    rf"{_UNSURE.pattern}|\b(?:add|adding|create|creating|new|copy|later|will|would|could|was|were|renamed|old|instead|without|no|never|like|"
    r"such as|e\.g|for example|your|if)\b",
    re.IGNORECASE,
)
"""In running text: words that speak of what is not there, or not there yet."""
_EXAMPLES = pattern(
    r"(?:my|your|new|some|foo|bar|example|sample|name|module|file|test|x+)(?:_.*)?\.py|.*_(?:name|example)\.py"
)
"""Names that stand for any file."""


def check(document: Document, project: Project) -> Iterator[Fault]:
    """Each Python file that a folder's README names and that is nowhere."""
    if not is_folder_readme(project, document):
        return
    folder = folder_of(document.path)
    seen = set()
    for line in lines_of(document.text):
        listed = _LISTED.match(line.text)
        if (_UNSURE if listed else _HYPOTHETICAL).search(line.text):
            continue
        for column, name in names_in(line.text):
            if name not in seen and _is_gone(project, folder, name):
                seen.add(name)
                span = Span(document.path, line.number, column, line.number, column + len(name))
                yield Fault(span, {"name": name, "folder": folder})


def _is_gone(project: Project, folder: str, name: str) -> bool:
    if _FILE.fullmatch(name) is None:
        return False
    inner, _, base = name.rpartition("/")
    if _EXAMPLES.fullmatch(base):
        return False
    if not inner:
        return base not in base_names(project)
    return inner.partition("/")[0] in folders_in(project, folder) and not project.has_file(join(folder, name))


@query
def base_names(project: Project) -> frozenset[str]:
    """The names of all Python files, without their folders."""
    return frozenset(path.rpartition("/")[2] for path in project.files() if path.endswith(".py"))
