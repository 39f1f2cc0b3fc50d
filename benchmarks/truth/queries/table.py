"""Hold what layercheck finds against what programs do when they run: one table."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tomllib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from compare import FEW, MANY, SHARED, Program, disagreements, findings, programs, statements, untrue
from measure import Run, measure

HERE = Path(__file__).resolve().parent
PRELOAD = ["aiosqlite", "fastapi.testclient", "measure", "sqlalchemy.orm", "sqlmodel"]


def measured(chosen: list[Program]) -> dict[str, tuple[Run, ...]]:
    """The two runs of each program, each in a process of its own."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(PRELOAD)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context, max_tasks_per_child=1) as pool:
        waiting = {p.name: pool.submit(measure, str(p.folder), p.module, str(SHARED), (FEW, MANY)) for p in chosen}
        return {name: future.result() for name, future in waiting.items()}


def main() -> int:
    """The table: statements with few and with many rows, findings, agreement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="programs; all when none is named")
    names = tuple(parser.parse_args().names)
    chosen = programs(names)
    if not chosen or {p.name for p in chosen} < set(names):
        parser.error(f"no such program: {', '.join(set(names) - {p.name for p in chosen})}")
    known: dict[str, dict[str, str]] = tomllib.loads((HERE / "known.toml").read_text(encoding="utf-8"))
    runs = measured(chosen)
    failed = agreed = explained = 0
    print(f"| program | {FEW} rows | {MANY} rows | grows at | layercheck |")
    print("|---|---|---|---|---|")
    for program in chosen:
        few, many = runs[program.name]
        wrong = list(untrue(program, few, many))
        differences = list(disagreements(program, findings(program)))
        reasons = known.get(program.name, {})
        surprising = [*wrong, *(d for d in differences if d not in reasons)]
        surprising += [f"no longer so: {d}" for d in reasons if d not in differences]
        failed += bool(surprising)
        explained += bool(differences) and not surprising
        agreed += not differences and not surprising
        grows = ", ".join(str(m) for m in sorted(program.marks)) or "-"
        said = "; ".join(surprising) or ("; ".join(f"{d} (known)" for d in differences) or "agrees")
        print(f"| {program.name} | {statements(few)} | {statements(many)} | {grows} | {said} |")
    print(f"\n{len(chosen)} programs: {agreed} agree, {explained} disagree for a known reason, {failed} disagree")
    return 1 if failed else 0
