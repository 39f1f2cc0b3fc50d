"""Files of a project that are not Python: which matter, and which variables of the environment they name. Names only, never a value."""

from __future__ import annotations

from layercheck.knowledge.environment_readers import OTHER_LANGUAGES
from layercheck.patterns import pattern

_DOCUMENTS = frozenset({
    "pyproject.toml", "layercheck.toml", "setup.cfg", "poetry.lock", "uv.lock", "pdm.lock", "pixi.lock", "pipfile", "pipfile.lock",
    "pylock.toml", ".gitignore", ".gitlab-ci.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", ".travis.yml", "jenkinsfile",
    "makefile", "justfile", "taskfile.yml", "tox.ini", "alembic.ini", "pytest.ini", ".coveragerc", "renovate.json", ".env", ".flaskenv",
    "environment.yml", ".pre-commit-config.yaml",
})  # fmt: skip
_INTERESTING = frozenset(name[0] for name in _DOCUMENTS) | frozenset("rdce.")
_README_ENDINGS = ("readme", ".md", ".markdown", ".mdx", ".rst", ".txt", ".adoc", ".asciidoc", ".org")
_CI_FOLDERS = (".github/workflows", ".circleci", ".github", ".gitlab")
_SAMPLE_ENDINGS = (".example", ".sample", ".template", ".dist")


def keeps_text(path: str) -> bool:
    """Whether a project file is read as a whole: READMEs, environment files, project and CI files."""
    folder, _, name = path.rpartition("/")
    lowered = name.lower()
    if lowered[:1] in _INTERESTING:
        if lowered in _DOCUMENTS or lowered.startswith(".env."):
            return True
        if lowered.startswith("readme"):
            return lowered.endswith(_README_ENDINGS)
        if lowered.startswith(("requirements", "constraints")):
            return lowered.endswith((".txt", ".in"))
        if lowered.startswith(("docker-compose", "compose.")):
            return lowered.endswith((".yml", ".yaml"))
        if lowered.startswith("dockerfile") or (lowered.startswith("pylock.") and lowered.endswith(".toml")):
            return True
    if lowered.endswith((".yml", ".yaml")):
        return folder.endswith(_CI_FOLDERS)
    return (lowered.endswith(_SAMPLE_ENDINGS) and "env" in lowered) or lowered.endswith(".env")


_SCRIPT_ENDINGS = (
    ".bash", ".bat", ".cmd", ".conf", ".envrc", ".hcl", ".j2", ".mk", ".ps1", ".service", ".sh", ".template", ".tf", ".tmpl", ".toml", ".tpl", ".zsh",
)  # fmt: skip
_SCRIPTS = frozenset({
    "app.json", "caddyfile", "caprover.json", "entrypoint", "package.json", "railway.json", "tiltfile", "vagrantfile", "vercel.json",
}) | OTHER_LANGUAGES  # fmt: skip
_SCRIPT_STARTS = ("next.config.", "procfile", "vite.config.", "webpack.config.")
_DEPLOYING = frozenset({
    "ansible", "argocd", "aws", "azure", "chart", "charts", "ci", "cloud", "cloudbuild", "compose", "deploy", "deployment", "deployments",
    "devops", "docker", "fly", "gcp", "helm", "infra", "infrastructure", "k8s", "kubernetes", "kustomize", "manifest", "manifests", "ops",
    "podman", "railway", "render", "serverless", "skaffold", "stack", "swarm", "terraform",
})  # fmt: skip
_RUN_FROM = _DEPLOYING | {"bin", "script", "scripts"}
"""Folders in which a file without an ending is a script."""
_WORDS = pattern(r"[a-z0-9]+")
_NAME = pattern(r"\b[A-Z][A-Z0-9_]+\b|(?<=\$)[A-Za-z_]\w+|(?<=\$\{)[A-Za-z_]\w+")


def names_variables(path: str) -> bool:
    """Whether a file may set or read variables for the application: scripts, manifests of deployments, package.json, Procfile.

    YAML counts at the top of the project and where a folder or the name speaks of deployment.
    """
    folder, _, name = path.rpartition("/")
    name = name.lower()
    if name.endswith((".yml", ".yaml")):
        return not folder or not _DEPLOYING.isdisjoint(_WORDS.findall(path.lower()))
    if "." not in name and not _RUN_FROM.isdisjoint(_WORDS.findall(folder.lower())):
        return True
    return name.endswith(_SCRIPT_ENDINGS) or name in _SCRIPTS or name.startswith(_SCRIPT_STARTS)


def variable_names(text: str) -> tuple[str, ...]:
    """What looks like a variable of the environment, sorted: words in upper case, and what follows a dollar sign."""
    return tuple(sorted({name for name in _NAME.findall(text) if len(name) > 1}))


def npm_packages(text: str) -> tuple[str, ...]:
    """The packages that a package.json asks for, sorted; none where it cannot be read."""
    import json  # most projects have none, and every run imports this module

    try:
        said = json.loads(text)
    except ValueError:
        return ()
    if not isinstance(said, dict):
        return ()
    groups = [said.get(key) for key in ("dependencies", "devDependencies", "peerDependencies")]
    return tuple(sorted({str(name) for group in groups if isinstance(group, dict) for name in group}))
