"""How the cost grows: synthetic FastAPI projects of any size, a cold run and a run after one change on each. Nothing is kept."""

from __future__ import annotations

import argparse
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from speed import plots
from speed.corpus import Corpus, measured
from speed.environments import REPOSITORY, Tools, tools
from speed.items import FLOOR, edit, layercheck
from speed.timing import Item, Results, median, rotate

_METHODS = 12
"""Functions of each kind in a domain; makes a domain about 300 lines."""

_KEYS = ("floor", "cold", "warm", "changed")


class Point(NamedTuple):
    """One synthetic project, measured."""

    corpus: Corpus
    faults: int
    values: dict[str, tuple[float, float, float]]
    """key -> (wall s, cpu s, peak MiB)"""


def generate(folder: Path, lines: int, faults: int) -> None:
    """Write a project of about `lines` lines, with `faults` functions in a thousand lines that have something to report.

    A domain is a folder with a table, schemas, a repository, a service and routes; each service also calls that of the
    domain before it, so that the graph of calls is as long as the project.
    """
    domains = 0
    written = 0
    for path, text in _shared():
        written += _write(folder / path, text)
    while written < lines or not domains:
        due = round(faults * (written + 300) / 1000) - round(faults * written / 1000)
        for path, text in _domain(domains, due):
            written += _write(folder / path, text)
        domains += 1
    includes = "".join(
        f"from app.domain_{n:05}.routes import router as router_{n}\n" for n in range(domains)
    ) + "\napp = FastAPI()\n" + "".join(f"app.include_router(router_{n})\n" for n in range(domains))  # fmt: skip
    _write(folder / "app/main.py", f'"""The application."""\n\nfrom fastapi import FastAPI\n\n{includes}')


