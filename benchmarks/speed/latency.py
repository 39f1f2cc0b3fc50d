"""From an edit inside a function to the new findings of the file, in one process, as a language server would do it.

python latency.py FOLDER [--edits 20] [--lines 5000]      one JSON object
"""

from __future__ import annotations

import argparse
import ast
import json
import time
from pathlib import Path

from layercheck.config import load_settings
from layercheck.engine import Engine
from layercheck.registry import rules


def nearest(folder: Path, lines: int) -> Path:
    """The file whose number of lines is nearest to the one asked for."""
    return min(sorted(folder.rglob("*.py")), key=lambda file: abs(file.read_bytes().count(b"\n") - lines))


def edits(text: str, count: int) -> list[str]:
    """The text with one more statement at the start of a function's body: `count` of them, spread over the file."""
    lines = text.splitlines(keepends=True)
    places = sorted(
        (node.body[-1].lineno - 1, node.body[-1].col_offset)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.body[-1].lineno > node.lineno
    )
    chosen = [places[i * len(places) // count] for i in range(count)]
    return [
        "".join([*lines[:row], " " * column + f"_edited = {number}\n", *lines[row:]])
        for number, (row, column) in enumerate(chosen)
    ]


def measure(folder: Path, lines: int, count: int) -> dict[str, object]:
    """Load the project, ask for all findings once, then edit one file again and again. Milliseconds; `extraction_cpu` is the part of `cpu`
    that goes by before the findings are asked for."""
    file = nearest(folder, lines)
    text = file.read_text(encoding="utf-8")
    path = file.relative_to(folder).as_posix()
    settings = load_settings(str(folder), isolated=True, rules=tuple(r.rule for r in rules()))
    engine = Engine(settings, jobs=1, use_cache=False)
    engine.findings_all()
    engine.update(path, text)
    engine.findings(path)
    taken, cpu, extraction = [], [], []
    for edited in edits(text, count):
        for now in (edited, text):  # the edit and its undoing: each changes one function, as typing does
            started, used = time.perf_counter(), time.process_time()
            engine.update(path, now)
            extraction.append((time.process_time() - used) * 1000)
            engine.findings(path)
            taken.append((time.perf_counter() - started) * 1000)
            cpu.append((time.process_time() - used) * 1000)
    return {"file": path, "lines": text.count("\n"), "milliseconds": taken, "cpu": cpu, "extraction_cpu": extraction}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--lines", type=int, default=5000)
    options = parser.parse_args()
    print(json.dumps(measure(Path(options.folder).resolve(), options.lines, options.edits)))
