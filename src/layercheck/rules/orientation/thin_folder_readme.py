"""Let a folder's README say what the folder is for.

An empty README, a bare title or a template's TODO costs the reader a click and says nothing; it also hides that the folder has no
README.

How to fix: one sentence of purpose, the key files by name, one or two hints on how to work here. Three lines suffice.

Reported are READMEs of folders that hold application code: without any text but titles, with nothing but placeholders (TODO, TBD,
"coming soon", Lorem ipsum), without a sentence that says what the folder is for, or without naming a single module or folder of it
(where it has two or more). "One file a feature", `<feature>.py` or `*_model.py` name them all.

```python bad app/services/orders.py
def total(prices):
    return sum(prices)
```
```markdown bad app/services/README.md
# services

TODO: describe this folder
```
```markdown good app/services/README.md
# services

The business rules. `orders.py` adds up prices; keep it free of HTTP.
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from layercheck.facts.rows import Document
from layercheck.model import Fault, Level, Profile, Rule, Span
from layercheck.patterns import pattern
from layercheck.project import Project
from layercheck.queries.modules import folder_of
from layercheck.rules.orientation._readme import describes_pattern, is_folder_readme, lines_of, names_something

RULE = Rule(
    code="LC002",
    name="thin-folder-readme",
    message="the README of {folder}/ {lacks}: say what the folder is for, name its key files, how to work in it",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ORIENT-2",),
    since="0.1",
)
_TITLE = pattern(r"\s*(?:#{1,6}(?:\s|$)|[=-]{2,}\s*$|!\[|\[!\[)")
_PLACEHOLDER = pattern(
    r"lorem ipsum|^\W*(?:todo|tbd|fixme|wip|xxx)\b|^\W*(?:coming soon|work in progress|to be (?:written|done|documented)|placeholder)\W*$",
    re.IGNORECASE,
)
_WORD = pattern(r"[^\W\d_]{2,}")
_IDEOGRAM = pattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE = 4
"""Words that make a sentence; scripts without spaces count by character, two for a word."""


def check(document: Document, project: Project) -> Iterator[Fault]:
    """The README as a whole, with the first thing that it lacks."""
    if not is_folder_readme(project, document):
        return
    lacks = _lacks(project, document)
    if lacks:
        first = document.text.partition("\n")[0]
        folder = folder_of(document.path)
        yield Fault(Span(document.path, 1, 0, 1, len(first)), {"folder": folder, "lacks": lacks})


def _lacks(project: Project, document: Document) -> str:
    lines = [line.text for line in lines_of(document.text) if line.text.strip() and not _TITLE.match(line.text)]
    written = [line for line in lines if not _PLACEHOLDER.search(line)]
    if not document.text.strip():
        return "is empty"
    if not lines and "```" not in document.text:
        return "has a title only"
    if lines and not written:
        return "holds placeholders only"
    if not any(_words(line) >= _SENTENCE for line in written):
        return "has no sentence that says what the folder is for"
    if not describes_pattern(document.text) and not names_something(project, folder_of(document.path), document.text):
        return "names no file of the folder"
    return ""


def _words(line: str) -> int:
    ideograms = len(_IDEOGRAM.findall(line))
    return ideograms // 2 if ideograms else len(_WORD.findall(line))
