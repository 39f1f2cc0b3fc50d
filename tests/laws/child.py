"""Run by the tests of laws 8 and 9 in a process of its own: `child.py report ROOT JOBS CACHE ORDER` or `child.py watch ROOT CACHE`."""

from __future__ import annotations

import json
import os
import random
import sys
from typing import Any

from layercheck import pool
from layercheck.config import load_settings
from layercheck.engine import Engine
from layercheck.registry import rules


def settings_of(root: str) -> Any:
    """Everything selected; a layercheck.toml in the root counts."""
    config = os.path.join(root, "layercheck.toml")
    settings = load_settings(
        root, config_file=config if os.path.exists(config) else None, rules=[r.rule for r in rules()]
    )
    return settings._replace(root=root, select=("ALL",), profile="strict")


def report(root: str, jobs: str, cache: str, order: str) -> None:
    """Every finding as JSON; `order` shuffles who is asked first, "" asks for all at once; "unfiltered" also calls checks
    for the code that they say they have no interest in."""
    pool._SMALL = 0  # the projects of the tests are small, and worker processes are what is to be tested
    engine = Engine(settings_of(root), jobs=int(jobs), cache_dir=cache or None, use_cache=bool(cache))
    if order == "unfiltered":
        plan_of = engine.checks.plan
        engine.checks.plan = lambda *what: _for_all(plan_of(*what))  # type: ignore[method-assign]
    elif order:
        paths = engine.files()
        random.Random(int(order)).shuffle(paths)
        for path in paths:
            engine.findings(path)
    json.dump({"findings": engine.findings_all(), "problems": engine.problems}, sys.stdout)


def _for_all(plan: Any) -> Any:
    """The plan, with every check called for every body and every call, whatever it says that it waits for."""
    waiting_for_nothing = dict.fromkeys(("words", "like", "texts", "where", "triggers"))
    return plan._replace(code=[check._replace(**waiting_for_nothing) for check in plan.code])


def watch(root: str, cache: str) -> None:
    """What is opened, listed, started or changed during a run, as JSON."""
    settings = settings_of(root)
    events: list[tuple[str, str]] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str):
            flags = arguments[2]
            writing = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
            events.append(("write" if writing else "read", os.path.abspath(arguments[0])))
        elif event in ("os.scandir", "os.listdir"):
            events.append(("list", os.path.abspath(str(arguments[0]))))
        elif event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "os.utime"):
            events.append(("change", os.path.abspath(str(arguments[0]))))
        elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect", "ctypes.dlopen"):
            events.append(("start", event))
        elif event == "exec" and getattr(arguments[0], "co_filename", "").startswith(root):
            events.append(("exec", arguments[0].co_filename))

    sys.addaudithook(hook)
    engine = Engine(settings, jobs=1, cache_dir=cache)
    findings = engine.findings_all()
    json.dump({"events": list(events), "findings": len(findings), "modules": sorted(sys.modules)}, sys.stdout)


if __name__ == "__main__":
    {"report": report, "watch": watch}[sys.argv[1]](*sys.argv[2:])
