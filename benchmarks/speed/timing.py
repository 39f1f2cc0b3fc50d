"""Whole processes, timed in rotation: every command once per round, in turn, so that the drift of the machine cancels in ratios.

The memory of a process is `ru_maxrss` of the reaped child and of what it reaped itself, whichever is largest: the peak of one process,
not of the tree. Linux counts the memory of the parent at the moment of the fork too, so values below that of this driver say nothing.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Measure(NamedTuple):
    """One run of one command: seconds, MiB."""

    wall: float
    cpu: float
    peak: float
    code: int


class Item(NamedTuple):
    """A command to time. `prepare` gets the number of the round and runs before it, untimed."""

    key: str
    size: str
    command: Sequence[str]
    environment: dict[str, str] = {}
    folder: str | None = None
    prepare: Callable[[int], None] | None = None
    peer: bool = False
    """Whether it is run only once when it turns out to be slow."""
    needs_warm_up: bool = False
    """Whether the warm-up is another thing than the later rounds, however slow it is."""
    bad: Sequence[int] = (2,)
    """The exit codes that say that the work was not done."""

    def failing(self, code: int) -> bool:
        """Whether a code says that the work was not done; that it took too long is a result."""
        return code in self.bad or (code < 0 and code != -signal.SIGKILL)


Results = dict[str, dict[int, Measure]]
"""size:key -> round -> measure; round 0 is the warm-up."""


def run(item: Item, number: int, limit: float) -> Measure:
    """Run a command once; `code` is -9 when it took longer than `limit` seconds. Uses wait4, which Windows does not have."""
    if item.prepare is not None:
        item.prepare(number)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **item.environment}
    if "PYTHONPATH" not in item.environment:
        environment.pop("PYTHONPATH", None)
    with open(os.devnull, "r+b") as nowhere:
        started = time.perf_counter()
        process = subprocess.Popen(
            item.command, stdin=nowhere, stdout=nowhere, stderr=nowhere, cwd=item.folder, env=environment, start_new_session=True
        )  # fmt: skip
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Measure(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit, process.returncode)


def rotate(items: Sequence[Item], rounds: int, slow: float, limit: float, say: Callable[[str], None]) -> Results:
    """Run all items once as a warm-up, then `rounds` times in turn.

    A peer that takes longer than `slow` seconds is not run again; a command that fails has no result.
    """
    results: Results = {}
    failed: set[str] = set()
    for number in range(rounds + 1):
        for item in items:
            name = f"{item.size}:{item.key}"
            if name in failed:
                continue
            taken = results.setdefault(name, {})
            done = [m for n, m in taken.items() if n or not item.needs_warm_up]
            if item.peer and any(measure.wall > slow for measure in done):
                continue
            measure = taken[number] = run(item, number, limit)
            if item.failing(measure.code):
                failed.add(name)
                del results[name]
                say(f"{name}: FAILED with exit code {measure.code}: {' '.join(item.command)}")
                continue
            if number == 0:
                say(f"{name}: {measure.wall:.2f} s, exit code {measure.code}")
        say(f"round {number} of {rounds} done" if number else "warm-up done")
    return results


def counted(measures: dict[int, Measure]) -> list[Measure]:
    """The measures that count: all but the warm-up, unless there is nothing else."""
    return [m for number, m in sorted(measures.items()) if number] or list(measures.values())


def median(measures: dict[int, Measure], field: str) -> float:
    """The median of `wall`, `cpu` or `peak`."""
    return statistics.median(getattr(m, field) for m in counted(measures))


def ratios(top: dict[int, Measure], bottom: dict[int, Measure], field: str) -> list[float]:
    """Ratios within a round; within the warm-up where a side was run only then; of the medians where they share no round."""
    common = sorted(set(top) & set(bottom))
    common = [number for number in common if number] or common
    if not common:
        return [median(top, field) / median(bottom, field)]
    return [getattr(top[n], field) / getattr(bottom[n], field) for n in common]
