"""Everything that a change must pass: `nox` runs it all, `nox -s lint` or `nox -s tests` one part.

Each session has its own virtual environment below `.nox/`, kept between runs. Interpreters that the machine lacks are
skipped; Python 3.14 is covered by `tests/pyodide` (CPython 3.14 under Node) where there is no native one.
"""

import glob
import os
import re
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.options.download_python = "never"
nox.options.sessions = ["lint", "compat", "oldest", "tests"]

PROJECT = nox.project.load_toml("pyproject.toml")
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHERS = [version for version in SUPPORTED if version != RUNNING]
LINTERS = ("layercheck", "mypy", "nox", "ruff")
"""What of the `dev` group a session that only runs tests can do without."""
PYTEST = ("pytest", "-n", "auto", "--dist", "worksteal")
"""A worker without tests takes some from the other one: tests that start programs take a hundred times as long as most."""


def pyenv_first() -> None:
    """Put pyenv's interpreters before its shims on PATH: a shim of a version that is not the global one only fails."""
    root = os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))
    found = [path for version in SUPPORTED for path in sorted(glob.glob(f"{root}/versions/{version}.*/bin"))]
    os.environ["PATH"] = os.pathsep.join([*found, os.environ.get("PATH", "")])


def dev(*without: str) -> list[str]:
    """The requirements of the `dev` group, less those whose name starts with one of `without`."""
    group = PROJECT["dependency-groups"]["dev"]
    return [requirement for requirement in group if not requirement.startswith(without)]


def lowest(requirement: str) -> str:
    """`name>=1.2` as `name==1.2`: the oldest release that pyproject.toml says we support."""
    return re.sub(r"\s*>=\s*", "==", requirement)


pyenv_first()


@nox.session
def lint(session: nox.Session) -> None:
    """Format, lint and types; then layercheck on itself."""
    session.install("-e", ".[all]", *dev("layercheck", "nox"), "nox")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("mypy")
    session.run("layercheck", "check", ".")


@nox.session
def tests(session: nox.Session) -> None:
    """The whole test suite on the interpreter that runs nox. Arguments after `--` go to pytest."""
    session.install("-e", ".[all]", *dev(*LINTERS))
    session.run(*PYTEST, *session.posargs)


@nox.session(python=OTHERS)
def compat(session: nox.Session) -> None:
    """What can differ between interpreters, on every other supported one that the machine has."""
    session.install("-e", ".[all]", *dev(*LINTERS))
    session.run(*PYTEST, "-m", "not slow", *session.posargs)


@nox.session
def compiled(session: nox.Session) -> None:
    """A compiled wheel (docs/compiled.md), and on it the tests that are not slow. Where there is a C compiler; takes ten minutes, so it
    is run when it is named, before a release and after changes to what is compiled."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        session.skip(f"no {compiler}")
    # A build leaves what it compiled beside the sources, so it is done in a copy, and that outside: below the checkout tests would find its settings.
    with tempfile.TemporaryDirectory() as copy:
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(name, copy)
        shutil.copytree("src", Path(copy) / "src", ignore=shutil.ignore_patterns("__pycache__"))
        session.install(f"{copy}[all]", *dev(*LINTERS), env={"HATCH_BUILD_HOOKS_ENABLE": "1"})
    session.run(*PYTEST, "-m", "not slow and not plain", *session.posargs)


@nox.session(python=SUPPORTED[0])
def oldest(session: nox.Session) -> None:
    """What uses a library, with the oldest releases that pyproject.toml allows, on the oldest Python."""
    extras = PROJECT["project"]["optional-dependencies"]
    pins = [
        lowest(requirement)
        for group in (PROJECT["project"]["dependencies"], *(extras[name] for name in extras if name != "all"))
        for requirement in group
    ]
    session.install("-e", ".", *pins, *dev(*LINTERS))
    # The parser needs no library, and the laws are about what is done with its trees.
    session.run(*PYTEST, "-m", "not slow", "--ignore=tests/parsing", "--ignore=tests/laws", *session.posargs)
