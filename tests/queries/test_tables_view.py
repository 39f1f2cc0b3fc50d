"""What `layercheck tables --format json` says."""

from __future__ import annotations

from layercheck.views.tables import tables
from support import project_of

MODEL = """
from sqlalchemy import Column, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, relationship

class Base(DeclarativeBase): ...

class User(Base):
    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("name", name="uq"),)
    id = Column(Integer, primary_key=True)
    name = Column(String(9), nullable=False, index=True)
    boss_id = Column(ForeignKey("users.id"))
    boss = relationship("User", remote_side=[id], lazy="joined")
"""
SNAPSHOT = "revision = '1'\ndown_revision = None\n" + MODEL


def test_the_shape_of_the_answer() -> None:
    project = project_of({"app/models.py": MODEL, "alembic/versions/1.py": SNAPSHOT, "tests/test_x.py": MODEL})
    (table,) = tables(project)
    assert (table["name"], table["class"], table["file"], table["line"]) == ("users", "User", "app/models.py", 7)
    assert table["complete"]
    assert [
        (c["name"], c["type"], c["nullable"], c["primary_key"], c["unique"], c["index"]) for c in table["columns"]
    ] == [
        ("id", "Integer", False, True, False, False),
        ("name", "String(9)", False, False, False, True),
        ("boss_id", "Integer", True, False, False, False),
    ]
    assert table["columns"][2]["foreign_keys"] == ["users.id"]
    assert table["indexes"] == [{"name": "ix_users_name", "columns": ["name"], "unique": False}]
    assert table["unique_constraints"] == [{"name": "uq", "columns": ["name"]}]
    assert [(r["name"], r["target"], r["lazy"], r["uselist"]) for r in table["relationships"]] == [
        ("boss", "User", "joined", False)
    ]


def test_snapshots_are_shown_when_everything_is_asked_for() -> None:
    project = project_of({"app/models.py": MODEL, "alembic/versions/1.py": SNAPSHOT, "tests/test_x.py": MODEL})
    assert len(tables(project, everything=True)) == 3
