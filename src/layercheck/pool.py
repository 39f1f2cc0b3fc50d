"""Worker processes for pure functions over files: bare forks, one pipe each, biggest items first.

DESIGN: `fork` inherits everything that is loaded already, so a worker costs about a millisecond where a spawned pool costs a
third of a second. Items are dealt out by size (largest first, always to the least loaded worker); every worker marshals its
results into its pipe as one stream of length-prefixed blocks. Where there is no fork (Windows, WebAssembly), or where it
would not be safe (other threads), the work is done in this process. A worker that dies loses only its unfinished items:
the parent does those itself.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

_SMALL = 200_000
"""Bytes of source below which a second process costs more than it saves."""


def default_jobs() -> int:
    """How many workers to use: the processors this process may run on."""
    try:
        return len(os.sched_getaffinity(0)) or 1
    except AttributeError:
        return os.cpu_count() or 1


def can_fork() -> bool:
    """Whether forking is possible and safe here: a Unix with no other threads running."""
    if not hasattr(os, "fork") or sys.platform in ("emscripten", "wasi", "darwin"):
        return False
    threading = sys.modules.get("threading")
    return threading is None or threading.active_count() == 1


def run(
    function: Callable[[Any], Any],
    items: Sequence[tuple[Any, int]],
    jobs: int,
    progress: Callable[[int], None] | None = None,
) -> list[Any]:
    """`function(item)` for every (item, weight in bytes), in the order given. Results must be plain marshal-able values."""
    found = dict(stream(function, list(items), jobs, progress))
    return [found[index] for index in range(len(items))]


def stream(
    function: Callable[[Any], Any],
    items: list[tuple[Any, int]],
    jobs: int,
    progress: Callable[[int], None] | None = None,
) -> Iterator[tuple[int, Any]]:
    """`run`, one (index, result) after the other as they become known, in any order. In one process it takes the items out of the list as they are done,
    so that neither they nor their results must be in memory all at once."""
    total = sum(weight for _, weight in items)
    if jobs <= 1 or len(items) < 2 or total < _SMALL or not can_fork():
        for index in range(len(items)):
            result = function(items[index][0])
            items[index] = (None, 0)
            yield index, result
            if progress:
                progress(index + 1)
        return
    jobs = min(jobs, len(items))
    shares: list[list[int]] = [[] for _ in range(jobs)]
    loads = [0] * jobs
    for index in sorted(range(len(items)), key=lambda i: -items[i][1]):
        least = loads.index(min(loads))
        shares[least].append(index)
        loads[least] += items[index][1] + 200
    missing = set(range(len(items)))
    for index, value in _forked(function, items, shares, progress):
        missing.remove(index)
        yield index, value
    for index in sorted(missing):
        yield index, function(items[index][0])


def _forked(
    function: Callable[[Any], Any],
    items: Sequence[tuple[Any, int]],
    shares: list[list[int]],
    progress: Callable[[int], None] | None,
) -> Iterator[tuple[int, Any]]:
    import select

    sys.stdout.flush()
    sys.stderr.flush()
    pipes: dict[int, bytearray] = {}
    children: list[int] = []
    done = 0
    try:
        for share in shares:
            reading, writing = os.pipe()
            pid = os.fork()
            if pid == 0:
                _work(function, items, share, writing, [reading, *pipes])
            os.close(writing)
            pipes[reading] = bytearray()
            children.append(pid)
        while pipes:
            ready, _, _ = select.select(list(pipes), [], [])
            for reading in ready:
                chunk = os.read(reading, 1 << 20)
                buffer = pipes[reading]
                if not chunk:
                    del pipes[reading]
                    os.close(reading)
                    continue
                buffer += chunk
                for found in _taken(buffer):
                    done += 1
                    yield found
                if progress:
                    progress(done)
    except BaseException:
        for pid in children:
            _kill(pid)
        raise
    finally:
        for reading in pipes:
            os.close(reading)
        for pid in children:
            os.waitpid(pid, 0)


def _work(
    function: Callable[[Any], Any], items: Sequence[tuple[Any, int]], share: list[int], writing: int, others: list[int]
) -> None:
    """The life of a worker; never returns."""
    import signal

    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for other in others:
            os.close(other)
        for index in share:
            block = marshal.dumps((index, function(items[index][0])))
            data = len(block).to_bytes(8, "little") + block
            view = memoryview(data)
            while view:
                view = view[os.write(writing, view) :]
        code = 0
    finally:
        os._exit(code)


def _taken(buffer: bytearray) -> list[tuple[int, Any]]:
    """The results of the complete blocks of a buffer, which are taken out of it."""
    found = []
    start = 0
    while len(buffer) - start >= 8:
        size = int.from_bytes(buffer[start : start + 8], "little")
        if len(buffer) - start - 8 < size:
            break
        found.append(marshal.loads(bytes(buffer[start + 8 : start + 8 + size])))
        start += 8 + size
    del buffer[:start]
    return found


def _kill(pid: int) -> None:
    import signal

    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
