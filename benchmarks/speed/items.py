"""What is timed: the commands of layercheck and of its peers on one corpus."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from speed.corpus import Corpus, python_files, top_packages
from speed.environments import Tools
from speed.timing import Item

FLOOR = Path(__file__).with_name("floor.py")
LABELS = {
    "pass": "`python -c pass`",
    "floor": "F (parse all files, one process)",
    "cold1": "layercheck, cold, one process",
    "cold2": "layercheck, cold, two workers",
    "warm": "layercheck, nothing changed",
    "changed": "layercheck, one file changed",
    "restored": "layercheck, fresh checkout, restored cache",
    "ruff": "ruff, default rules, no cache",
    "ruff-warm": "ruff, default rules, cached",
    "ruff-all": "ruff, all rules, no cache",
    "imports": "import-linter, no cache",
    "flake8": "flake8 -j2",
    "flake8-cold": "flake8 -j2 with layercheck, no cache yet",
    "flake8-warm": "flake8 -j2 with layercheck, cached",
    "bandit": "bandit",
    "pylint": "pylint -j2, default checkers",
    "pylint-one": "pylint -j1, one cheap checker",
    "pylint-one-cold": "pylint -j1, one cheap checker, with layercheck, no cache yet",
    "pylint-one-warm": "pylint -j1, one cheap checker, with layercheck, cached",
}
SKIPPED_ON_L = frozenset(k for k in LABELS if k.startswith(("flake8", "pylint", "bandit")))
"""Many minutes each on a million lines: only run there when named with --only."""


PYLINT_FAILED = (1, 32)
"""pylint's exit code is a set of bits: 1 a fatal error, 32 wrong usage, the others kinds of messages."""


def items(corpus: Corpus, tools: Tools, work: Path) -> list[Item]:
    """Everything that is timed on a corpus, in the order of a round; peers that take minutes come last."""
    return [*_quick(corpus, tools, work), *[item._replace(peer=True) for item in _slow(corpus, tools, work)]]


def layercheck(tools: Tools, target: Path, *options: str) -> list[str]:
    """The command line of a run of layercheck on a folder, without any configuration file."""
    command = [str(tools.ours / "layercheck"), "check", "--isolated", "--no-progress", "-q"]
    return [*command, "--output-format", "concise", *options, str(target)]


def copy_of(corpus: Corpus, work: Path, name: str) -> Path:
    """A copy of the corpus that may be changed."""
    target = work / "copies" / f"{corpus.name}-{name}"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(corpus.path, target)
    return target


