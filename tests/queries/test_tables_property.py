"""Random SQLAlchemy and SQLModel models, imported for real: `Base.metadata` and the mappers say what the static tables say."""

from __future__ import annotations

import importlib
import itertools
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.queries.tables import all_tables, column_type, relationships_of
from support import project_of, write_tree

sqlalchemy = pytest.importorskip("sqlalchemy", minversion="2.0")
from sqlalchemy.orm import configure_mappers  # noqa: E402

_NUMBER = itertools.count()
_CLASSIC = [
    "Integer",
    "String(30)",
    "Text",
    "Boolean",
    "DateTime(timezone=True)",
    "Numeric(10, 2)",
    "Uuid",
    "JSON",
    "LargeBinary",
]
_PYTHON = ["int", "str", "bool", "datetime", "Decimal", "uuid.UUID", "bytes", "date", "Color", "Short", "Coded"]
_LAZY = ["select", "selectin", "joined", "subquery", "raise", "noload", "immediate"]
_SAME = {"AutoString": "String", "UTCDateTime": "DateTime", "Double": "Float"}
"""Names of types that differ between versions of the libraries."""

SHARED = """
from __future__ import annotations
import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Optional
from sqlalchemy import (
    JSON, Boolean, CheckConstraint, Column, DateTime, ForeignKey, Index, Integer, LargeBinary, MetaData, Numeric, String, Table, Text,
    UniqueConstraint, Uuid, func,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship


class Color(enum.Enum):
    RED = "red"


Short = Annotated[str, mapped_column(String(10))]
Coded = Annotated[Optional[str], mapped_column(String(5), index=True)]


class Stamped:
    created: Mapped[datetime] = mapped_column(server_default=func.now())
    note = Column(Text)

    @declared_attr
    def parent_note(cls) -> Mapped[Optional[int]]:
        return mapped_column(Integer, index=cls.__name__ == "T0")


class Keyed:
    id: Mapped[int] = mapped_column(primary_key=True)


class Base(DeclarativeBase):
    pass


class Named(DeclarativeBase):
    metadata = Base.metadata
    registry = Base.registry

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return "n_" + cls.__name__.lower()
"""


@st.composite
def _column(draw: st.DrawFn, number: int, earlier: list[int]) -> str:
    name = f"c{number}"
    classic = draw(st.booleans())
    args = [f'"{name}_col"'] if draw(st.integers(0, 4)) == 0 else []
    target = draw(st.sampled_from(earlier)) if earlier and draw(st.integers(0, 3)) == 0 else None
    flags = [f"{flag}=True" for flag in ("unique", "index") if draw(st.integers(0, 4)) == 0]
    if draw(st.integers(0, 2)) == 0:
        flags.append(f"nullable={draw(st.booleans())}")
    if draw(st.integers(0, 4)) == 0:
        flags.append("default=None")
    if target is not None:
        key = draw(st.sampled_from([f'"t{target}.id"', f"T{target}.id"]))
        ondelete = ', ondelete="CASCADE"' if draw(st.booleans()) else ""
        args += ["Integer", f"ForeignKey({key}{ondelete})"]
        python = "int"
    elif classic or draw(st.integers(0, 2)) == 0:
        args.append(draw(st.sampled_from(_CLASSIC)))
        python = "str"
    else:
        python = draw(st.sampled_from(_PYTHON))
    call = ", ".join([*args, *flags])
    if classic:
        return f"    {name} = {draw(st.sampled_from(['Column', 'mapped_column']))}({call})"
    annotation = draw(st.sampled_from([python, f"{python} | None", f"Optional[{python}]"]))
    if not call:
        return f"    {name}: Mapped[{annotation}]"
    return f"    {name}: Mapped[{annotation}] = mapped_column({call})"


@st.composite
def _models(draw: st.DrawFn) -> str:
    """The source of a module with some mapped classes."""
    lines = ["from .shared import *  # noqa", "from .shared import Base, Keyed, Named, Stamped", ""]
    earlier: list[int] = []
    for number in range(draw(st.integers(1, 5))):
        named = draw(st.integers(0, 4)) == 0 and number > 0
        mixins = [m for m in ("Stamped", "Keyed") if draw(st.booleans())]
        bases = ", ".join([*mixins, "Named" if named else "Base"])
        lines.append(f"class T{number}({bases}):")
        if not named:
            lines.append(f'    __tablename__ = "t{number}"')
        if "Keyed" not in mixins or named:
            key = draw(
                st.sampled_from(
                    [
                        "Mapped[int] = mapped_column(primary_key=True)",
                        "Mapped[Optional[int]] = mapped_column(primary_key=True)",
                    ]
                )
            )
            lines.append(f"    id: {key}" if draw(st.booleans()) else "    id = Column(Integer, primary_key=True)")
        columns = [draw(_column(i, earlier)) for i in range(draw(st.integers(0, 4)))]
        if not named:
            earlier.append(number)
        lines += columns
        names = [_name_of(c) for c in columns]
        arguments = []
        if names and draw(st.booleans()):
            arguments.append(f'UniqueConstraint("{names[0]}", name="uq_{number}")')
        if names and draw(st.booleans()):
            arguments.append(f'Index("ix_{number}", "{names[-1]}", unique={draw(st.booleans())})')
        if draw(st.integers(0, 3)) == 0:
            arguments.append(f'CheckConstraint("id > 0", name="ck_{number}")')
        if draw(st.integers(0, 5)) == 0:
            arguments.append('{"comment": "x"}')
        if arguments:
            lines.append(f"    __table_args__ = ({', '.join(arguments)},)")
        lines.append("")
    lines += draw(_links())
    return "\n".join(lines) + "\n"


