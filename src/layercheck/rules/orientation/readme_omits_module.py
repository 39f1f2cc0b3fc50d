"""Name every module in the folder's README.

A README that lists some of the modules is taken for the whole list: the one that is missing gets written a second time, because
nobody knew that it was there.

How to fix: add the module with half a sentence on what it holds. In a folder of many alike, describe the pattern instead ("one
module a provider, named `<provider>.py`").

One finding a README. Private modules and `__init__.py` need no mention. A README that names no module at all is the business of
`thin-folder-readme`.

```python bad app/services/orders.py
def total(prices):
    return sum(prices)
```
```python bad app/services/invoices.py
def write(order):
    return str(order)
```
```markdown bad app/services/README.md
# services

The business rules. `orders.py` adds up prices.
```
```markdown good app/services/README.md
# services

The business rules. `orders.py` adds up prices, `invoices.py` writes them down.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Document
from layercheck.model import Fault, Level, Option, Profile, Rule, Span
from layercheck.project import Project
from layercheck.queries.file_kinds import is_application
from layercheck.queries.modules import folder_of, join
from layercheck.rules.orientation._readme import (
    describes_pattern,
    is_folder_readme,
    modules_of,
    names_something,
    words_of,
)

RULE = Rule(
    code="LC004",
    name="readme-omits-module",
    message="the README of {folder}/ never names {modules}: add what {it} hold{s}",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("ORIENT-3",),
    since="0.1",
    options=(
        Option(
            "max-modules", 12, "in a folder with more modules, a README that describes the pattern need not name each"
        ),
    ),
)
_SHOWN = 5


def check(document: Document, project: Project) -> Iterator[Fault]:
    """The public modules that the README of their folder does not name."""
    if not is_folder_readme(project, document):
        return
    folder, text = folder_of(document.path), document.text
    modules = [m.removesuffix(".py") for m in modules_of(project, folder) if _is_public(project, folder, m)]
    words = words_of(text)
    missing = [m for m in modules if m not in words]
    if not missing or len(missing) == len(modules) or not names_something(project, folder, text):
        return
    limit = project.settings.option(RULE, "max-modules", document.path)
    if isinstance(limit, int) and len(modules) > limit and describes_pattern(text):
        return
    more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    fields = {
        "folder": folder,
        "modules": ", ".join(f"{m}.py" for m in missing[:_SHOWN]) + more,
        "it": "it" if len(missing) == 1 else "they",
        "s": "s" if len(missing) == 1 else "",
    }
    yield Fault(Span(document.path, 1, 0, 1, len(text.partition("\n")[0])), fields)


def _is_public(project: Project, folder: str, name: str) -> bool:
    return not name.startswith("_") and is_application(project, join(folder, name))