def slope(points: list[tuple[float, float]]) -> float:
    """The exponent of growth: the slope of the least squares line through the logarithms; 1 is linear."""
    xs = [math.log(x) for x, _ in points]
    ys = [math.log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread if spread else 0.0


def main(work: Path, options: argparse.Namespace) -> None:
    """Measure each size and density, print a table; with --write also the chart."""
    installed = tools(work, options.build)
    points = []
    for faults in [int(text) for text in options.faults.split(",")]:
        for lines in [int(text) for text in options.lines.split(",")]:
            points.append(measure(work, installed, lines, faults, options))
    print(table(points))
    if options.write:
        first = points[0].faults
        folder = REPOSITORY / "docs" / "plots"
        folder.mkdir(parents=True, exist_ok=True)
        series: list[plots.Series] = [
            (key, [(float(p.corpus.lines), p.values[key][0]) for p in points if p.faults == first]) for key in _KEYS
        ]
        chart = plots.lines("Synthetic projects", "lines of code", "seconds, wall", series)
        (folder / "speed-growth.svg").write_text(chart, encoding="utf-8")


def measure(work: Path, installed: Tools, lines: int, faults: int, options: argparse.Namespace) -> Point:
    """Generate, measure, delete."""
    folder = work / "growth" / f"{lines}-{faults}"
    cache = work / "growth" / "cache"
    shutil.rmtree(work / "growth", ignore_errors=True)
    generate(folder, lines, faults)
    corpus = measured("growth", folder)
    change = edit(folder)
    change(0)
    cached = ["--cache-dir", str(cache)]
    items = [
        Item("floor", "G", [installed.python, "-I", "-S", str(FLOOR), str(folder)]),
        Item("cold", "G", layercheck(installed, folder, "--no-cache", "-j1")),
        Item("changed", "G", layercheck(installed, folder, *cached, "-j1"), prepare=change),
        Item("warm", "G", layercheck(installed, folder, *cached, "-j1")),
    ]
    results: Results = rotate(items, options.rounds, options.slow, options.limit, lambda text: None)
    values = {
        key: tuple(median(results[f"G:{key}"], field) for field in ("wall", "cpu", "peak")) for key in _KEYS
    }  # fmt: skip
    shutil.rmtree(work / "growth", ignore_errors=True)
    print(f"{corpus.lines} lines, {faults} faults: {values}", flush=True)
    return Point(corpus, faults, values)  # type: ignore[arg-type]


def table(points: list[Point]) -> str:
    """The measures and, below, the exponents."""
    rows = [
        "| lines | files | faults in 1,000 lines | F cpu s | cold cpu s | us a line | cold / F | peak MiB | one change, cpu s | nothing changed, cpu s |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for corpus, faults, values in points:
        floor, cold, changed, warm = (values[key] for key in ("floor", "cold", "changed", "warm"))
        rows.append(
            f"| {corpus.lines:,} | {corpus.files:,} | {faults} | {floor[1]:.3f} | {cold[1]:.3f} "
            f"| {cold[1] / corpus.lines * 1e6:.1f} | {cold[1] / floor[1]:.2f} | {cold[2]:.0f} | {changed[1]:.3f} | {warm[1]:.3f} |"
        )
    if len(points) > 1:
        large = [p for p in points if p.faults == points[0].faults][-3:]
        cold_slope = slope([(p.corpus.lines, p.values["cold"][1]) for p in large])
        change_slope = slope([(p.corpus.lines, p.values["changed"][1]) for p in large])
        rows.append("")
        rows.append(f"Exponent over the {len(large)} largest: cold {cold_slope:.2f}, one change {change_slope:.2f} (1 is linear).")  # fmt: skip
    return "\n".join(rows)


def _write(path: Path, text: str) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return text.count("\n")


def _shared() -> Iterator[tuple[str, str]]:
    yield "app/__init__.py", ""
    yield (
        "app/database.py",
        '''"""The engine, the base of all tables, and a session for each request."""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

engine = create_async_engine("sqlite+aiosqlite://")
factory = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """All tables."""


async def get_session() -> AsyncIterator[AsyncSession]:
    """One session for a request."""
    async with factory() as session:
        yield session
''',
    )


def _domain(number: int, faults: int) -> Iterator[tuple[str, str]]:
    name = f"domain_{number:05}"
    entity = f"Entity{number:05}"
    yield f"app/{name}/__init__.py", ""
    yield (
        f"app/{name}/models.py",
        f'''"""Tables of {name}."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base


class {entity}(Base):
    """One row of {name}."""

    __tablename__ = "{name}"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("{name}.id"), index=True)
'''
        + "".join(f"    field_{i}: Mapped[str] = mapped_column(String(80))\n" for i in range(_METHODS)),
    )
    yield (
        f"app/{name}/schemas.py",
        f'"""Bodies and answers of {name}."""\n\nfrom pydantic import BaseModel\n\n\nclass {entity}Read(BaseModel):\n'
        f'    """What is shown."""\n\n    id: int\n' + "".join(f"    field_{i}: str\n" for i in range(_METHODS)),
    )
    yield f"app/{name}/repository.py", _repository(name, entity)
    yield f"app/{name}/service.py", _service(number, name, entity)
    yield f"app/{name}/routes.py", _routes(name, entity, faults)


def _repository(name: str, entity: str) -> str:
    text = f'''"""Queries of {name}."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.{name}.models import {entity}


class {entity}Repository:
    """All access to the table."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
'''
    for i in range(_METHODS):
        text += f'''
    async def find_by_field_{i}(self, value: str) -> list[{entity}]:
        """Rows whose field {i} is the value."""
        statement = select({entity}).where({entity}.field_{i} == value).limit(100)
        result = await self.session.execute(statement)
        return list(result.scalars())
'''
    return text


def _service(number: int, name: str, entity: str) -> str:
    before = f"domain_{number - 1:05}"
    text = f'"""What {name} does."""\n\nfrom app.{name}.models import {entity}\nfrom app.{name}.repository import {entity}Repository\n'
    if number:
        text += f"from app.{before}.service import normalise_0 as before\n"
    else:
        text += "\n\ndef before(value: str) -> str:\n    return value\n"
    for i in range(_METHODS):
        text += f'''

def normalise_{i}(value: str) -> str:
    """The value as it is stored."""
    cleaned = value.strip().lower()
    if not cleaned:
        return "none"
    return {"before(cleaned)" if i == 0 else f"normalise_{i - 1}(cleaned)"}


async def list_{i}(repository: {entity}Repository, value: str) -> list[{entity}]:
    """The rows for a value."""
    found = await repository.find_by_field_{i}(normalise_{i}(value))
    return [row for row in found if row.id > 0]
'''
    return text


def _routes(name: str, entity: str, faults: int) -> str:
    text = f'''"""Routes of {name}."""

import time
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import get_session
from app.{name} import service
from app.{name}.repository import {entity}Repository
from app.{name}.schemas import {entity}Read

router = APIRouter(prefix="/{name}")


def get_repository(session: Annotated[AsyncSession, Depends(get_session)]) -> {entity}Repository:
    """The repository of a request."""
    return {entity}Repository(session)
'''
    for i in range(_METHODS):
        text += f'''

@router.get("/{i}", response_model=list[{entity}Read])
async def read_{i}(value: str, repository: Annotated[{entity}Repository, Depends(get_repository)]) -> list[object]:
    """The rows for a value of field {i}."""
    rows = await service.list_{i}(repository, value)
    return [row for row in rows if row]
'''
    for i in range(faults):
        text += f"\n\nasync def wait_{i}() -> None:\n    time.sleep({i})\n"
    return text