def _name_of(column: str) -> str:
    return column.split('"')[1] if '("c' in column else column.strip().split(":")[0].split(" ")[0]


@st.composite
def _links(draw: st.DrawFn) -> list[str]:
    """A parent, a child and an association table with relationships between them."""
    lazies = [draw(st.sampled_from(_LAZY)) for _ in range(4)]
    old = draw(st.booleans())
    left = 'Mapped[list["Child"]]' if not old else None
    lines = [
        'tags = Table("tags", Base.metadata, Column("parent_id", ForeignKey("parents.id"), primary_key=True), '
        'Column("child_id", ForeignKey("children.id"), primary_key=True, index=True))',
        "",
        "class Parent(Keyed, Base):",
        '    __tablename__ = "parents"',
        "    kind: Mapped[str]",
        f'    children{": " + left if left else ""} = relationship("Child", back_populates="parent", lazy="{lazies[0]}")',
        f'    tagged = relationship("Child", secondary=tags, viewonly=True, lazy="{lazies[1]}")',
        '    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "p"}',
        "",
        "class Child(Keyed, Base):",
        '    __tablename__ = "children"',
        '    parent_id = Column(ForeignKey("parents.id"))',
        f'    parent{": Mapped[Optional[Parent]]" if draw(st.booleans()) else ""} = relationship(Parent, back_populates="children", lazy="{lazies[2]}")',
        '    next_id: Mapped[Optional[int]] = mapped_column(ForeignKey("children.id"))',
        f'    next = relationship("Child", remote_side="Child.id", lazy="{lazies[3]}", backref="previous")',
        "",
    ]
    if draw(st.booleans()):
        lines += [
            "class Single(Parent):",
            "    wage: Mapped[Optional[int]]",
            '    __mapper_args__ = {"polymorphic_identity": "s"}',
            "",
        ]
    if draw(st.booleans()):
        lines += ["class Joined(Parent):", '    __tablename__ = "joined"', '    id = Column(ForeignKey("parents.id"), primary_key=True)',
                  "    extra: Mapped[int]", '    __mapper_args__ = {"polymorphic_identity": "j"}', ""]  # fmt: skip
    return lines


# ---------------------------------------------------------------------------------------------------------- comparison


def _imported(folder: Path, files: dict[str, str]) -> tuple[str, Any]:
    package = f"layercheck_models_{next(_NUMBER)}"
    write_tree(folder, {f"{package}/{name}": text for name, text in files.items()} | {f"{package}/__init__.py": ""})
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(f"{package}.models")
    finally:
        sys.path.remove(str(folder))
    return package, module


def _kind(text: str | None) -> str:
    name = (text or "NullType").partition("(")[0]
    return _SAME.get(name, name)


def _running_tables(metadata: Any) -> dict[str, Any]:
    return {
        table.fullname: {
            "columns": {
                c.name: (_kind(type(c.type).__name__), c.nullable, c.primary_key, bool(c.unique), bool(c.index), sorted(f.target_fullname for f in c.foreign_keys))
                for c in table.columns
            },
            "indexes": sorted((i.name, tuple(c.name for c in i.columns), bool(i.unique)) for i in table.indexes),
            "uniques": sorted(tuple(c.name for c in u.columns) for u in table.constraints if isinstance(u, sqlalchemy.UniqueConstraint)),
            "checks": sorted(str(c.name) for c in table.constraints if isinstance(c, sqlalchemy.CheckConstraint) and c.name),
        }
        for table in metadata.tables.values()
    }  # fmt: skip


def _static_tables(project: Any) -> dict[str | None, Any]:
    return {
        table.full_name: {
            "columns": {
                c.name: (
                    _kind(column_type(project, table, c)),
                    c.nullable,
                    c.primary_key,
                    c.unique,
                    c.indexed,
                    sorted(c.foreign_keys),
                )
                for c in table.columns
            },
            "indexes": sorted((i.name, i.columns, i.unique) for i in table.indexes),
            "uniques": sorted(u.columns for u in table.unique_constraints),
            "checks": sorted(str(c.name) for c in table.check_constraints),
        }
        for table in all_tables(project)
    }


def _running_relationships(registry: Any) -> dict[tuple[str, str], Any]:
    configure_mappers()
    return {
        (mapper.class_.__name__, key): (r.mapper.class_.__name__, str(r.lazy), bool(r.uselist), r.secondary.name if r.secondary is not None else None)
        for mapper in registry.mappers
        for key, r in mapper.relationships.items()
    }  # fmt: skip


