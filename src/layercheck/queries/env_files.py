"""The environment files of a project: which are real, which are examples, and which belong to whom."""

from __future__ import annotations

from layercheck.facts.rows import EnvFile
from layercheck.knowledge.environment import ENV_SAMPLES, ENV_TESTS, FRONTEND_VARIABLES, PUBLIC_VARIABLES
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.secrets import secret_name

_WORDS = pattern(r"[a-z0-9]+")


def is_env_sample(path: str) -> bool:
    """Whether an environment file is an example by its name: .env.example, .env.local.example, template.env."""
    return not ENV_SAMPLES.isdisjoint(_WORDS.findall(path.rpartition("/")[2].lower()))


def is_env_for_tests(path: str) -> bool:
    """Whether an environment file is one for tests by its name or folder: .env.test, tests/.env."""
    return not ENV_TESTS.isdisjoint(_WORDS.findall(path.lower()))


def is_public(file: EnvFile) -> bool:
    """Whether a file has no value, or is a front-end's: variables that its build publishes anyway (VITE_API_URL), and no credential."""
    names = [name for name, commented, filled in file.names if filled and not commented]
    built = [name for name in names if name.startswith(PUBLIC_VARIABLES)]
    if all(name.startswith(PUBLIC_VARIABLES) or name in FRONTEND_VARIABLES for name in names):
        return True
    return bool(built) and not any(secret_name(name) or "DATABASE" in name for name in names if name not in built)


@query
def env_samples(project: Project) -> tuple[str, ...]:
    """The paths of the example files."""
    return tuple(sorted(file.path for file in project.all(EnvFile) if is_env_sample(file.path)))
