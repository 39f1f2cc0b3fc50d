"""The hooks of .pre-commit-hooks.yaml, run by pre-commit itself: on the whole project, on a subset of files, after a deletion."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from frontends import FILES, write

REPOSITORY = Path(__file__).parent.parent.parent
CONFIG = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: {hook}
"""

pytestmark = pytest.mark.slow


class PreCommit:
    """pre-commit in an environment of its own, and a repository of hooks made of the files of this checkout."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT"))},
            "PRE_COMMIT_HOME": str(base / "pre-commit"),
            "XDG_CACHE_HOME": str(base / "cache"),
            "GIT_CONFIG_GLOBAL": str(base / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        (base / "gitconfig").write_text(
            "[user]\nname = t\nemail = t@example.org\n[safe]\ndirectory = *\n[core]\nquotepath = off\n",
            encoding="utf-8",
        )
        subprocess.run([sys.executable, "-m", "venv", base / "venv"], check=True, timeout=200)
        self.python = str(base / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
        self.call(self.python, "-m", "pip", "install", "-q", "pre-commit>=3", folder=base)
        self.hooks = base / "hooks"
        self.hooks.mkdir()
        for name in (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(REPOSITORY / name, self.hooks / name)
        shutil.copytree(
            REPOSITORY / "src", self.hooks / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
        self.revision = self.commit(self.hooks)

    def call(self, *command: str | Path, folder: Path) -> str:
        done = subprocess.run(
            command, cwd=folder, env=self.environment, capture_output=True, encoding="utf-8", timeout=400
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def commit(self, folder: Path) -> str:
        """Commit everything in a folder; returns the revision."""
        self.call("git", "init", "-q", folder=folder)
        self.call("git", "add", "-A", folder=folder)
        self.call("git", "commit", "-q", "--no-verify", "-m", "x", folder=folder)
        return self.call("git", "rev-parse", "HEAD", folder=folder)

    def use(self, project: Path, hook: str) -> None:
        """Make a project that uses a hook, all of it committed."""
        text = CONFIG.format(repository=self.hooks.as_posix(), revision=self.revision, hook=hook)
        write(project, {".pre-commit-config.yaml": text})
        self.commit(project)

    def run(self, *arguments: str, folder: Path) -> tuple[int, str]:
        """Exit code and output of `pre-commit run`."""
        done = subprocess.run(
            [self.python, "-m", "pre_commit", "run", "--color=never", *arguments],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=400,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def pre_commit(tmp_path_factory: pytest.TempPathFactory) -> PreCommit:
    return PreCommit(tmp_path_factory.mktemp("pre-commit"))


def test_the_hooks_are_well_formed(pre_commit: PreCommit) -> None:
    pre_commit.call(
        pre_commit.python, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml", folder=pre_commit.hooks
    )


def test_the_whole_project_is_checked_whatever_is_committed(pre_commit: PreCommit, project: Path) -> None:
    pre_commit.use(project, "layercheck")
    for arguments in (["--all-files"], ["--files", "app/models.py"], ["--files", "README.md"]):
        code, output = pre_commit.run(*arguments, folder=project)
        assert code == 1
        assert "app/services/books.py:17:" in output
        assert "LC601" in output
        assert "LC308" in output
        assert "Traceback" not in output


def test_a_deletion_alone_is_checked(pre_commit: PreCommit, tmp_path: Path) -> None:
    project = write(
        tmp_path / "clean",
        {
            "pyproject.toml": '[tool.layercheck]\nselect = ["LC001"]\n',
            "app/__init__.py": "",
            "app/README.md": "# app\n\nThe application.\n",
            "lib/__init__.py": "",
            "lib/README.md": "# lib\n\nThe library.\n",
        },
    )
    pre_commit.use(project, "layercheck")
    assert pre_commit.run(folder=project)[0] == 0
    pre_commit.call("git", "rm", "-q", "lib/README.md", folder=project)
    code, output = pre_commit.run(folder=project)
    assert code == 1
    assert "LC001" in output


def test_changed_files_only_but_the_whole_project_is_known(pre_commit: PreCommit, project: Path) -> None:
    pre_commit.use(project, "layercheck-changed")
    code, output = pre_commit.run("--files", "app/services/books.py", "app/models.py", "README.md", folder=project)
    assert code == 1
    assert "app/services/books.py:17:" in output  # the query is in a method that another method calls
    assert "LC101" in output  # what app.routes.books is, only that file tells
    assert "app/routes/books.py:19:" not in output
    code, output = pre_commit.run("--files", "app/models.py", folder=project)
    assert code == 0, output
    code, output = pre_commit.run(
        "--files", *sorted(path for path in FILES if path != "pyproject.toml"), folder=project
    )
    assert "app/routes/books.py:19:" in output
    assert code == 1
