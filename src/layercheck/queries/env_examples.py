"""Which example of an environment file is whose: the nearest one above the settings, front-ends and deployments told apart."""

from __future__ import annotations

from layercheck.facts.rows import Class, Document, EnvFile, Mentions
from layercheck.knowledge.environment_readers import BUILT_FOR_BROWSERS, OTHER_LANGUAGES, RUNS_ON_NODE
from layercheck.project import Project, query
from layercheck.queries.env_files import env_samples, is_env_for_tests
from layercheck.queries.environment import may_read, reads, says_reads
from layercheck.queries.file_kinds import is_application
from layercheck.queries.import_names import python_files
from layercheck.queries.models import is_settings
from layercheck.queries.modules import folder_of


@query
def reading_folders(project: Project) -> frozenset[str]:
    """The folders with application code that reads the environment, and all folders above them; "" is the top."""
    found: set[str] = set()
    for path in python_files(project):
        if folder_of(path) not in found and is_application(project, path) and _reads_environment(project, path):
            found |= set(_upwards(folder_of(path)))
    return frozenset(found)


@query
def _reads_environment(project: Project, path: str) -> bool:
    return any(is_settings(project, c.key) for c in project.of_file(Class, path)) or (
        may_read(project, path)
        and any(reads(project, key) for key in project.keys_said(path, lambda said: says_reads(project, said)))
    )


def _upwards(folder: str) -> list[str]:
    """A folder and those above it, nearest first, "" last."""
    out = []
    while folder:
        out.append(folder)
        folder = folder.rpartition("/")[0]
    return [*out, ""]


@query
def backend_examples(project: Project) -> tuple[str, ...]:
    """The example files that a Python application is configured by: code that reads the environment lies beside or below them."""
    folders = reading_folders(project)
    return tuple(path for path in env_samples(project) if folder_of(path) in folders and not is_env_for_tests(path))


@query
def home_of(project: Project, folder: str) -> str | None:
    """The nearest folder upwards that has an example; None when there is none."""
    homes = {folder_of(path) for path in backend_examples(project)}
    return next((here for here in _upwards(folder) if here in homes), None)


@query
def examples_for(project: Project, folder: str) -> tuple[tuple[str, ...], frozenset[str], bool]:
    """(the examples that configure the code in a folder, all names that they give, whether one stands above the code).

    The nearest folder upwards with an example is the home. What examples further up, and those in folders without Python (`docker/`,
    `deploy/`), name counts as named too. Without a home those in folders without Python are the examples.
    """
    above = _upwards(folder)
    mine = backend_examples(project)
    home = home_of(project, folder)
    apart = tuple(path for path in env_samples(project) if _is_apart(project, folder_of(path)))
    examples = tuple(path for path in mine if folder_of(path) == home) if home is not None else apart
    others = (*apart, *(path for path in env_samples(project) if folder_of(path) in above))
    names = {name for path in (*examples, *others) for name in names_in(project, path)}
    return examples, frozenset(names), home is not None


def _is_apart(project: Project, folder: str) -> bool:
    """Whether a folder has neither Python nor a front-end: one for deployment."""
    return folder not in reading_folders(project) and f"{folder}/package.json" not in _package_files(project)


def names_in(project: Project, path: str) -> tuple[str, ...]:
    """The names of an environment file, those that are commented out included."""
    row = project.get(EnvFile, f"{path}:")
    return () if row is None else tuple(name for name, _, _ in row.names)


@query
def _package_files(project: Project) -> frozenset[str]:
    return frozenset(row.path for row in project.all(Mentions) if row.path.rpartition("/")[2] == "package.json")


@query
def may_serve_others(project: Project, example: str) -> bool:
    """Whether an example may be for code that is not Python too: a front-end or another service beside it, or below it without a file of its own."""
    home = folder_of(example)
    prefix = f"{home}/" if home else ""
    owned = {folder_of(file.path) for file in project.all(EnvFile)} - {home}
    for row in project.all(Mentions):
        folder, name = folder_of(row.path), row.path.rpartition("/")[2].lower()
        if not row.path.startswith(prefix):
            continue
        if name != "package.json" and name not in OTHER_LANGUAGES:
            continue
        if folder != home and any(
            here in owned for here in _upwards(folder) if here.startswith(prefix) and here != home
        ):
            continue
        if name == "package.json" and _reads_by_prefix(row.packages):
            continue
        return True
    return feeds_foreign_images(project, home)


def _reads_by_prefix(packages: tuple[str, ...]) -> bool:
    """Whether what is built can only see variables with the prefix of its build tool."""
    return not BUILT_FOR_BROWSERS.isdisjoint(packages) and RUNS_ON_NODE.isdisjoint(packages)


@query
def feeds_foreign_images(project: Project, folder: str) -> bool:
    """Whether a compose file in a folder gives its whole environment file to a service that is not built here."""
    return any(
        folder_of(document.path) == folder and _feeds_foreign(document.text)
        for document in project.all(Document)
        if document.kind.lower().startswith(("docker-compose", "compose."))
    )


_KNOWN_IMAGES = (
    "adminer", "clickhouse", "elasticsearch", "mailhog", "mailpit", "mariadb", "minio", "mongo", "mysql", "nginx", "pgadmin", "pgvector",
    "postgis", "postgres", "rabbitmq", "redis", "traefik", "valkey",
)  # fmt: skip
"""Images whose variables the tables know."""


def _feeds_foreign(text: str) -> bool:
    services: list[set[str]] = []
    for line in text.split("\n"):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        if indent <= 2 and stripped.endswith(":"):
            services.append(set())
        elif services:
            key, _, value = stripped.partition(":")
            image = value.strip().strip("\"'").rpartition("/")[2]
            if key == "image" and not image.startswith(_KNOWN_IMAGES):
                services[-1].add("image")
            elif key in ("build", "env_file"):
                services[-1].add(key)
    return any({"image", "env_file"} <= service and "build" not in service for service in services)
