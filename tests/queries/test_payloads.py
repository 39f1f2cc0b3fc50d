"""Where the whole body of a request ends up, and what is left out of it on the way."""

from __future__ import annotations

import pytest

from layercheck.queries.payloads import written
from support import project_of

MODELS = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
"""
HEAD = """
from copy import deepcopy

from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.models import User


class Payload(BaseModel):
    role: str


def save(db, fields):
    db.add(User(**fields))


def write(db: Session, payload: Payload):
"""
USER = "app/models.py:User"


def found(body: str) -> list[tuple[str | None, set[str]]]:
    code = HEAD + "\n".join(f"    {line}" for line in body.splitlines()) + "\n"
    project = project_of({"app/models.py": MODELS, "app/code.py": code})
    return [(w.table, set(w.left_out)) for w in written(project, "app/code.py:write", "payload")]


@pytest.mark.parametrize(
    ("body", "left_out"),
    [
        ("User(**payload.model_dump())", set()),
        ("User(**payload.dict(exclude={'id'}), name='x')", {"id", "name"}),
        ("data = payload.model_dump()\nuser = User(**data)", set()),
        ("data = jsonable_encoder(payload, exclude={'role'})\nUser(**data)", {"role"}),
        ("User(**{**payload.model_dump(), 'role': 'user'})", {"role"}),
        ("User(**(payload.model_dump() | {'role': 'user'}))", {"role"}),
        ("User(**dict(payload, role='user'))", {"role"}),
        ("User(**vars(deepcopy(payload)))", set()),
        ("User(**{k: v for k, v in payload.model_dump().items()})", set()),
        ("changed = payload.model_copy(update={'role': 'user'})\nUser(**changed.model_dump())", {"role"}),
        ("user = db.get(User, 1)\nfor k, v in payload.model_dump().items():\n    setattr(user, k, v)", set()),
        ("db.execute(update(User).where(User.id == 1).values(**payload.model_dump()))", set()),
        ("db.execute(insert(User).values(payload.model_dump()))", set()),
        ("db.query(User).filter_by(id=1).update(payload.model_dump())", set()),
        ("save(db, payload.model_dump(exclude={'role'}))", {"role"}),
    ],
)
def test_written(body: str, left_out: set[str]) -> None:
    assert found(body) == [(USER, left_out)]


@pytest.mark.parametrize(
    "body",
    [
        "User(role=payload.role)",
        "User(**payload.model_dump(include={'name'}))",
        "User(**{k: v for k, v in payload.model_dump().items() if k in ALLOWED})",
        "User(**payload.model_dump(exclude=HIDDEN))",
        "user = db.get(User, 1)\nfor k, v in payload.model_dump().items():\n    if k != 'role':\n        setattr(user, k, v)",
        "db.query(User).filter_by(**payload.model_dump()).all()",
        "print(payload.model_dump())",
    ],
)
def test_not_written(body: str) -> None:
    assert found(body) == []
