"""Give every source folder a README.md.

People and coding agents read the README of a folder before they change something in it: what the folder is for, its key files,
how to work in it. A folder without one is learned by guessing.

How to fix: add a README.md of a few lines with a purpose sentence, the key files and one or two hints. Where no folder has one,
layercheck says so once; `layercheck init` can write a first draft.

```python bad app/__init__.py
```
```python bad app/orders.py
def total(prices):
    return sum(prices)
```
```python good app/orders.py
def total(prices):
    return sum(prices)
```
```markdown good app/README.md
# app

The order service. `orders.py` adds up prices; keep it free of HTTP.
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Module
from layercheck.model import Fault, Level, Option, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_application
from layercheck.queries.modules import files_in, folder_of

RULE = Rule(
    code="LC001",
    name="missing-folder-readme",
    message="{message}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ORIENT-1",),
    since="0.1",
    options=(Option("formats", ("md",), 'endings that count as a README, such as "md", "rst", "txt"'),),
)


def check(module: Module, project: Project) -> Iterator[Fault]:
    """At the first module of a folder without README; once for a project where no folder has one."""
    folder = folder_of(module.path)
    lacking, alone = folders_without_readme(project)
    if (folder, module.path) not in lacking:
        return
    if alone:
        if folder == alone:
            message = f"none of the {len(lacking)} source folders of this project has a README.md: start with one here and in the folders people get lost in"
            yield Fault(module.place(), {"message": message})
        return
    yield Fault(
        module.place(),
        {
            "message": f"the folder {folder}/ has no README.md: say what it is for, name its key files, how to work in it"
        },
    )


@query
def folders_without_readme(project: Project) -> tuple[frozenset[tuple[str, str]], str]:
    """The source folders below the root that have no README, each with the file to report it in; where no folder at all
    has one (and there are several), also the folder to report that in, else ''."""
    below = [place for place in source_folders(project) if place[0]]
    lacking = [place for place in below if not has_readme(project, place[0])]
    none_has_one = len(lacking) == len(below) > 1
    return frozenset(lacking), _top([folder for folder, _ in below]) if none_has_one else ""


@query
def source_folders(project: Project) -> tuple[tuple[str, str], ...]:
    """(folder, the file a finding about it is reported in) for every folder that holds application code."""
    first: dict[str, str] = {}
    for path in project.files():
        if not path.endswith(".py") or any(part.startswith(".") for part in path.split("/")):
            continue
        if not is_application(project, path):
            continue
        folder = folder_of(path)
        init = f"{folder}/__init__.py" if folder else "__init__.py"
        if folder not in first or path == init:
            first[folder] = path
    return tuple(sorted(first.items()))


@query
def has_readme(project: Project, folder: str) -> bool:
    """Whether a folder has a README: of a format that counts (md unless configured), or a name of `readme-names`."""
    formats = project.settings.option(RULE, "formats")
    endings = formats if isinstance(formats, tuple) else ("md",)
    for path in files_in(project, folder):
        name = path.rpartition("/")[2]
        stem, _, ending = name.lower().partition(".")
        if (stem == "readme" and ending in endings) or project.settings.is_readme(name):
            return True
    return False


def _top(folders: list[str]) -> str:
    """The folder with the most source folders below it; the shallowest, first by name, of equals."""
    return min(folders, key=lambda f: (-sum(1 for other in folders if other.startswith(f"{f}/")), f.count("/"), f))
