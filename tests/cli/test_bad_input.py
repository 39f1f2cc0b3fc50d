"""Everything that can be wrong with what users have: a clear message, no lost finding about the other files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.running import PRINTING, README, findings, run, write

CONFIG = {"pyproject.toml": "[tool.layercheck]\n"}
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def codes(found: list[dict[str, object]]) -> set[tuple[object, object]]:
    return {(f["path"], f["code"]) for f in found}


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"def total(prices:\n    return 1\n", 1, ""),
        (b"x = 1\ny = '\xff'\n", 2, "UTF-8"),
        (b"x = 1\n\0\n", 2, "NUL"),
        (b"# coding: klingon\n", 1, "klingon"),
        (b"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n", 1, ""),
        (b"x = " + b"(" * 5000 + b")" * 5000 + b"\n", 1, ""),
    ],
)
def test_a_file_that_is_no_python_is_one_finding_and_the_rest_is_checked(
    tmp_path: Path, content: bytes, line: int, words: str
) -> None:
    write(tmp_path, {**CONFIG, **PRINTING, "app/broken.py": content})
    found = findings(tmp_path)
    assert codes(found) == {("app/broken.py", "LC009"), ("app/jobs.py", "LC308")}
    broken = next(f for f in found if f["code"] == "LC009")
    assert broken["line"] == line
    assert words in str(broken["message"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xef\xbb\xbfimport os\r\n",
        b"\n\n\n",
        b"x = 1\r\ny = 2\r\n",
        b"# coding: latin-1\nx = '\xe9'\n",
        pytest.param(b"value = 'x'\n" * 450_000, marks=pytest.mark.slow),
    ],
    ids=["empty", "bom", "blank", "crlf", "latin-1", "5 MB"],
)
def test_odd_but_legal_files_are_silent(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, {**CONFIG, "app/README.md": README, "app/odd.py": content})
    assert findings(tmp_path) == []


def test_crlf_and_wide_characters_keep_columns(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            **CONFIG,
            "app/README.md": README,
            "app/jobs.py": "def f():\r\n    x = 'ñandú 日本'; print(x)\r\n".encode(),
        },
    )
    (found,) = findings(tmp_path)
    assert (found["line"], found["column"]) == (2, 21)
    row = next(line for line in run(tmp_path, "--color", "never").stdout.splitlines() if "^" in line)
    assert row.index("^") - row.index("|") - 2 == len("    x = 'ñandú ") + 4 + len("'; ")


def test_a_missing_path_is_told_and_the_others_are_checked(tmp_path: Path) -> None:
    write(tmp_path, {**CONFIG, **PRINTING})
    done = run(tmp_path, "nowhere.py", "app", "--output-format", "concise")
    assert done.returncode == 2
    assert "nowhere.py: no such file or folder" in done.stderr
    assert "LC308" in done.stdout


@pytest.mark.skipif(ROOT, reason="root may read everything")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    write(tmp_path, {**CONFIG, **PRINTING, "locked/a.py": "x = 1\n"})
    (tmp_path / "locked").chmod(0)
    try:
        done = run(tmp_path, "--output-format", "concise")
    finally:
        (tmp_path / "locked").chmod(0o755)
    assert "locked" in done.stderr
    assert "LC308" in done.stdout


def test_symlink_loops_and_links_that_leave_the_root(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.py": "print(1)\n"})
    root = write(tmp_path / "project", {**CONFIG, **PRINTING})
    (root / "app/loop").symlink_to(root, target_is_directory=True)
    (root / "app/self").symlink_to("self")
    (root / "app/away").symlink_to(outside, target_is_directory=True)
    (root / "app/away.py").symlink_to(outside / "secret.py")
    assert codes(findings(root)) == {("app/jobs.py", "LC308")}


def test_two_packages_with_one_name_do_not_mix(tmp_path: Path) -> None:
    def backend(call: str) -> dict[str, str]:
        return {
            "pyproject.toml": "",
            "app/__init__.py": "",
            "app/README.md": README,
            "app/work.py": f"import time\n\n\ndef work():\n    {call}\n",
            "app/main.py": "from app.work import work\n\n\nasync def job():\n    work()\n",
        }

    files = {f"one/{k}": v for k, v in backend("time.sleep(1)").items()} | {
        f"two/{k}": v for k, v in backend("return 1").items()
    }
    write(tmp_path, {"layercheck.toml": "", **files})
    assert codes(findings(tmp_path, "--select", "LC901")) == {("one/app/main.py", "LC901")}


def test_circular_imports(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            **CONFIG,
            "app/README.md": README,
            "app/a.py": "from app.b import g\nfrom app.b import *\n\n\ndef f():\n    g()\n    print(1)\n",
            "app/b.py": "from app.a import f\nfrom app.a import *\n\n\ndef g():\n    f()\n",
        },
    )
    assert codes(findings(tmp_path)) == {("app/a.py", "LC110"), ("app/a.py", "LC308")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tool.layercheck\n", "pyproject.toml"),
        ("[tool.layercheck]\nprofil = 'strict'\n", "profile"),
        ("[tool.layercheck]\nselect = 3\n", "list of strings"),
        ("[tool.layercheck]\nselect = ['LC99']\n", "LC99"),
        ("[tool.layercheck]\nextend = 'nowhere.toml'\n", "nowhere.toml"),
        ("[tool.layercheck]\nprofile = 'loose'\n", "loose"),
        ("[tool.layercheck.rules.print-cal]\nx = 1\n", "print-call"),
        ("[tool.layercheck.layers]\nmoduls = {}\n", "modules"),
    ],
)
def test_a_broken_configuration_is_told_with_its_file(tmp_path: Path, text: str, words: str) -> None:
    write(tmp_path, {**PRINTING, "pyproject.toml": text + "# tool.layercheck\n"})
    done = run(tmp_path)
    assert done.returncode == 2
    assert "pyproject.toml" in done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_cache_folder_that_cannot_be_written(tmp_path: Path) -> None:
    write(tmp_path, {**CONFIG, **PRINTING})
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    done = run(tmp_path, "--cache-dir", str(blocked), "--output-format", "concise")
    assert done.returncode == 1
    assert "LC308" in done.stdout
    assert "warning" in done.stderr
    assert "cache" in done.stderr


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_a_damaged_cache_is_a_miss(tmp_path: Path, damage: bytes | None) -> None:
    project = write(tmp_path / "p", {**CONFIG, **PRINTING})
    cache = tmp_path / "cache"
    run(project, "--cache-dir", str(cache))
    (file,) = cache.glob("*.cache")
    data = file.read_bytes()
    file.write_bytes(
        data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 255]) + data[len(data) // 2 + 1 :]
        if damage is None
        else damage
    )
    done = run(project, "--cache-dir", str(cache), "--output-format", "concise")
    assert done.returncode == 1
    assert "LC308" in done.stdout
    assert "damaged" in done.stderr
    assert run(project, "--cache-dir", str(cache)).stderr == ""


def test_a_cache_of_another_version_is_a_miss_and_no_damage(tmp_path: Path) -> None:
    project = write(tmp_path / "p", {**CONFIG, **PRINTING})
    cache = tmp_path / "cache"
    run(project, "--cache-dir", str(cache))
    (file,) = cache.glob("*.cache")
    file.write_bytes(b"layercheck-cache\n" + bytes(16) + file.read_bytes())
    done = run(project, "--cache-dir", str(cache), "--output-format", "concise")
    assert done.returncode == 1
    assert "LC308" in done.stdout
    assert done.stderr == ""


def test_a_cache_that_came_with_the_project_is_not_loaded(tmp_path: Path) -> None:
    project = write(tmp_path / "p", {**CONFIG, **PRINTING})
    cache = tmp_path / "cache"
    run(project, "--cache-dir", str(cache))
    (file,) = cache.glob("*.cache")
    planted = project / "planted"
    planted.mkdir()
    (planted / file.name).write_bytes(file.read_bytes())
    assert "not used" in run(project, "--cache-dir", str(planted)).stderr


def test_two_runs_at_once_on_one_cache(tmp_path: Path) -> None:
    project = write(
        tmp_path / "p", {**CONFIG, **PRINTING, **{f"app/m{i}.py": f"def f{i}():\n    print({i})\n" for i in range(40)}}
    )
    command = [sys.executable, "-m", "layercheck", "--cache-dir", str(tmp_path / "cache"), "--output-format", "concise"]
    runs = [
        subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    outputs = [r.communicate(timeout=120) for r in runs]
    assert len({out for out, _ in outputs}) == 1
    assert all(err == "" for _, err in outputs)
    assert run(project, "--cache-dir", str(tmp_path / "cache"), "--output-format", "concise").stdout == outputs[0][0]


def test_interrupt_exits_130_and_leaves_the_cache_whole(tmp_path: Path) -> None:
    body = "".join(f"def f{i}(a, b):\n    return [x for x in a if x == b and g(x, {i})]\n" for i in range(400))
    project = write(tmp_path / "p", {**CONFIG, **{f"app/m{i}.py": body for i in range(400)}})
    command = [sys.executable, "-m", "layercheck", "--cache-dir", str(tmp_path / "cache"), "--output-format", "concise"]
    running = subprocess.Popen(
        command,
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a shell's background job, and all that it starts, ignores interrupts: this run must not
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(1.0)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "Traceback" not in err
    assert not list((tmp_path / "cache").glob("*.tmp")) if (tmp_path / "cache").exists() else True
    for i in range(4, 400):  # the next run must end, and need not take as long
        (project / f"app/m{i}.py").unlink()
    assert run(project, "--cache-dir", str(tmp_path / "cache")).returncode in (0, 1)


def test_spaces_and_other_alphabets_in_paths(tmp_path: Path) -> None:
    root = write(
        tmp_path / "my projéct ü",
        {**CONFIG, "ápp dir/README.md": README, "ápp dir/jöbs 1.py": "def f():\n    print(1)\n"},
    )
    assert codes(findings(root)) == {("ápp dir/jöbs 1.py", "LC308")}
    assert codes(findings(tmp_path, str(root))) == {("my projéct ü/ápp dir/jöbs 1.py", "LC308")}


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    write(tmp_path, {**CONFIG, **{f"app/m{i}.py": "def f():\n    print(1)\n" * 300 for i in range(20)}})
    done = subprocess.run(
        f"{sys.executable} -m layercheck --no-cache | head -1",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_whole_virtual_environment_is_left_out(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            **CONFIG,
            **PRINTING,
            "myenv/Lib/site-packages/six.py": "print(1)\n",
            "other/pyvenv.cfg": "",
            "other/x.py": "print(1)\n",
            ".venv/x.py": "print(1)\n",
            "node_modules/x.py": "print(1)\n",
        },
    )
    assert codes(findings(tmp_path)) == {("app/jobs.py", "LC308")}
