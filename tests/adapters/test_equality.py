"""Law 7: every front-end gives the same set of (path, line, code), whatever the jobs, the folder and the way files are named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from frontends import FILES, Place, by_cli, by_flake8, by_pylint, execute, write

from layercheck.hosted import Host, HostOptions
from layercheck.model import LayercheckError

EXPECTED = [
    ("app/routes/books.py", 19, "LC103"),
    ("app/services/__init__.py", 1, "LC001"),
    ("app/services/books.py", 4, "LC101"),
    ("app/services/books.py", 17, "LC601"),
    ("app/services/books.py", 18, "LC308"),
    ("app/services/books.py", 30, "LC308"),
    ("app/services/books.py", 34, "LC008"),
    ("app/ü mlaut.py", 2, "LC308"),
]
PYTHON_FILES = sorted(path for path in FILES if path.endswith(".py"))
SERVICES = "app/services/books.py"


def below(folder: str, found: list[Place] = EXPECTED) -> list[Place]:
    """What is expected below a folder, by paths relative to it."""
    return [(path[len(folder) + 1 :], line, code) for path, line, code in found if path.startswith(folder + "/")]


def test_the_command_line(project: Path) -> None:
    assert sorted(by_cli(folder=project)) == EXPECTED


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_whole_project(project: Path, jobs: str) -> None:
    assert sorted(by_flake8(f"--jobs={jobs}", ".", folder=project)) == EXPECTED
    assert sorted(by_pylint(f"--jobs={jobs}", *PYTHON_FILES, folder=project)) == EXPECTED
    # once more, now that the cache is warm
    assert sorted(by_flake8(f"--jobs={jobs}", ".", folder=project)) == EXPECTED


def test_a_subset_of_the_files_sees_the_whole_project(project: Path) -> None:
    chosen = [SERVICES, "app/models.py", "app/mine.py", "old/script.py"]
    expected = [place for place in EXPECTED if place[0] in chosen]
    assert len(expected) == 5
    assert sorted(by_cli(*chosen, folder=project)) == expected
    assert sorted(by_flake8("--jobs=2", *chosen, folder=project)) == expected
    assert sorted(by_pylint("--jobs=2", *chosen, folder=project)) == expected


def test_from_a_folder_inside(project: Path) -> None:
    inside = project / "app" / "services"
    assert sorted(by_cli(folder=inside)) == below("app/services")
    assert sorted(by_flake8(".", folder=inside)) == below("app/services")
    assert sorted(by_pylint("books.py", "__init__.py", folder=inside)) == below("app/services")


def test_from_outside_and_by_absolute_paths(project: Path) -> None:
    name = project.name
    expected = [(f"{name}/{path}", line, code) for path, line, code in EXPECTED]
    assert sorted(by_flake8(name, folder=project.parent)) == expected
    assert sorted(by_pylint(*[f"{name}/{path}" for path in PYTHON_FILES], folder=project.parent)) == expected
    absolute = str(project / SERVICES)
    wanted = [(line, code) for path, line, code in EXPECTED if path == SERVICES]
    for found in (by_flake8(absolute, folder=project.parent), by_pylint(absolute, folder=project.parent)):
        assert sorted(place[1:] for place in found) == wanted


@pytest.mark.skipif(os.name == "nt", reason="links need rights")
def test_through_a_symbolic_link_to_the_project(project: Path) -> None:
    link = project.parent / "link"
    link.symlink_to(project, target_is_directory=True)
    assert sorted(by_flake8(".", folder=link)) == EXPECTED
    assert sorted(by_pylint(*PYTHON_FILES, folder=link)) == EXPECTED


def test_unsaved_text_on_standard_input(project: Path) -> None:
    text = FILES[SERVICES].replace("        print(found)\n", "        return found\n        print(1)\n")
    expected = [(SERVICES, 4, "LC101"), (SERVICES, 17, "LC601"), (SERVICES, 19, "LC308"), (SERVICES, 31, "LC308")]
    expected.append((SERVICES, 35, "LC008"))
    cli = by_cli("-", f"--stdin-filename={SERVICES}", folder=project, stdin=text)
    assert sorted(cli) == expected
    assert sorted(by_flake8("-", f"--stdin-display-name={SERVICES}", folder=project, stdin=text)) == expected
    assert sorted(by_pylint("--from-stdin", SERVICES, folder=project, stdin=text)) == expected


def test_a_file_that_is_not_saved_yet(project: Path) -> None:
    text = (
        "from app.services.books import BookService\n\n\n"
        "def f(service: BookService, ids: list[int]) -> None:\n    for i in ids:\n        service.get(i)\n    print(ids)\n"
    )
    new = "app/services/new.py"
    expected = [(new, 6, "LC601"), (new, 7, "LC308")]
    assert sorted(by_cli("-", f"--stdin-filename={new}", folder=project, stdin=text)) == expected
    assert sorted(by_flake8("-", f"--stdin-display-name={new}", folder=project, stdin=text)) == expected
    assert sorted(by_pylint("--from-stdin", new, folder=project, stdin=text)) == expected


def test_standard_input_without_a_name_has_no_findings(project: Path) -> None:
    assert by_flake8("-", folder=project, stdin="print(1)\n") == []


def test_byte_order_mark_and_windows_line_ends(project: Path) -> None:
    (project / SERVICES).write_bytes(b"\xef\xbb\xbf" + FILES[SERVICES].replace("\n", "\r\n").encode())
    assert sorted(by_cli(folder=project)) == EXPECTED
    assert sorted(by_flake8(".", folder=project)) == EXPECTED
    assert sorted(by_pylint(*PYTHON_FILES, folder=project)) == EXPECTED


def test_a_declared_encoding(project: Path) -> None:
    text = '# -*- coding: latin-1 -*-\ndef f() -> None:\n    print("é")\n'
    (project / "app" / "latin.py").write_bytes(text.encode("latin-1"))
    expected = [("app/latin.py", 3, "LC308")]
    assert by_cli("app/latin.py", folder=project) == expected
    assert by_flake8("app/latin.py", folder=project) == expected
    assert by_pylint("app/latin.py", folder=project) == expected


def test_a_broken_file_is_the_hosts_own_matter_and_the_rest_is_checked(project: Path) -> None:
    write(project, {"app/broken.py": "def f(:\n"})
    (project / "app" / "undecodable.py").write_bytes(b"x = '\xff'\nprint(x)\n")
    cli = execute("layercheck", "check", "--select=LC009", "--output-format=concise", folder=project).stdout
    assert "app/broken.py:1:" in cli
    assert "app/undecodable.py:1:" in cli
    others = [place for place in EXPECTED if place[2] != "LC008"]  # with a broken file no comment is called unused
    assert sorted(by_flake8(".", folder=project)) == others
    done = execute("flake8", "--select=LC,E9", "app/broken.py", folder=project)
    assert "E999" in done.stdout
    assert not done.stderr
    assert sorted(by_pylint(*PYTHON_FILES, folder=project)) == others
    done = execute(
        "pylint", "--load-plugins=layercheck.pylint", "--disable=all", "--enable=E", "app/broken.py", folder=project
    )
    assert "syntax-error" in done.stdout


def test_a_configuration_file_by_the_hosts_options(project: Path) -> None:
    write(project, {"other.toml": 'select = ["print-call"]\n'})
    expected = [("app/ü mlaut.py", 2, "LC308"), ("old/script.py", 2, "LC308")]
    files = [path for path, _, _ in expected]
    assert sorted(by_cli("--config=other.toml", *files, folder=project)) == expected
    assert sorted(by_flake8("--layercheck-config=other.toml", *files, folder=project)) == expected
    assert sorted(by_pylint("--layercheck-config=other.toml", *files, folder=project)) == expected


def test_options_in_flake8s_own_configuration_file(project: Path) -> None:
    write(
        project,
        {"other.toml": 'select = ["print-call"]\n', "setup.cfg": "[flake8]\nlayercheck-config = ./other.toml\n"},
    )
    expected = [place for place in EXPECTED if place[2] == "LC308"] + [("old/script.py", 2, "LC308")]
    assert sorted(by_flake8(".", folder=project)) == sorted(expected)
    # the path is relative to flake8's configuration file, not to the working directory
    inside = by_flake8("--config=../../setup.cfg", ".", folder=project / "app" / "services")
    assert sorted(inside) == below("app/services", expected)


def test_a_profile_by_the_hosts_options(project: Path) -> None:
    host = Host(HostOptions(profile="strict", starts=(str(project),)))
    host.prepare()
    assert [engine.settings.profile for engine in host._engines.values()] == ["strict"]
    with pytest.raises(LayercheckError, match="'stricter'"):
        Host(HostOptions(profile="stricter", starts=(str(project),))).prepare()
    done = execute("flake8", "--select=LC", "--layercheck-profile=stricter", ".", folder=project)
    assert done.returncode == 1
    assert "'stricter'" in done.stdout + done.stderr
    found = by_flake8("--select=LC", "--layercheck-profile=strict", ".", folder=project)
    assert set(found) >= set(EXPECTED)
    assert sorted(found) == sorted(by_cli("--profile=strict", folder=project))
    assert sorted(by_pylint("--layercheck-profile=strict", *PYTHON_FILES, folder=project)) == sorted(found)
