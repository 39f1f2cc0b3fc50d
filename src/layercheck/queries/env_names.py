"""Which names of environment variables the project knows: by its code, its settings, its scripts and compose files."""

from __future__ import annotations

from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Broken, Class, EnvFile, Function, Mentions
from layercheck.ir import Expr, dotted
from layercheck.knowledge.environment import FRONTEND_VARIABLES, MACHINE_PREFIXES, MACHINE_VARIABLES, PUBLIC_VARIABLES
from layercheck.knowledge.environment_readers import LIBPQ, READ_BY_OTHERS, READ_BY_OTHERS_PREFIXES, WHOLE_READERS
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.env_examples import home_of
from layercheck.queries.environment import is_environ, may_read
from layercheck.queries.file_kinds import is_application
from layercheck.queries.import_names import python_files
from layercheck.queries.models import is_schema, is_settings, is_table
from layercheck.queries.modules import folder_of
from layercheck.queries.settings_names import all_environments

_WORD = pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_UPPER = pattern(r"_?[A-Z][A-Z0-9_]+")


def is_read_by_others(name: str) -> bool:
    """Whether a library, an image, a tool or the machine reads a variable without anybody naming it."""
    return (
        name in READ_BY_OTHERS
        or name in LIBPQ
        or name in MACHINE_VARIABLES
        or name in FRONTEND_VARIABLES
        or name.startswith((*READ_BY_OTHERS_PREFIXES, *MACHINE_PREFIXES, *PUBLIC_VARIABLES))
    )


# ------------------------------------------------------------------------------------------------------- what code says


@query
def is_said_in_code(project: Project, name: str) -> bool:
    """Whether a name stands in a string of the project's Python code, tests included, or is an attribute or a field of a plain class.

    A string that ends in an underscore stands for all names that begin so, but for the prefix of a settings class, whose fields are
    known; one that begins with an underscore stands for all names that end so.
    """
    whole, starts, ends = _said(project)
    return name in whole or name.startswith(starts) or name.endswith(ends)


@query
def _said(project: Project) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    words: set[str] = set()
    for path in project.files():
        if path.endswith(".py"):
            words |= _said_in(project, path)
    prefixes = {e.prefix for e in all_environments(project)}
    starts = tuple(sorted(w for w in words - prefixes if w.endswith("_") and len(w) > 2))
    ends = tuple(sorted(w for w in words if w.startswith("_") and len(w) > 2))
    return frozenset(words), starts, ends


@query
def _said_in(project: Project, path: str) -> frozenset[str]:
    """The words in upper case in the strings of a file, strings that are one name, attributes in upper case."""
    found: set[str] = set()
    for broken in project.of_file(Broken, path):
        found |= set(broken.words)
    for body in project.of_file(Body, path):
        for statement in body.statements:
            _gather(statement, found)
    for function in project.of_file(Function, path):
        _gather(function.decorators, found)
        _gather(function.raw_params, found)
    for cls in project.of_file(Class, path):
        _gather(cls.keywords, found)
        _gather(cls.decorators, found)
        if not (is_settings(project, cls.key) or is_schema(project, cls.key) or is_table(project, cls.key)):
            for field in cls.fields:
                found |= {field.name, field.name.upper()}
    return frozenset(found)


def _gather(value: Any, found: set[str]) -> None:
    """The words in a tree of plain tuples; strings that are statements (docstrings) are left out."""
    stack = [value]
    while stack:
        item = stack.pop()
        if item.__class__ is not tuple or len(item) < 2:
            stack.extend(item if item.__class__ is tuple else ())
            continue
        tag, second = item[0], item[1]
        if tag == "expr" and ir.is_a(second, "const"):
            continue
        if second.__class__ is str:
            if tag == "const":
                found.update((second,) if _WORD.fullmatch(second) else _UPPER.findall(second))
            elif tag in ("ref", "call"):
                found.update(part for part in second.split(".")[1:] if part.isupper())
        stack.extend(item)


# ------------------------------------------------------------------------------------------------- what else says it


@query
def mentioned_names(project: Project) -> frozenset[str]:
    """The names that compose and CI files, Dockerfiles, scripts and the like mention, and those that values of example files use."""
    found: set[str] = set()
    for row in project.all(Mentions):
        found.update(row.names)
    for file in project.all(EnvFile):
        found.update(file.references)
    return frozenset(found)


# ------------------------------------------------------------------------------------------------ the whole environment


@query
def reads_everything(project: Project, home: str) -> bool:
    """Whether code that an example in a folder is for takes the environment as a whole: a loop over it, a library that does so.

    Code that has no example of its own counts too. Any name may be read then.
    """
    return any(
        is_application(project, path)
        and home_of(project, folder_of(path)) in (home, None)
        and _reads_everything_in(project, path)
        for path in python_files(project)
    )


@query
def _reads_everything_in(project: Project, path: str) -> bool:
    module = project.imports_in(path)
    if module is None:
        return False
    if any(not i.level and i.module.partition(".")[0] in WHOLE_READERS for i in module.imports):
        return True
    if not may_read(project, path):
        return False
    return any(_takes_whole(project, body) for body in project.of_file(Body, path))


_VIEWS = frozenset({"items", "keys", "values", "copy"})
_FOR_CHILDREN = frozenset({"env", "environ", "environment", "extra_env"})


def _takes_whole(project: Project, body: Body) -> bool:
    nodes = list(ir.expressions(body.statements))
    if any(k == "auto_envvar_prefix" for node in nodes if ir.is_a(node, "call") for k, _ in node[3]):
        return True
    taken = sum(_weight(project, body.key, node) for node in nodes)
    if taken <= 0:
        return False
    calls = [node for node in nodes if ir.is_a(node, "call")]
    if any(k in _FOR_CHILDREN for call in calls for k, _ in call[3]):
        return False  # the environment of another process
    return not any(ir.last_name(call[1]) == "startswith" for call in calls)  # the beginning is a string of the code


def _weight(project: Project, key: str, node: Expr) -> int:
    """1 for the environment itself, -1 where only one variable of it is asked for."""
    match node:
        case ("item", owner, _, _):
            return -1 if is_environ(project, key, owner) else 0
        case ("cmp", _, rest, _):
            return -sum(op in ("in", "not in") and is_environ(project, key, right) for op, right in rest)
        case ("call", func, _, _, _) if dotted(func) is not None:
            owner, _, method = (dotted(func) or "").rpartition(".")
            return int(method in _VIEWS and bool(owner) and is_environ(project, key, owner))
    return int(dotted(node) is not None and is_environ(project, key, node))
