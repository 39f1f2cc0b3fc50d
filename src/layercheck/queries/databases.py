"""Which database the project runs on, by its drivers, URLs and the dialects that it imports."""

from __future__ import annotations

import re

from layercheck.facts.rows import Document, EnvFile, Function
from layercheck.knowledge.dialects import DRIVERS, SCHEMES
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_test
from layercheck.queries.requirements import is_requirement_file, normalised, requirements_in

_URL = pattern(rf"\b({'|'.join(SCHEMES)})(?:\+\w+)?://")
_SERVICE = pattern(rf"(?im)^[\s\"'-]*({'|'.join(map(re.escape, sorted(DRIVERS, key=len, reverse=True)))})(?![\w-])")
"""A service of a compose file, or a package of a file that is not read as a requirement file."""
_SPEAKERS = frozenset({"alembic", "databases", "sqlalchemy", "sqlmodel"})
_FILES = (
    "requirements",
    "constraints",
    "pyproject.toml",
    "pipfile",
    "setup.cfg",
    "environment.yml",
    ".env",
    "docker-compose",
    "compose.",
)
_BY_NAME = {normalised(name): dialect for name, dialect in DRIVERS.items()}


@query
def dialects(project: Project) -> frozenset[str]:
    """The databases that the application can run on: "postgresql", "mysql", "sqlite", "oracle", "mssql". Empty: cannot be told."""
    found: set[str] = set()
    for path in project.files():
        found |= _in_module(project, path) if path.endswith(".py") else _in_document(project, path)
    return frozenset(found)


@query
def _in_module(project: Project, path: str) -> frozenset[str]:
    if is_test(project, path):
        return frozenset()
    found = set()
    module = project.imports_in(path)
    for entry in module.imports if module is not None else ():
        if not entry.level:
            top, _, rest = entry.module.partition(".")
            found.add(DRIVERS.get(top, ""))
            if top == "sqlalchemy" and (name := rest.removeprefix("dialects.").partition(".")[0]) in SCHEMES:
                found.add(SCHEMES[name])
            if entry.module == "sqlalchemy.dialects" and entry.name in SCHEMES:
                found.add(SCHEMES[entry.name or ""])
    speaks_sql = module is not None and any(i.module.partition(".")[0] in _SPEAKERS for i in module.imports)
    for said in project.said_in(path):
        if not speaks_sql and project.get(Function, said.key) is not None:
            continue  # URLs stand in settings and constants
        for text in said.texts:
            match = _URL.match(text)
            if match is not None:
                found.add(SCHEMES[match[1]])
    return frozenset(found - {""})


@query
def _in_document(project: Project, path: str) -> frozenset[str]:
    name = path.rpartition("/")[2].lower()
    found = set()
    if name.startswith(_FILES) or "env" in name:
        for document in project.of_file(Document, path):
            found |= {SCHEMES[scheme] for scheme in _URL.findall(document.text)}
            if not is_requirement_file(path):
                found |= {_BY_NAME[normalised(driver)] for driver in _SERVICE.findall(document.text)}
    found |= {_BY_NAME[r.name] for r in requirements_in(project, path) if r.direct and r.name in _BY_NAME}
    for row in project.of_file(EnvFile, path):
        found |= {SCHEMES[kind] for scheme in row.schemes if (kind := scheme.partition("+")[0]) in SCHEMES}
    return frozenset(found)
