"""Whose rows an expression gives: the ways in which SQLAlchemy and SQLModel hand rows over, and what only looks like them."""

from __future__ import annotations

import pytest

from layercheck.queries.entities import Entity, returned_entity
from support import project_of

MODELS = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...

class Ship(Base):
    __tablename__ = "ships"
    id: Mapped[int] = mapped_column(primary_key=True)

class Crew(Base):
    __tablename__ = "crews"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
HEAD = """
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
import models
from models import Crew, Ship

"""


def entity(body: str, *, head: str = "def f(db: Session):") -> Entity | None:
    """What a function with this body returns, in short: the class without its file."""
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    project = project_of({"models.py": MODELS, "code.py": f"{HEAD}{head}\n{lines}"})
    found = returned_entity(project, "code.py:f")
    return found._replace(cls=found.cls.rpartition(":")[2]) if found is not None else None


ONE = Entity("one", "Ship")
MANY = Entity("many", "Ship")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return db.get(Ship, 1)", ONE),
        ("return db.get(models.Ship, 1)", ONE),
        ("return db.query(Ship).filter(Ship.id == 1).first()", ONE),
        ("return db.query(Ship).order_by(Ship.id).all()", MANY),
        ("return db.query(Ship).get(1)", ONE),
        ("return db.scalars(select(Ship)).one()", ONE),
        ("return db.scalars(select(Ship).where(Ship.id > 1)).unique().all()", MANY),
        ("return db.scalar(select(Ship))", ONE),
        ("return db.execute(select(Ship)).scalars().all()", MANY),
        ("return db.execute(select(Ship)).scalar_one()", ONE),
        ("s = select(Ship)\ns = s.limit(3)\nreturn db.scalars(s).all()", MANY),
        ("return Ship(id=1)", ONE),
        ("for ship in db.scalars(select(Ship)):\n    return ship", ONE),
        ("return [s for s in db.query(Ship)]", MANY),
        ("return list(db.scalars(select(Ship)))", MANY),
        ("return None if db else db.get(Ship, 1)", ONE),
        ("if db:\n    return None\nreturn db.get(Ship, 1)", ONE),
    ],
)
def test_rows_of_one_class(body: str, expected: Entity) -> None:
    assert entity(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "return db.query(Ship.id).all()",
        "return db.query(Ship, Crew).all()",
        "return db.query(Ship).count()",
        "return db.query(Ship).with_entities(Ship.id).all()",
        "return db.query(Ship)",
        "return db.scalar(select(func.count()).select_from(Ship))",
        "return db.execute(select(Ship)).all()",
        "return db.execute(select(Ship, Crew)).scalars().all()",
        "return select(Ship)",
        "return [s.id for s in db.query(Ship)]",
        "return {'id': 1}.get(Ship, 1)",
        "return unknown.get(Ship, 1)",
        "if db:\n    return db.get(Crew, 1)\nreturn db.get(Ship, 1)",
        "s = db.get(Ship, 1)\nif db:\n    s = show(s)\nreturn s",
        "return db.get(Ship, 1).id",
        "return",
        "yield db.get(Ship, 1)",
    ],
)
def test_anything_else_is_not_known(body: str) -> None:
    assert entity(body) is None


def test_an_unconditional_binding_hides_those_above_it() -> None:
    assert entity("s = db.get(Crew, 1)\ns = db.get(Ship, 1)\nreturn s") == ONE


def test_what_is_written_wins_over_what_is_returned() -> None:
    assert entity("return db.get(Ship, 1)", head="def f(db: Session) -> list[Ship]:") == MANY
    assert entity("return db.get(Ship, 1)", head="def f(db: Session) -> dict:") is None
    assert entity("return db.get(Ship, 1)", head="def f(db: Session) -> Ship | Crew:") is None


def test_async_sessions_are_awaited() -> None:
    assert entity("return await db.scalar(select(Ship))", head="async def f(db: AsyncSession):") == ONE


def test_a_decorator_may_change_what_is_returned() -> None:
    assert entity("return db.get(Ship, 1)", head="@shown\ndef f(db: Session):") is None


def test_recursion_ends() -> None:
    assert entity("return f(db)") is None
