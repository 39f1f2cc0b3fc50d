"""What is pylint's own: messages, ids, symbols, enabling, comments, workers, failure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from frontends import FILES, TABLES, by_pylint, execute, places, write
from pylint.lint import PyLinter

from layercheck.adapters import pylint as adapter
from layercheck.registry import rules
from layercheck.suppress.applying import pylint_symbol


def linter() -> PyLinter:
    made = PyLinter()
    made.load_default_plugins()
    return made


def test_every_rule_is_a_message_with_its_own_id_and_symbol() -> None:
    own = linter()
    taken_symbols = {message.symbol for message in own.msgs_store.messages}
    taken_ids = {message.msgid for message in own.msgs_store.messages}
    taken_symbols |= {old[1] for message in own.msgs_store.messages for old in message.old_names}
    adapter.register(own)
    ours = {m.symbol: m for m in own.msgs_store.messages if m.symbol not in taken_symbols}
    assert set(ours) == {pylint_symbol(loaded.rule.name) for loaded in rules()}
    for loaded in rules():
        message = ours[pylint_symbol(loaded.rule.name)]
        assert message.msgid not in taken_ids
        assert message.msgid[1:] == "9" + loaded.rule.code[2:]
        assert message.msgid[0] == {"error": "E", "warning": "W", "info": "R"}[loaded.rule.level]
        assert message.msg == "%s"
        assert message.description


def test_extensions_of_pylint_do_not_clash() -> None:
    import pylint.extensions

    names = sorted(path.stem for path in Path(pylint.extensions.__file__).parent.glob("*.py") if path.stem[0] != "_")
    made = linter()
    made.load_plugin_modules([f"pylint.extensions.{name}" for name in names])
    adapter.register(made)
    by_symbol = {message.symbol: message.msgid for message in made.msgs_store.messages}
    # W9008 is docparams' redundant-returns-doc
    assert by_symbol["unused-suppression"] == "W9058"
    assert by_symbol["query-in-loop"][1:] == "9601"


def test_all_messages_of_a_checker_share_their_first_digits() -> None:
    for checker in adapter.checkers():
        assert len({message[1:3] for message in checker.msgs}) == 1
        assert checker.name == "layercheck"


def test_generated_checkers_can_be_pickled() -> None:
    import dill

    for checker in adapter.checkers():
        assert dill.loads(dill.dumps(checker)).msgs == checker.msgs


def run(*arguments: str, folder: Path) -> list[dict[str, object]]:
    done = execute(
        "pylint",
        "--load-plugins=layercheck.pylint",
        "--persistent=n",
        "--output-format=json2",
        *arguments,
        folder=folder,
    )
    assert not done.stderr, done.stderr
    return list(json.loads(done.stdout)["messages"])


def test_enabling_by_name_by_id_and_all(project: Path) -> None:
    file = "app/services/books.py"
    by_name = run("--disable=all", "--enable=print-call,query-in-loop", file, folder=project)
    assert sorted((m["line"], m["symbol"]) for m in by_name) == [
        (17, "query-in-loop"),
        (18, "print-call"),
        (30, "print-call"),
    ]
    ids = ",".join(sorted({str(message["messageId"]) for message in by_name}))
    assert run("--disable=all", f"--enable={ids}", file, folder=project) == by_name
    everything = run("--disable=all", "--enable=layercheck", file, folder=project)
    assert {m["symbol"] for m in everything} > {"print-call", "query-in-loop"}
    assert run("--disable=all", "--enable=trailing-newlines", file, folder=project) == []
    without = run("--disable=all", "--enable=layercheck", "--disable=query-in-loop", file, folder=project)
    assert {m["symbol"] for m in without} == {m["symbol"] for m in everything} - {"query-in-loop"}


def test_on_by_default_beside_all_that_pylint_infers(project: Path) -> None:
    write(project, TABLES)
    found = {m["symbol"] for m in run("app/services/books.py", "app/models.py", folder=project)}
    assert {"print-call", "query-in-loop", "too-few-public-methods"} <= found


def test_places_and_text_are_those_of_the_command_line(project: Path) -> None:
    done = execute("layercheck", "check", "--output-format=json", "app/services/books.py", folder=project)
    cli = {
        (f["line"], f["column"] - 1, f["end_line"], f["end_column"] - 1, f["name"], f["message"])
        for f in json.loads(done.stdout)
    }
    found = run("--disable=all", "--enable=layercheck", "app/services/books.py", folder=project)
    ours = {(m["line"], m["column"], m["endLine"], m["endColumn"], m["symbol"], m["message"]) for m in found}
    assert ours == cli


def test_a_file_of_the_project_may_have_any_encoding_on_standard_input(project: Path) -> None:
    text = 'def f() -> None:\n    print("ü")\n    print("ß")\n'
    found = by_pylint("--from-stdin", "app/ü mlaut.py", folder=project, stdin=text)
    assert [line for _, line, _ in found] == [2, 3]


def test_an_internal_error_is_one_warning_and_no_finding(project: Path) -> None:
    code = (
        "import layercheck.engine as engine\n"
        "def fail(self, path): raise RuntimeError('boom')\n"
        "engine.Engine.findings = fail\n"
        "from pylint.lint import Run\n"
        "Run(['--load-plugins=layercheck.pylint', '--disable=all', '--enable=layercheck', '--score=n',"
        " 'app/models.py', 'app/services/books.py'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, encoding="utf-8", timeout=100)
    assert done.returncode == 0
    assert done.stdout == ""
    assert done.stderr.count("boom") == 1
    assert "Traceback" not in done.stderr


def test_a_second_run_in_one_process_sees_changed_files(project: Path) -> None:
    code = (
        "from pylint.lint import Run\n"
        "args = ['--load-plugins=layercheck.pylint', '--disable=all', '--enable=layercheck', '--score=n', 'app/models.py']\n"
        "Run(args, exit=False)\n"
        "open('app/models.py', 'a').write('\\n\\ndef f() -> None:\\n    print(1)\\n')\n"
        "Run(args, exit=False)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, encoding="utf-8", timeout=100)
    assert done.stdout.count("print-call") == 1, done.stderr


def test_one_process_shows_what_an_earlier_run_has_stored(project: Path) -> None:
    """`pylint -j1 FOLDER` on an unchanged project loads nothing of it."""
    script = project.parent / "run.py"
    script.write_text(
        "import sys\n"
        "import layercheck.engine as engine\n"
        "load = engine.Engine.load\n"
        "def counted(self):\n"
        "    print('loaded', file=sys.stderr)\n"
        "    load(self)\n"
        "engine.Engine.load = counted\n"
        "from pylint.lint import Run\n"
        "sys.argv[1:] = ['--load-plugins=layercheck.pylint', '--disable=all', '--enable=layercheck', '--score=n', '--persistent=n',\n"
        "                '--recursive=y', '.']\n"
        "Run(sys.argv[1:])\n",
        encoding="utf-8",
    )
    first, second = [
        subprocess.run([sys.executable, str(script)], cwd=project, capture_output=True, encoding="utf-8", timeout=100)
        for _ in range(2)
    ]
    assert "query-in-loop" in first.stdout
    assert "loaded" in first.stderr
    assert second.stdout == first.stdout
    assert not second.stderr


def test_nothing_is_inferred_and_nothing_is_imported(project: Path) -> None:
    """The analysed project is data: a module that would raise when it is imported is only read."""
    (project / "app" / "__init__.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    found = by_pylint(*sorted(path for path in FILES if path.endswith(".py")), folder=project)
    assert ("app/services/books.py", 17, "LC601") in found


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_workers_that_are_not_forked(project: Path, method: str) -> None:
    files = sorted(path for path in FILES if path.endswith(".py"))
    script = project.parent / "run.py"
    script.write_text(
        "import multiprocessing, sys\nfrom pylint.lint import Run\n"
        "if __name__ == '__main__':\n"
        f"    multiprocessing.set_start_method({method!r})\n"
        "    sys.argv[1:] = ['--load-plugins=layercheck.pylint', '--disable=all', '--enable=layercheck', '--score=n', '--jobs=2',"
        f" '--msg-template={{path}}|{{line}}|{{msg_id}}', *{files!r}]\n"
        "    Run(sys.argv[1:])\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", str(script)], cwd=project, capture_output=True, encoding="utf-8", timeout=200
    )
    assert not done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith("*****")]
    found = [(path, line, f"LC{code[2:]}") for path, line, code in places(lines)]
    assert sorted(found) == sorted(by_pylint(*files, folder=project))
    assert found
