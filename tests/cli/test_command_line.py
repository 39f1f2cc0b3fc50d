"""Options, commands, formats and exit codes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from cli.running import PRINTING, README, findings, run, write


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path, {"pyproject.toml": "[tool.layercheck]\n", **PRINTING})


def test_check_is_the_default_command(shop: Path) -> None:
    reports = {
        run(shop, *arguments, "--output-format", "concise").stdout
        for arguments in ((), ("app",), ("check", "app"), ("check",))
    }
    assert len(reports) == 1
    assert "app/jobs.py:3:9: LC308" in reports.pop()


def test_exit_codes(shop: Path, tmp_path: Path) -> None:
    assert run(shop).returncode == 1
    assert run(shop, "--exit-zero").returncode == 0
    assert run(shop, "--ignore", "LC308").returncode == 0
    assert run(shop, "--nonsense").returncode == 2
    assert run(shop, "no/such/path.py").returncode == 2


@pytest.mark.parametrize("selector", ["LC308", "LC3", "LC", "print-call", "ALL"])
def test_select_by_code_prefix_and_name(shop: Path, selector: str) -> None:
    assert [f["code"] for f in findings(shop, "--select", selector, "app/jobs.py")] == ["LC308"]


def test_select_and_ignore_the_closer_wins(shop: Path) -> None:
    assert findings(shop, "--select", "LC3", "--ignore", "LC308") == []
    assert [f["code"] for f in findings(shop, "--select", "LC308", "--ignore", "LC3")] == ["LC308"]


def test_unknown_rule_gets_a_suggestion(shop: Path) -> None:
    done = run(shop, "--select", "prnt-call")
    assert done.returncode == 2
    assert "prnt-call" in done.stderr
    assert "print-call" in done.stderr


def test_json_has_every_key_and_paths_of_the_working_directory(shop: Path) -> None:
    (found,) = findings(shop / "app", "..")
    assert found["path"] == "jobs.py"
    assert set(found) == {
        "code",
        "name",
        "path",
        "line",
        "column",
        "end_line",
        "end_column",
        "message",
        "level",
        "chain",
    }
    assert (found["line"], found["column"], found["end_line"], found["end_column"]) == (3, 9, 3, 20)


def test_full_output_underlines_the_piece(shop: Path) -> None:
    out = run(shop, "--color", "never").stdout
    assert "        print(item)\n" in out
    row = next(line for line in out.splitlines() if "^" in line)
    assert row.count("^") == len("print(item)")
    assert "layercheck explain LC308" in out
    assert "Found 1 warning in 1 of 2 files." in out


def test_colours_obey_the_environment(shop: Path) -> None:
    assert "\x1b[" not in run(shop).stdout
    assert "\x1b[" in run(shop, env={"FORCE_COLOR": "1"}).stdout
    assert "\x1b[" not in run(shop, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout
    assert "\x1b[" in run(shop, "--color", "always", env={"NO_COLOR": "1"}).stdout


def test_sarif(shop: Path) -> None:
    log = json.loads(run(shop, "--output-format", "sarif").stdout)
    (one,) = log["runs"]
    assert log["version"] == "2.1.0"
    (result,) = one["results"]
    assert one["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "LC308"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "app/jobs.py"


def test_github_gitlab_junit(shop: Path) -> None:
    assert run(shop, "--output-format", "github").stdout.startswith("::warning file=app/jobs.py,line=3,col=9,")
    before = json.loads(run(shop, "--output-format", "gitlab").stdout)[0]["fingerprint"]
    jobs = shop / "app/jobs.py"
    jobs.write_text("# moved\n" + jobs.read_text())
    after = json.loads(run(shop, "--output-format", "gitlab").stdout)[0]
    assert (after["fingerprint"], after["location"]["lines"]["begin"]) == (before, 4)
    suites = ET.fromstring(run(shop, "--output-format", "junit").stdout)
    assert suites.attrib["failures"] == "1"


def test_output_file_and_statistics(shop: Path) -> None:
    assert run(shop, "--output-format", "json", "--output-file", "report.json").stdout == ""
    assert json.loads((shop / "report.json").read_text())[0]["code"] == "LC308"
    assert "1  LC308  print-call" in run(shop, "--statistics").stdout


def test_show_files_and_settings(shop: Path) -> None:
    assert run(shop, "--show-files").stdout.splitlines() == [
        "app/README.md",
        "app/__init__.py",
        "app/jobs.py",
        "pyproject.toml",
    ]
    assert "profile = 'default'" in run(shop, "--show-settings").stdout


def test_stdin_is_laid_over_the_project(shop: Path) -> None:
    found = findings(shop, "--stdin-filename", "app/jobs.py", "-", stdin=b"def run(items):\n    return items\n")
    assert found == []
    found = findings(shop, "--stdin-filename", "app/new.py", "-", stdin=b"def run():\n    print(1)\n")
    assert [(f["path"], f["line"]) for f in found] == [("app/new.py", 2)]


def test_a_part_of_the_project_is_checked_with_all_of_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": "[tool.layercheck]\n",
            "app/README.md": README,
            "app/routes.py": "import time\n\nfrom app.work import slow\n\n\nasync def handler():\n    slow()\n",
            "app/work.py": "import time\n\n\ndef slow():\n    time.sleep(1)\n",
        },
    )
    (found,) = findings(tmp_path, "app/routes.py")
    assert found["code"] == "LC901"
    assert [(s["path"], s["line"]) for s in found["chain"]] == [("app/routes.py", 7), ("app/work.py", 5)]


def test_overrides_and_options_of_paths(tmp_path: Path) -> None:
    config = '[tool.layercheck]\n[[tool.layercheck.overrides]]\npaths = ["app/jobs.py"]\nignore = ["LC308"]\n'
    write(tmp_path, {**PRINTING, "pyproject.toml": config, "app/other.py": "def f():\n    print(1)\n"})
    assert [(f["path"], f["code"]) for f in findings(tmp_path)] == [("app/other.py", "LC308")]


def test_explain_and_rules(shop: Path) -> None:
    page = run(shop, "explain", "print-call").stdout
    assert page.startswith("# Log instead of printing")
    assert run(shop, "explain", "lc308").stdout == page
    wrong = run(shop, "explain", "LC3088")
    assert wrong.returncode == 2
    assert "LC308" in wrong.stderr
    listed = json.loads(run(shop, "rules", "--format", "json").stdout)
    assert {"code", "name", "level", "profile", "card", "title"} <= set(listed[0])
    assert "LC308" in run(shop, "rules", "--section", "LC3").stdout
    assert "LC103" not in run(shop, "rules", "--section", "LC3").stdout


BACKEND = {
    "pyproject.toml": "[tool.layercheck]\n",
    "app/main.py": (
        "from fastapi import FastAPI\n\nfrom app.notes import router\n\napp = FastAPI()\napp.include_router(router, prefix='/v1')\n"
    ),
    "app/deps.py": (
        "from fastapi import Depends\nfrom fastapi.security import HTTPBearer\nfrom sqlalchemy.orm import Session\n\n"
        "from app.db import SessionLocal\n\nbearer = HTTPBearer()\n\n\ndef get_db():\n    with SessionLocal() as session:\n        yield session\n\n\n"
        "def current_user(token=Depends(bearer)):\n    return token\n"
    ),
    "app/db.py": "from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker\n\nSessionLocal = sessionmaker(create_engine('sqlite://'))\n",
    "app/notes.py": (
        "from fastapi import APIRouter, Depends, HTTPException\n\nfrom app.deps import current_user, get_db\nfrom app.service import store\n\n"
        "router = APIRouter(prefix='/notes')\n\n\n@router.get('/{note_id}')\ndef read(note_id: int):\n    raise HTTPException(404)\n\n\n"
        "@router.post('', status_code=201)\ndef create(db=Depends(get_db), user=Depends(current_user)):\n    return store(db)\n"
    ),
    "app/service.py": "from sqlalchemy.orm import Session\n\n\ndef store(db: Session):\n    db.add(object())\n    db.commit()\n",
    "tests/test_notes.py": "def test_read(client):\n    assert client.get('/v1/notes/1').status_code == 404\n",
}


def test_layers_warns_about_a_pattern_that_fits_nothing(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "layercheck.toml": "[layers.modules]\nservices = ['app.jobs', 'app.job']\n",
            "app/jobs.py": "def run(): ...\n",
        },
    )
    done = run(tmp_path, "layers")
    assert done.stderr == "layercheck: warning: layers.modules.services: no module is called 'app.job'\n"
    assert "configured: layers.modules.services = 'app.jobs'" in done.stdout


def test_routes_deps_why_layers(tmp_path: Path) -> None:
    write(tmp_path, BACKEND)
    routes = json.loads(run(tmp_path, "routes", "--format", "json").stdout)
    facts = [(r["method"], r["path"], r["handler"], r["file"], r["line"], r["auth"], r["statuses"]) for r in routes]
    assert facts == [
        ("GET", "/v1/notes/{note_id}", "read", "app/notes.py", 10, False, [200, 404]),
        ("POST", "/v1/notes", "create", "app/notes.py", 15, True, [201, 401]),
    ]
    assert routes[0]["tests"] == ["tests/test_notes.py:test_read"]
    assert {"db-write", "commit"} <= set(routes[1]["effects"])
    assert [r["handler"] for r in json.loads(run(tmp_path, "routes", "--unprotected", "--format", "json").stdout)] == [
        "read"
    ]
    assert [r["handler"] for r in json.loads(run(tmp_path, "routes", "--untested", "--format", "json").stdout)] == [
        "create"
    ]
    assert [r["handler"] for r in json.loads(run(tmp_path, "routes", "--writes", "--format", "json").stdout)] == [
        "create"
    ]
    assert "| GET | /v1/notes/{note_id} |" in run(tmp_path, "routes", "--format", "markdown").stdout
    tree = run(tmp_path, "deps", "create").stdout
    assert "app/deps.py:get_db  (yields, gives sqlalchemy.orm.Session)" in tree
    assert "auth: yes" in tree
    steps = run(tmp_path, "why", "create", "commit").stdout
    assert "app/notes.py:16 calls store()" in steps
    assert "app/service.py:6 sqlalchemy.orm.Session.commit()" in steps
    layers = {o["path"]: o["layer"] for o in json.loads(run(tmp_path, "layers", "--format", "json").stdout)}
    assert layers["app/notes.py"] == "routes"
    assert layers["app/service.py"] == "services"
    assert run(tmp_path, "why", "no_such_function", "sql").returncode == 2
