"""Run one program with some numbers of rows, and write down every statement that its `run` sends: of which kind, below which lines.

Each program has a process of its own: what libraries keep (mappers, metadata) cannot leak from one into the next.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NamedTuple

import greenlet
import sqlmodel
from fastapi.testclient import TestClient
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

SENT, LAZY, COLUMN = "sent", "lazy", "column"
"""A statement that the program sends; one that reading a relationship sends; one that reading an expired or deferred column sends."""
_LOADERS = {"LazyLoader": LAZY, "DeferredColumnLoader": COLUMN}
_ORIGINS = 20

Line = tuple[str, int]


class Statement(NamedTuple):
    """Why a statement was sent, and the lines of the program that were on the stack."""

    kind: str
    lines: frozenset[Line]


class Run(NamedTuple):
    """What one run sent; `error` when it did not come to its end."""

    statements: tuple[tuple[Statement, int], ...]
    error: str = ""


def measure(folder: str, module: str, shared: str, rows: tuple[int, ...]) -> tuple[Run, ...]:
    """The statements that `run` of a program sends, for each number of rows that `fill` has put into an empty database."""
    sys.path[:0] = [folder, shared]
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    recorder = Recorder((folder, shared))
    event.listen(Engine, "before_cursor_execute", recorder)
    event.listen(Engine, "connect", _unsafe)
    return tuple(_measure(module, recorder, number) for number in rows)


def _measure(module: str, recorder: Recorder, rows: int) -> Run:
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["DATABASE_URL"] = url = f"sqlite:///{Path(scratch) / 'rows.db'}"
        recorder.counted.clear()
        try:
            program = importlib.import_module(module)
            _fill(program, url, rows)
            _run(program, url, recorder)
        except Exception as error:
            recorder.on = False
            return Run((), f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
        return Run(tuple(sorted(recorder.counted.items(), key=repr)))


def _unsafe(connection: Any, _: Any) -> None:
    """A database that lives for a second need not reach the disk."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.close()


class Recorder:
    """The listener of `before_cursor_execute`."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self.counted: Counter[Statement] = Counter()
        self._folders = tuple(f"{folder}{os.sep}" for folder in folders)
        self.on = False
        self._context: Any = None

    def __call__(self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        """One statement; a further slice of an executemany is none, since SQLite gets some of them row by row."""
        if not self.on or context is self._context:
            return
        self._context = context
        kind = SENT
        lines = set()
        for frame in _frames():
            owner, _, function = frame.f_code.co_qualname.rpartition(".")
            if kind == SENT and function == "_load_for_state":
                kind = _LOADERS.get(owner.lstrip("_"), SENT)
            elif kind == SENT and function.lstrip("_") == "load_scalar_attributes":
                kind = COLUMN
            lines.update(self._line(frame.f_code.co_filename, frame.f_lineno))
        for filename, number, _ in _origins():
            lines.update(self._line(filename, number))
        self.counted[Statement(kind, frozenset(lines))] += 1

    def _line(self, filename: str, number: int) -> Iterator[Line]:
        for folder in self._folders:
            if filename.startswith(folder):
                yield filename.removeprefix(folder).replace(os.sep, "/"), number
                return


def _frames() -> Iterator[FrameType]:
    """The stack, and that of whoever waits in another greenlet: SQLAlchemy runs its synchronous half in one of its own."""
    current: greenlet.greenlet | None = greenlet.getcurrent()
    frame: FrameType | None = sys._getframe(2)
    while True:
        while frame is not None:
            yield frame
            frame = frame.f_back
        current = current.parent if current is not None else None
        if current is None:
            return
        frame = current.gr_frame


def _origins() -> tuple[tuple[str, int, str], ...]:
    """Where the coroutine of the running task was made: `gather(*(one(i) for i in ids))` runs it in a task with a stack of its own."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return ()
    return getattr(task.get_coro(), "cr_origin", None) or () if task is not None else ()


def _fill(program: ModuleType, url: str, rows: int) -> None:
    library = sys.modules.get("library", program)
    base = getattr(program, "Base", None) or getattr(library, "Base", sqlmodel.SQLModel)
    engine = create_engine(url)
    base.metadata.create_all(engine)
    with Session(engine) as session:
        getattr(program, "fill", getattr(library, "fill", None))(session, rows)
        session.commit()
    engine.dispose()


def _run(program: ModuleType, url: str, recorder: Recorder) -> None:
    """Call `run` with what its one parameter is annotated with."""
    (parameter,) = inspect.signature(program.run, eval_str=True).parameters.values()
    wanted = getattr(parameter.annotation, "__origin__", parameter.annotation)
    if wanted is TestClient:
        client = TestClient(program.app)
        recorder.on = True
        program.run(client)
        recorder.on = False
    elif wanted in (AsyncSession, async_sessionmaker):
        asyncio.run(_run_async(program, url.replace("sqlite:", "sqlite+aiosqlite:"), wanted, recorder))
    else:
        engine = create_engine(url)
        with sessionmaker(engine)() if wanted is sessionmaker else wanted(engine) as session:
            recorder.on = True
            program.run(sessionmaker(engine) if wanted is sessionmaker else session)
            recorder.on = False
        engine.dispose()


async def _run_async(program: ModuleType, url: str, wanted: Any, recorder: Recorder) -> None:
    sys.set_coroutine_origin_tracking_depth(_ORIGINS)
    engine = create_async_engine(url)
    async with AsyncSession(engine) as session:
        recorder.on = True
        await program.run(async_sessionmaker(engine) if wanted is async_sessionmaker else session)
        recorder.on = False
    await engine.dispose()
