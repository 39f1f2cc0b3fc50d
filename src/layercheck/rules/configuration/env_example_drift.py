"""Keep .env.example and the settings in step.

The example is what a new colleague, and every new deployment, copies. A required variable that it does not name is a start-up failure
that somebody has to debug; a name in it that nothing reads is a setting that people fill in and wonder why it changes nothing.

How to fix: add the missing line with a harmless or empty value; remove the line that nothing reads, or mend its spelling.

```python bad app/settings.py
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_file=".env", extra="ignore")

    database_url: str
    secret_key: str
```
```env bad .env.example
SHOP_DATABASE_URL=postgresql+psycopg://shop@localhost/shop
SECRET_KEY=
```
```python good app/settings.py
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_file=".env", extra="ignore")

    database_url: str
    secret_key: str
```
```env good .env.example
SHOP_DATABASE_URL=postgresql+psycopg://shop@localhost/shop
SHOP_SECRET_KEY=
```

Which variable a field reads follows pydantic-settings: prefix, aliases, nested delimiter, case, inherited configuration. The example of a
settings class is the one in the nearest folder above it; names that are commented out in it count as named, and so do those of
examples further up and in folders without code (`deploy/`).

A required field is not reported when it cannot be told where its value comes from: a further source, a validator that fills in, a call
that passes it, a compose file or Dockerfile that sets it, a class that the application never makes. Of an example that names nothing of a
class, but leaves out three fields or more, nothing is said: it is for something else; nor of one in a folder without code that leaves
out more than half.

A name in the example is known when a settings field reads it, when a string of the project's code (tests included) has it, when a
compose or CI file, a Dockerfile, a script or a value of the example itself mentions it, or when a library, an image or the machine reads
it by itself (`AWS_...`, `OTEL_...`, `PGHOST`). Nothing is said with `extra="allow"`, with settings that cannot be read in full, when the
application takes the environment as a whole, or, but for names with the prefix of the settings, when a front-end or a service in
another language may read the file too. `ignore-names` is for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from layercheck.facts.rows import Class, Document, EnvFile
from layercheck.knowledge.environment import MACHINE_PREFIXES, MACHINE_VARIABLES
from layercheck.model import Fault, Level, Option, Place, Profile, Rule, Step
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.env_examples import backend_examples, examples_for, home_of, may_serve_others, names_in
from layercheck.queries.env_names import is_read_by_others, is_said_in_code, mentioned_names, reads_everything
from layercheck.queries.file_kinds import is_application
from layercheck.queries.modules import folder_of
from layercheck.queries.settings import settings_classes
from layercheck.queries.settings_fields import Variable
from layercheck.queries.settings_made import given_elsewhere
from layercheck.queries.settings_names import Environment, all_environments, flat, settings_environment

RULE = Rule(
    code="LC210",
    name="env-example-drift",
    message="{cls} requires {name}, which {example} does not name: add the line",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("CONF-5",),
    since="0.1",
    options=(
        Option("ignore-names", (), "names (or patterns) in example files that something outside the project reads"),
    ),
)
_RENAMED = "{cls} requires {name}, but {example} names {other}, which it does not read: rename the line"
_UNKNOWN = "nothing in the project reads {name}: remove the line, or mend the name"
_MISSPELT = "nothing in the project reads {name}: remove the line, or rename it to {other}"
_FEW = 3


def check(cls: Class, project: Project) -> Iterator[Fault]:
    """Each required field of a settings class that the example leaves out; reported where the field is declared."""
    for owner, at, class_name, names, example, other in missing(project):
        if owner == cls.key:
            yield Fault(
                cls.place(at),
                {"cls": class_name, "name": names, "example": example.rpartition("/")[2], "other": other},
                (Step(Place("EnvFile", f"{example}:", 0), "the example"),),
                message=_RENAMED if other else "",
            )


def check_example(file: EnvFile, project: Project) -> Iterator[Fault]:
    """Each name of an example that nothing reads."""
    if file.path not in backend_examples(project):
        return
    given = project.settings.option(RULE, "ignore-names")
    ignored = given if isinstance(given, tuple) else ()
    unknown = set(unknown_names(project, file.path))
    for at, (name, commented, _) in enumerate(file.names, 1):
        if name not in unknown or commented:
            continue
        unknown.discard(name)
        if not any(fnmatchcase(name, pattern) for pattern in ignored):
            other = _meant(project, file.path, name)
            yield Fault(file.place(at), {"name": name, "other": other}, message=_MISSPELT if other else _UNKNOWN)


@query
def _meant(project: Project, example: str, name: str) -> str:
    """The variable of a settings field, missing in the example, that a name is nearly; "" when there is none."""
    from difflib import get_close_matches  # only where something is wrong

    given = {given.upper() for given in names_in(project, example)}
    known = {
        n for e in _environments_at(project, folder_of(example)) or () for v in flat(e.fields) for n in v.names or ()
    }
    forgotten = sorted(n for n in known if n.upper() not in given)
    ends = [n for n in forgotten if n.upper().endswith(f"_{name.upper()}")]
    return next(iter(ends if len(ends) == 1 else get_close_matches(name.upper(), forgotten, 1, 0.85)), "")


# ------------------------------------------------------------------------------------------------- what the example misses


@query
def missing(project: Project) -> tuple[tuple[str, int, str, str, str, str], ...]:
    """(class that declares the field, its ordinal, name of the settings class, variables, example, name without the prefix or "")."""
    found: dict[tuple[str, int], tuple[str, int, str, str, str, str]] = {}
    for key in settings_classes(project):
        for entry in _missing_of(project, key):
            found.setdefault(entry[:2], entry)
    return tuple(found.values())


@query
def _missing_of(project: Project, key: str) -> tuple[tuple[str, int, str, str, str, str], ...]:
    environment = settings_environment(project, key)
    row = project.get(Class, key)
    if row is None or environment is None or not environment.only_environment:
        return ()
    given = given_elsewhere(project, key)
    examples, names, above = examples_for(project, folder_of(row.path))
    if given is None or not examples:
        return ()
    fold = _exact if environment.case_sensitive else _upper
    named = frozenset(map(fold, names))
    related = any(fold(n) in named for v in flat(environment.fields) for n in v.names or ())
    out = []
    for field in environment.fields:
        if field.field in given or not field.required:
            continue
        wanted = _left_out(field, environment, named)
        wanted = [v for v in wanted if not any(_is_given(project, examples[0], n) for n in v.names or ())]
        if wanted:
            other = _without_prefix(environment, field, wanted[0], named)
            related = related or bool(other)
            shown = ", ".join(" or ".join(v.names or ()) for v in wanted)
            out.append((field.owner, field.at, row.name, shown, examples[0], other))
    required = sum(field.required is True for field in environment.fields)
    if (len(out) * 2 > required) if not above else (not related and len(out) >= _FEW):
        return ()  # an example for something else
    return tuple(out)


def _exact(name: str) -> str:
    return name


def _upper(name: str) -> str:
    return name.upper()


def _left_out(field: Variable, environment: Environment, named: frozenset[str]) -> list[Variable]:
    """The required variables of a field that are not named; empty where one of its names, or one that cannot be told, is."""
    if field.names is None or any(name in named for name in field.names):
        return []
    if field.children == ():
        return [field]
    if environment.delimiter is None:
        return []
    if field.children is None:
        starts = tuple(f"{name}{environment.delimiter}" for name in field.names)
        starts += tuple(start.upper() for start in starts)
        return [] if any(name.startswith(starts) for name in named) else [field]
    if any(v.names is None or v.required is None for v in field.children):
        return []
    below = [v for child in field.children if child.required for v in _left_out(child, environment, named)]
    if any(child.required for child in field.children) or any(
        name in named for child in flat(field.children) for name in child.names or ()
    ):
        return below
    return [field]


def _without_prefix(environment: Environment, field: Variable, wanted: Variable, named: frozenset[str]) -> str:
    """The name that an example has for a field where the prefix is forgotten, "" when it has none."""
    plain = field.field if environment.case_sensitive else field.field.upper()
    if environment.prefix and wanted is field and plain in named and plain not in (field.names or ()):
        return plain
    return ""


def _is_given(project: Project, example: str, name: str) -> bool:
    """Whether the machine sets a variable, or a compose file or Dockerfile gives it a value of its own."""
    if name in MACHINE_VARIABLES or name.startswith(MACHINE_PREFIXES):
        return True
    return name in assigned_names(project)


_ASSIGNED = pattern(
    r"(?m)^[ \t]*(?:ENV[ \t]+|ARG[ \t]+|-[ \t]*[\"']?)?([A-Za-z_]\w*)[ \t]*(?:=|:[ \t])[ \t]*(?![\"']?\$\{?\1\b)[\"']?[^\s\"']"
)


@query
def assigned_names(project: Project) -> frozenset[str]:
    """The variables that compose files and Dockerfiles set to something else than themselves."""
    found: set[str] = set()
    for document in project.all(Document):
        if document.kind.lower().startswith(("docker-compose", "compose.", "dockerfile")):
            found.update(_ASSIGNED.findall(document.text))
    return frozenset(found)


# ---------------------------------------------------------------------------------------------- what nobody reads


@query
def unknown_names(project: Project, example: str) -> tuple[str, ...]:
    """The names of an example that nothing in the project reads."""
    row = project.get(EnvFile, f"{example}:")
    home = folder_of(example)
    environments = _environments_at(project, home)
    if row is None or environments is None:
        return ()
    everywhere = all_environments(project)
    mentioned = mentioned_names(project)
    left = [
        name
        for name, commented, _ in row.names
        if not commented
        and name not in mentioned
        and not is_read_by_others(name)
        and not any(_is_read(e, name) for e in everywhere)
    ]
    if left and may_serve_others(project, example):
        prefixes = tuple((e.prefix or "").upper() for e in environments if len(e.prefix or "") > _FEW)
        left = [name for name in left if name.upper().startswith(prefixes)]
    if not left or reads_everything(project, home):
        return ()
    return tuple(name for name in left if not is_said_in_code(project, name))


@query
def _environments_at(project: Project, home: str) -> tuple[Environment, ...] | None:
    """What the settings classes read that an example in a folder is for, and those that have no example of their own.

    None when one of them takes any name or cannot be read in full.
    """
    found = []
    for environment in all_environments(project):
        path = environment.cls.partition(":")[0]
        if not is_application(project, path) or home_of(project, folder_of(path)) not in (home, None):
            continue
        if not environment.complete or environment.prefix is None or environment.delimiter is None:
            return None
        if environment.extra in (None, "allow"):
            return None
        found.append(environment)
    return tuple(found)


def _is_read(environment: Environment, name: str) -> bool:
    """Whether some field reads a variable, or may."""
    upper = name.upper()
    for variable in flat(environment.fields):
        if variable.names is None:
            if variable.field.upper() in upper:
                return True
            continue
        if name in variable.names or (not environment.case_sensitive and upper in variable.names):
            return True
        if variable.children is None and upper.startswith(
            tuple(f"{n}{environment.delimiter}".upper() for n in variable.names)
        ):
            return True
    return False
