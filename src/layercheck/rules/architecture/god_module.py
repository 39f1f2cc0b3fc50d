"""Split modules that do everything.

A module of thousands of lines, or one that holds the routes, the rules and the tables of a feature together, is changed by
everybody at once: each change conflicts with another, nothing in it can be tested alone, and nobody reads it to the end.

How to fix: one module a feature and a layer; a package whose `__init__.py` re-exports the old names makes the move painless.

Generated code, migrations, scripts and modules without code (constants, tables of data, classes that only have fields) are spared.
Among the definitions, classes without behaviour (schemas, tables, enums, exceptions) do not count. A module under 300 lines of code
may hold several layers: there it is still easy to see.

```python bad app/everything.py
def step_1(): return 1
def step_2(): return 2
def step_3(): return 3
def step_4(): return 4
def step_5(): return 5
def step_6(): return 6
def step_7(): return 7
def step_8(): return 8
def step_9(): return 9
def step_10(): return 10
def step_11(): return 11
def step_12(): return 12
def step_13(): return 13
def step_14(): return 14
def step_15(): return 15
def step_16(): return 16
def step_17(): return 17
def step_18(): return 18
def step_19(): return 19
def step_20(): return 20
def step_21(): return 21
def step_22(): return 22
def step_23(): return 23
def step_24(): return 24
def step_25(): return 25
def step_26(): return 26
def step_27(): return 27
def step_28(): return 28
def step_29(): return 29
def step_30(): return 30
def step_31(): return 31
def step_32(): return 32
def step_33(): return 33
def step_34(): return 34
def step_35(): return 35
def step_36(): return 36
def step_37(): return 37
def step_38(): return 38
def step_39(): return 39
def step_40(): return 40
def step_41(): return 41
```
```python good app/everything.py
from app.first import step_1
from app.second import step_2


def run():
    return step_1(), step_2()
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function, Source
from layercheck.knowledge.database import LIBRARY_REPOSITORIES
from layercheck.knowledge.names import REPOSITORY_SUFFIXES, SERVICE_SUFFIXES
from layercheck.knowledge.types import WITHOUT_BEHAVIOUR
from layercheck.model import Fault, Level, Option, Place, Profile, Rule
from layercheck.project import Project
from layercheck.queries.exceptions import is_exception_class
from layercheck.queries.file_kinds import is_script
from layercheck.queries.handlers import handlers_in
from layercheck.queries.models import is_schema, is_table, tables_in
from layercheck.queries.symbols import mro

RULE = Rule(
    code="LC111",
    name="god-module",
    message="this module {does}: split it by feature and layer",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ORG-3",),
    since="0.1",
    options=(
        Option("max-lines", 1000, "lines of code (neither blank nor comment) that a module may have"),
        Option("max-definitions", 40, "functions and classes with behaviour that a module may define at its top level"),
        Option("max-layers", 2, "layers of which a module may hold definitions"),
        Option("min-lines-for-layers", 300, "lines of code from which on the layers are counted"),
    ),
)


def check(source: Source, project: Project) -> Iterator[Fault]:
    """The module as a whole, with every measure that it exceeds."""
    path = source.key.partition(":")[0]
    if is_script(project, path):
        return

    def limit(name: str) -> int:
        return int(project.settings.option(RULE, name, path))  # type: ignore[arg-type]

    found = []
    if source.code_lines > limit("max-lines") and not _mostly_constants(project, path):
        found.append(f"has {source.code_lines:,} lines of code")
    definitions = _definitions(project, path, limit("max-definitions"))
    if len(definitions) > limit("max-definitions"):
        found.append(f"defines {len(definitions)} functions and classes")
    layers = _layers(project, path) if source.code_lines >= limit("min-lines-for-layers") else []
    if len(layers) > limit("max-layers"):
        found.append(f"mixes {', '.join(layers[:-1])} and {layers[-1]}")
    if found:
        yield Fault(Place("Source", source.key, 0), {"does": " and ".join(found)})


def _definitions(project: Project, path: str, limit: int) -> set[str]:
    """The names of the top-level functions and of the classes that do something; overloads and redefinitions count once. Which classes
    those are is not asked where all together are not more than the limit."""
    functions = {f.name for f in project.of_file(Function, path) if not f.cls and not f.parent}
    top = [c for c in project.of_file(Class, path) if not c.parent]
    if len(functions) + len(top) <= limit:
        return functions
    classes = {c.name for c in top if not _is_data(project, c)}
    return functions | classes


def _is_data(project: Project, cls: Class) -> bool:
    """Exceptions, enums and classes that only have fields: there may be as many in a module as the domain has words."""
    if is_exception_class(project, cls.key) or any(base in WITHOUT_BEHAVIOUR for base in mro(project, cls.key)):
        return True
    return is_schema(project, cls.key) or is_table(project, cls.key) or not cls.methods


def _mostly_constants(project: Project, path: str) -> bool:
    """Whether a module is a table of data, not code: it has no function, or literals at module level make up most of it."""
    if not project.of_file(Function, path):
        return True
    module = project.get(Body, f"{path}:")
    left = len(list(ir.expressions(module.statements))) if module is not None else 0
    for body in project.of_file(Body, path):
        if left <= 0:
            return False
        if not body.key.endswith(":"):
            left -= 2 * len(list(ir.expressions(body.statements)))
    return left > 0


def _layers(project: Project, path: str) -> list[str]:
    """What a module defines of each layer, in words."""
    classes = [c for c in project.of_file(Class, path) if not c.parent]
    schemas = [c for c in classes if is_schema(project, c.key)]
    tables = tables_in(project, path)
    working = [
        c for c in classes if c not in schemas and c.key not in tables and not is_exception_class(project, c.key)
    ]
    repositories = [c for c in working if c.name.endswith(REPOSITORY_SUFFIXES) or _LIBRARY & set(mro(project, c.key))]
    services = [c for c in working if c.name.endswith(SERVICE_SUFFIXES)]
    kinds = {
        "handlers": handlers_in(project, path),
        "services": services,
        "repositories": repositories,
        "tables": tables,
        "schemas": schemas,
    }
    return [kind for kind, found in kinds.items() if found]


_LIBRARY = frozenset(LIBRARY_REPOSITORIES)