def edit(folder: Path) -> Callable[[int], None]:
    """Gives one file (of the size that nine in ten stay below) a function that is new in every round."""
    files = sorted(python_files(folder), key=lambda file: file.stat().st_size)
    victim = files[len(files) * 9 // 10]
    original = victim.read_text(encoding="utf-8")

    def prepare(number: int) -> None:
        probe = f"\n\ndef _speed_probe(value: int) -> int:\n    return value + {number}\n"
        victim.write_text(original + probe, encoding="utf-8")

    return prepare


def touch(folder: Path) -> Callable[[int], None]:
    """Gives every file a new time stamp, as a fresh checkout does."""
    files = list(python_files(folder))

    def prepare(number: int) -> None:
        for file in files:
            os.utime(file)

    return prepare


def _quick(corpus: Corpus, tools: Tools, work: Path) -> list[Item]:
    path, size = corpus.path, corpus.name
    caches = work / "caches"
    for name in ("warm", "changed", "restored", "ruff"):
        shutil.rmtree(caches / f"{size}-{name}", ignore_errors=True)
    ruff = [str(tools.peers / "ruff"), "check", "--isolated", "-q"]
    changed, restored = copy_of(corpus, work, "changed"), copy_of(corpus, work, "restored")

    def cached(name: str) -> list[str]:
        return ["--cache-dir", str(caches / f"{size}-{name}")]

    return [
        Item("pass", size, [tools.python, "-c", "pass"]),
        Item("floor", size, [tools.python, "-I", "-S", str(FLOOR), str(path)]),
        Item("cold1", size, layercheck(tools, path, "--no-cache", "-j1")),
        Item("ruff", size, [*ruff, "--no-cache", str(path)]),
        Item("ruff-all", size, [*ruff, "--no-cache", "--select", "ALL", str(path)]),
        Item("cold2", size, layercheck(tools, path, "--no-cache", "-j2")),
        Item("warm", size, layercheck(tools, path, *cached("warm"), "-j2")),
        Item("ruff-warm", size, [*ruff, "--cache-dir", str(caches / f"{size}-ruff"), str(path)]),
        Item("changed", size, layercheck(tools, changed, *cached("changed"), "-j2"), prepare=edit(changed)),
        Item(
            "restored",
            size,
            layercheck(tools, restored, *cached("restored"), "-j2"),
            prepare=touch(restored),
        ),
        _imports(corpus, tools, work),
    ]


def _imports(corpus: Corpus, tools: Tools, work: Path) -> Item:
    """import-linter with one contract of layers over the subpackages of the largest package."""
    packages = top_packages(corpus.path)
    largest = max(packages, key=lambda name: sum(1 for _ in python_files(corpus.path / name)))
    layers = [f"{largest}.{name}" for name in top_packages(corpus.path / largest)[:4]]
    config = work / f"importlinter-{corpus.name}.ini"
    config.write_text(
        "[importlinter]\nroot_packages =\n"
        + "".join(f"    {name}\n" for name in packages)
        + "[importlinter:contract:layers]\nname = layers\ntype = layers\nlayers =\n"
        + "".join(f"    {name}\n" for name in layers)
    )
    command = [str(tools.peers / "lint-imports"), "--config", str(config), "--no-cache"]
    return Item("imports", corpus.name, command, {"PYTHONPATH": str(corpus.path)}, str(corpus.path))


def _slow(corpus: Corpus, tools: Tools, work: Path) -> list[Item]:
    path, size = str(corpus.path), corpus.name
    names = ("flake8-cold", "flake8-warm", "pylint", "pylint-warm")
    homes = {name: work / "homes" / f"{size}-{name}" for name in names}
    shutil.rmtree(work / "homes", ignore_errors=True)

    def home(name: str) -> dict[str, str]:
        return {"XDG_CACHE_HOME": str(homes[name]), "PYLINTHOME": str(work / "pylint")}

    def forget(name: str) -> Callable[[int], None]:
        return lambda number: shutil.rmtree(homes[name], ignore_errors=True)

    flake8 = ["flake8", "--isolated", "-j2", path]
    pylint = ["pylint", f"--rcfile={os.devnull}", "--recursive=y"]
    one = [*pylint, "-j1", "--disable=all"]
    cheap = "assert-on-tuple"
    with_ours = [*one[1:], "--load-plugins=layercheck.pylint", f"--enable={cheap},layercheck", path]
    ours, peers = str(tools.ours) + os.sep, str(tools.peers) + os.sep
    return [
        Item("flake8", size, [peers + flake8[0], *flake8[1:]]),
        Item("flake8-cold", size, [ours + flake8[0], *flake8[1:]], home("flake8-cold"), prepare=forget("flake8-cold")),
        Item("flake8-warm", size, [ours + flake8[0], *flake8[1:]], home("flake8-warm"), needs_warm_up=True),
        Item("bandit", size, [peers + "bandit", "-q", "-r", path]),
        Item(
            "pylint-one", size, [peers + one[0], *one[1:], f"--enable={cheap}", path], home("pylint"), bad=PYLINT_FAILED
        ),
        Item(
            "pylint-one-cold",
            size,
            [ours + one[0], *with_ours],
            home("pylint"),
            prepare=forget("pylint"),
            bad=PYLINT_FAILED,
        ),
        Item(
            "pylint-one-warm",
            size,
            [ours + one[0], *with_ours],
            home("pylint-warm"),
            needs_warm_up=True,
            bad=PYLINT_FAILED,
        ),
        Item("pylint", size, [peers + pylint[0], *pylint[1:], "-j2", path], home("pylint"), bad=PYLINT_FAILED),
    ]
