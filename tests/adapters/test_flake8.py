"""What is flake8's own: selection, noqa, options, failure, and that it costs nothing where it is not wanted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from frontends import by_flake8, execute, write


def codes(*arguments: str, folder: Path) -> list[str]:
    done = execute("flake8", "--format=%(code)s", *arguments, folder=folder)
    return sorted(set(done.stdout.split()))


def test_the_codes_are_on_by_default_and_obey_flake8s_selection(project: Path) -> None:
    assert "LC308" in codes(folder=project)
    assert "LC308" not in codes("--extend-ignore=LC3", folder=project)
    assert codes("--select=LC308", folder=project) == ["LC308"]
    assert codes("--select=LC3,LC6", folder=project) == ["LC308", "LC601"]
    assert not [code for code in codes("--select=E,W,F", folder=project) if code.startswith("LC")]
    done = execute(
        "flake8", "--select=LC", "--per-file-ignores=app/services/*:LC308", "--format=%(path)s %(code)s", folder=project
    )
    assert "app/services/books.py LC601" in done.stdout.replace("./", "")
    assert "app/services/books.py LC308" not in done.stdout.replace("./", "")


def test_the_message_starts_with_the_code_and_the_column_is_the_one_of_the_command_line(project: Path) -> None:
    cli = execute("layercheck", "check", "--output-format=concise", "--select=LC308", "app/ü mlaut.py", folder=project)
    flake8 = execute(
        "flake8", "--select=LC308", "--format=%(path)s:%(row)d:%(col)d: %(code)s", "app/ü mlaut.py", folder=project
    )
    place = flake8.stdout.strip()
    assert place
    assert cli.stdout.startswith(place)


def test_the_version_is_shown() -> None:
    done = execute("flake8", "--version", folder=Path.cwd())
    assert "layercheck" in done.stdout


def test_a_broken_configuration_ends_the_run(project: Path) -> None:
    write(project, {"pyproject.toml": "[tool.layercheck]\nselct = []\n"})
    done = execute("flake8", "--select=LC", ".", folder=project)
    assert done.returncode == 1
    assert "selct" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert execute("flake8", "--select=E9", ".", folder=project).returncode == 0


def test_an_internal_error_is_one_warning_and_no_finding(project: Path) -> None:
    code = (
        "import sys, layercheck.engine as engine\n"
        "def fail(self, path): raise RuntimeError('boom')\n"
        "engine.Engine.findings = fail\n"
        "from flake8.main.cli import main\n"
        "sys.exit(main(['--select=LC', '--jobs=1', 'app/models.py', 'app/services/books.py', 'app/mine.py']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, encoding="utf-8", timeout=100)
    assert done.returncode == 0
    assert done.stdout == ""
    assert done.stderr.count("boom") == 1
    assert "Traceback" not in done.stderr


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = (
        "import sys, multiprocessing, layercheck.adapters.flake8\n"
        "print([m for m in sys.modules if m.startswith('layercheck') or m in ('click', 'pathspec', 'ast', 'tomllib', 'sqlglot')])"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, encoding="utf-8", timeout=60, env=_path()
    )
    loaded = done.stdout
    assert "layercheck.hosted" in loaded, done.stderr
    for heavy in ("engine", "registry", "config", "click", "pathspec", "'ast'", "tomllib", "sqlglot"):
        assert heavy not in loaded


def test_nothing_is_read_when_no_code_of_ours_is_selected(project: Path) -> None:
    code = (
        "import sys\nfrom flake8.main.cli import main\nmain(['--select=E9', '--jobs=1', '.'])\n"
        "print('layercheck.engine' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, encoding="utf-8", timeout=100)
    assert done.stdout.strip() == "False", done.stderr


def _path() -> dict[str, str]:
    import layercheck

    return {"PYTHONPATH": str(Path(layercheck.__file__).parent.parent)}


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_workers_that_are_not_forked(project: Path, method: str) -> None:
    script = project.parent / "run.py"
    script.write_text(
        "import multiprocessing, sys\nfrom flake8.main.cli import main\n"
        "if __name__ == '__main__':\n"
        f"    multiprocessing.set_start_method({method!r})\n"
        "    sys.argv[1:] = ['--select=LC', '--jobs=2', '--format=%(path)s|%(row)d|%(code)s', '.']\n"
        "    sys.exit(main())\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", str(script)], cwd=project, capture_output=True, encoding="utf-8", timeout=200
    )
    assert not done.stderr
    rows = [line.split("|") for line in done.stdout.splitlines()]
    found = [(Path(path).as_posix(), int(line), code) for path, line, code in rows]
    assert sorted(found) == sorted(by_flake8(".", folder=project))
    assert found
