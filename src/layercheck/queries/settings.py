"""Settings classes of the project, and who reads the environment without one."""

from __future__ import annotations

from layercheck.facts.rows import Class
from layercheck.knowledge.environment import MACHINE_PREFIXES, MACHINE_VARIABLES
from layercheck.model import Place
from layercheck.project import Project, query
from layercheck.queries.environment import is_command, is_settings_module, may_read, reads, says_reads
from layercheck.queries.file_kinds import is_application
from layercheck.queries.import_names import names_imported, python_files
from layercheck.queries.models import is_schema, is_settings
from layercheck.tuples import NamedTuple

_FEW = 2


class Configuration(NamedTuple):
    """Where the project first says that it is configured through the environment."""

    path: str
    place: Place
    text: str


@query
def settings_classes(project: Project) -> tuple[str, ...]:
    """The keys of the application's settings classes with fields, in order of path."""
    return tuple(key for path in python_files(project) for key in _settings_classes_in(project, path))


@query
def _settings_classes_in(project: Project, path: str) -> tuple[str, ...]:
    classes = [cls.key for cls in project.of_file(Class, path) if cls.raw_fields and is_settings(project, cls.key)]
    return tuple(classes) if classes and is_application(project, path) else ()


@query
def reading_modules(project: Project) -> tuple[tuple[str, tuple[tuple[str, int, str], ...]], ...]:
    """(path, ((body key, place, variable or ''), ...)) of the application's modules that read variables; scripts are left out.

    The reads at module level come first. Variables of the machine, its platform and of SDKs do not count.
    """
    read = ((path, _reads_in(project, path)) for path in project.files() if path.endswith(".py"))
    return tuple((path, entries) for path, entries in read if entries)


@query
def _reads_in(project: Project, path: str) -> tuple[tuple[str, int, str], ...]:
    if not may_read(project, path) or not is_application(project, path) or is_command(project, path):
        return ()
    keys = sorted(
        project.keys_said(path, lambda said: says_reads(project, said)), key=lambda key: not key.endswith(":")
    )
    return tuple(entry for key in keys for entry in _own_reads(project, key))


@query
def _own_reads(project: Project, key: str) -> tuple[tuple[str, int, str], ...]:
    """The same for one body, so that an edit of another one asks nothing here."""
    return tuple(
        (key, read.at, read.name or "")
        for read in reads(project, key)
        if read.name is None or not (read.name in MACHINE_VARIABLES or read.name.startswith(MACHINE_PREFIXES))
    )


@query
def first_configuration(project: Project) -> Configuration | None:
    """The first settings class; without one the first read, when there are more than two; None when nothing is configured."""
    classes = settings_classes(project)
    if classes:
        row = project.get(Class, classes[0])
        return Configuration(row.path, row.place(), f"{row.name} reads the environment") if row is not None else None
    modules = reading_modules(project)
    if sum(len(entries) for _, entries in modules) <= _FEW:
        return None
    path, entries = modules[0]
    key, at, name = entries[0]
    return Configuration(
        path,
        Place("Body", key, at),
        f"{name or 'the environment'} is read from the environment" if name else "the environment is read",
    )


_VALIDATING = frozenset(
    {"cattr", "cattrs", "decouple", "dynaconf", "environ", "environs", "msgspec", "pydantic_settings"}
)


@query
def validates_settings(project: Project) -> bool:
    """Whether something in the project checks settings: a settings class, a model in a settings module, a library for it."""
    return any(is_application(project, path) and _validates_in(project, path) for path in python_files(project))


@query
def _validates_in(project: Project, path: str) -> bool:
    if any(
        not level
        and (module.partition(".")[0] in _VALIDATING or module == "starlette.config" or name == "BaseSettings")
        for module, level, name in names_imported(project, path)
    ):
        return True
    classes = project.of_file(Class, path)
    if any(is_settings(project, cls.key) for cls in classes):
        return True
    if is_settings_module(project, path) and any(is_schema(project, cls.key) for cls in classes):
        return True
    return any(is_schema(project, cls.key) and reads(project, cls.key) for cls in classes)
