"""Run layercheck in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def run(
    folder: Path,
    *arguments: str,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    environment = (
        {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        | {"PYTHONUTF8": "1"}
        | dict(env or {})
    )
    done = subprocess.run(
        [sys.executable, "-m", "layercheck", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        timeout=timeout,
        env=environment,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def findings(folder: Path, *arguments: str, **options: Any) -> list[dict[str, Any]]:
    done = run(folder, "check", "--output-format", "json", *arguments, **options)
    assert done.returncode in (0, 1), done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


README = "# app\n\nThe code of the shop: its jobs.\n\nA new job is a function in a module of this folder.\n"
"""Enough for the rules about READMEs."""
PRINTING = {
    "app/__init__.py": "",
    "app/README.md": README,
    "app/jobs.py": "def run(items):\n    for item in items:\n        print(item)\n",
}