def _static_relationships(project: Any, keys: list[str]) -> dict[tuple[str, str], Any]:
    return {
        (key.rpartition(":")[2], r.attribute): ((r.target or "?").rpartition(":")[2], r.lazy, r.uselist, r.secondary)
        for key in keys
        for r in relationships_of(project, key)
    }


@given(_models())
def test_metadata_equals_the_static_tables(tmp_path_factory: pytest.TempPathFactory, source: str) -> None:
    files = {"shared.py": SHARED, "models.py": source}
    package, module = _imported(tmp_path_factory.mktemp("models"), files)
    project = project_of({f"{package}/{name}": text for name, text in files.items()} | {f"{package}/__init__.py": ""})
    assert _static_tables(project) == _running_tables(module.Base.metadata)
    assert all(t.complete for t in all_tables(project))
    running = _running_relationships(module.Base.registry)
    classes = [f"{package}/models.py:{m.class_.__name__}" for m in module.Base.registry.mappers]
    assert _static_relationships(project, classes) == running


# ----------------------------------------------------------------------------------------------------------- SQLModel


@st.composite
def _sqlmodels(draw: st.DrawFn) -> str:
    lines = [
        "import uuid",
        "from datetime import date, datetime",
        "from decimal import Decimal",
        "from typing import Optional",
        "from sqlalchemy import Column, DateTime, Integer, String, Text",
        "from sqlalchemy.orm import registry",
        "from sqlmodel import Field, Relationship, SQLModel",
        "",
        "class Base(SQLModel, registry=registry()):",
        "    pass",
        "",
        "class Shared(Base):",
        "    name: str = Field(index=True, max_length=20)",
        "    size: Optional[int] = None",
        "",
        "class Read(Shared):",
        "    id: int",
        "",
    ]
    count = draw(st.integers(1, 4))
    for number in range(count):
        lines.append(f"class M{number}({draw(st.sampled_from(['Base', 'Shared']))}, table=True):")
        if draw(st.booleans()):
            lines.append(f'    __tablename__ = "m_{number}"')
            lines.append("    id: Optional[int] = Field(default=None, primary_key=True)")
        else:
            lines.append("    id: int = Field(primary_key=True)")
        for i in range(draw(st.integers(0, 4))):
            python = draw(
                st.sampled_from(["int", "str", "bool", "datetime", "date", "Decimal", "uuid.UUID", "float", "bytes"])
            )
            annotation = draw(st.sampled_from([python, f"Optional[{python}]", f"{python} | None"]))
            options = [f"{flag}=True" for flag in ("unique", "index") if draw(st.integers(0, 4)) == 0]
            options += [f"nullable={draw(st.booleans())}"] if draw(st.integers(0, 4)) == 0 else []
            options += ["default=None"] if annotation != python and draw(st.booleans()) else []
            kind = draw(st.integers(0, 7))
            if kind == 0:
                options = [f'sa_column=Column("own{i}", String(5), nullable={draw(st.booleans())})']
            elif kind == 1:
                options.append("sa_type=DateTime(timezone=True)")
            elif kind == 2:
                options.append('sa_column_kwargs={"server_default": "1"}')
            lines.append(
                f"    f{i}: {annotation}"
                + (f" = Field({', '.join(options)})" if options or draw(st.booleans()) else "")
            )
        lines.append("")
    lines += [
        "class Link(Base, table=True):",
        '    team_id: Optional[int] = Field(default=None, foreign_key="team.id", primary_key=True)',
        '    hero_id: Optional[int] = Field(default=None, foreign_key="hero.id", primary_key=True, ondelete="CASCADE")',
        "",
        "class Team(Base, table=True):",
        "    id: Optional[int] = Field(default=None, primary_key=True)",
        '    heroes: list["Hero"] = Relationship(back_populates="team")',
        '    linked: list["Hero"] = Relationship(back_populates="teams", link_model=Link)',
        "",
        "class Hero(Base, table=True):",
        "    id: Optional[int] = Field(default=None, primary_key=True)",
        '    team_id: Optional[int] = Field(default=None, foreign_key="team.id")',
        f'    team: Optional[Team] = Relationship(back_populates="heroes", sa_relationship_kwargs={{"lazy": "{draw(st.sampled_from(_LAZY))}"}})',
        '    teams: list[Team] = Relationship(back_populates="linked", link_model=Link)',
        "",
    ]
    return "\n".join(lines) + "\n"


@given(_sqlmodels())
def test_sqlmodel_metadata_equals_the_static_tables(tmp_path_factory: pytest.TempPathFactory, source: str) -> None:
    pytest.importorskip("sqlmodel")
    package, module = _imported(tmp_path_factory.mktemp("models"), {"models.py": source})
    project = project_of({f"{package}/models.py": source, f"{package}/__init__.py": ""})
    assert _static_tables(project) == _running_tables(module.Base.metadata)
    registry = module.Base._sa_registry
    classes = [f"{package}/models.py:{m.class_.__name__}" for m in registry.mappers]
    assert _static_relationships(project, classes) == _running_relationships(registry)
