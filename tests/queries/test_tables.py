"""The tables that models declare: small models and what must be known of them."""

from __future__ import annotations

from typing import Any

import pytest

from layercheck.queries.tables import all_tables, column_type, relationship, relationships_of, table_by_name, table_of
from layercheck.queries.tables_rows import Table
from support import project_of

IMPORTS = """
import enum
import uuid
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, ClassVar, Optional
from sqlalchemy import *
from sqlalchemy import (Boolean, CheckConstraint, Column, Computed, DateTime, Enum, ForeignKey, ForeignKeyConstraint, Identity, Index,
    Integer, JSON, MetaData, Numeric, PrimaryKeyConstraint, String, Table, Text, UniqueConstraint, Uuid, desc, func, text)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.declarative import declarative_base as old_base
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import (DeclarativeBase, DynamicMapped, Mapped, MappedAsDataclass, WriteOnlyMapped, backref, column_property, composite,
    declarative_base, declared_attr, deferred, has_inherited_table, mapped_column, registry, relationship)
from sqlmodel import Field, Relationship, SQLModel
"""

BASE = "class Base(DeclarativeBase):\n    pass\n"


def only(code: str, *, key: str = "m.py:T") -> Table:
    table = table_of(project_of({"m.py": IMPORTS + BASE + code}), key)
    assert table is not None
    return table


def columns(code: str, *fields: str, key: str = "m.py:T") -> dict[str, Any]:
    """{column: its field}, or a tuple of several fields."""
    found = only(code, key=key).columns
    return {c.name: getattr(c, fields[0]) if len(fields) == 1 else tuple(getattr(c, f) for f in fields) for c in found}


# ------------------------------------------------------------------------------------------------------------- columns


def test_classic_columns() -> None:
    code = """
class T(Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
    name = Column("full_name", String(40), nullable=False, unique=True)
    note = Column(Text)
    size = Column(Integer, index=True, default=0, server_default=text("0"), onupdate=func.now())
    number = Column(Integer, Identity())
    total = Column(Integer, Computed("size * 2"))
"""
    table = only(code)
    assert [(c.name, c.attribute, c.type, c.nullable, c.nullable_stated) for c in table.columns] == [
        ("id", "id", "Integer", False, True),
        ("full_name", "name", "String(40)", False, True),
        ("note", "note", "Text", True, False),
        ("size", "size", "Integer", True, False),
        ("number", "number", "Integer", False, False),
        ("total", "total", "Integer", True, False),
    ]
    size = table.columns[3]
    assert (size.default, size.server_default, size.onupdate) == ("0", "text('0')", "func.now()")
    assert [c.computed for c in table.columns] == [False, False, False, False, True, True]
    assert [(i.name, i.columns, i.implied) for i in table.indexes] == [("ix_t_size", ("size",), True)]
    assert [u.columns for u in table.unique_constraints] == [("full_name",)]
    assert table.primary_key == ("id",)
    assert table.complete


def test_nullability_from_annotations() -> None:
    code = """
Maybe = str | None
Key = Annotated[int, mapped_column(primary_key=True)]
Name = Annotated[str, mapped_column(String(30), index=True)]
Loose = Annotated[str, mapped_column(nullable=True)]
class T(Base):
    __tablename__ = "t"
    id: Mapped[Key]
    a: Mapped[str]
    b: Mapped[str | None]
    c: Mapped[Optional[int]] = mapped_column(unique=True)
    d: Mapped["datetime | None"]
    e: Mapped[Maybe]
    f: Mapped[Name]
    g: Mapped[Name | None] = mapped_column(index=False)
    h: Mapped[str] = mapped_column(nullable=True)
    i: Mapped[str | None] = mapped_column(nullable=False)
    j: Mapped[Loose]
    k = mapped_column(Integer)
    note: ClassVar[str] = "x"
"""
    assert columns(code, "nullable", "type") == {
        "id": (False, "Integer"),
        "a": (False, "String"),
        "b": (True, "String"),
        "c": (True, "Integer"),
        "d": (True, "DateTime"),
        "e": (True, "String"),
        "f": (False, "String(30)"),
        "g": (True, "String(30)"),
        "h": (True, "String"),
        "i": (False, "String"),
        "j": (True, "String"),
        "k": (True, "Integer"),
    }
    assert columns(code, "indexed")["f"] is True
    assert columns(code, "indexed")["g"] is False


def test_an_alias_from_another_module() -> None:
    project = project_of(
        {
            "app/types.py": "from typing import Annotated\nfrom sqlalchemy import String\nfrom sqlalchemy.orm import mapped_column\n"
            "type Slug = Annotated[str, mapped_column(String(80), unique=True)]\nBIG = 4000\n",
            "app/base.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...\n",
            "app/post.py": "from sqlalchemy import String\nfrom sqlalchemy.orm import Mapped, mapped_column\nfrom app import types\n"
            "from .base import Base\nclass Post(Base):\n    __tablename__ = f'{\"po\"}sts'\n    slug: Mapped[types.Slug] = mapped_column(primary_key=True)\n"
            "    body: Mapped[str] = mapped_column(String(types.BIG))\n",
        }
    )
    table = table_of(project, "app/post.py:Post")
    assert table is not None
    assert table.name == "posts"
    assert [(c.type, c.unique) for c in table.columns] == [("String(80)", True), ("String(4000)", False)]


def test_types() -> None:
    code = """
class Color(enum.Enum):
    RED = 1
class Secret(TypeDecorator):
    impl = String
price = Numeric(10, 2)
class T(Base):
    __tablename__ = "t"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    a: Mapped[Color]
    b = Column(Enum(Color, name="color"))
    c = Column(MutableDict.as_mutable(JSONB))
    d = Column(ARRAY(String(5)))
    e = Column(JSON().with_variant(JSONB, "postgresql"))
    f = Column(price)
    g = Column(Secret())
    h: Mapped[bytes]
    i: Mapped[Decimal]
    j = Column(DateTime(timezone=True))
    k: Mapped[int] = mapped_column(ForeignKey("o.id"))
"""
    assert columns(code, "type") == {
        "id": "Uuid", "a": "Enum(Color)", "b": "Enum(Color, name='color')", "c": "JSONB", "d": "ARRAY(String(5))", "e": "JSON",
        "f": "Numeric(10, 2)", "g": "Secret", "h": "LargeBinary", "i": "Numeric", "j": "DateTime(timezone=True)", "k": "Integer",
    }  # fmt: skip
    assert columns(code, "type_symbol")["g"] == "m.py:Secret"
    assert columns(code, "type_symbol")["c"] == "sqlalchemy.dialects.postgresql.JSONB"


def test_type_annotation_map() -> None:
    code = """
Short = Annotated[str, 20]
class Own(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True), dict[str, Any]: JSON, Short: String(20)}
class T(Own):
    __tablename__ = "t"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    data: Mapped[dict[str, Any] | None]
    short: Mapped[Short]
    long: Mapped[str]
"""
    assert columns(code, "type") == {
        "id": "Integer", "at": "DateTime(timezone=True)", "data": "JSON", "short": "String(20)", "long": "String",
    }  # fmt: skip


def test_helpers_that_make_columns() -> None:
    code = """
def key(kind=Integer, **more):
    return Column(kind, primary_key=True, **more)
required = partial(mapped_column, nullable=False)
def stamps():
    return mapped_column(DateTime, server_default=func.now())
class T(Base):
    __tablename__ = "t"
    id = key(comment="x")
    name = required(String(9))
    at = stamps()
"""
    table = only(code)
    assert [(c.name, c.type, c.nullable, c.primary_key) for c in table.columns] == [
        ("id", "Integer", False, True), ("name", "String(9)", False, False), ("at", "DateTime", True, False),
    ]  # fmt: skip
    assert table.complete


def test_wrapped_columns() -> None:
    code = """
class Point: ...
class T(Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
    big = deferred(Column(Text, nullable=False))
    shown = column_property(id + 1)
    at: Mapped[Point] = composite(mapped_column("x", Integer), mapped_column("y", Integer))
"""
    assert columns(code, "nullable") == {"id": False, "big": False, "x": None, "y": None}


# ------------------------------------------------------------------------------------------------- names, inheritance


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ('__tablename__ = "t" + "s"', "ts"),
        ('PREFIX = "p_"\n    __tablename__ = PREFIX + "t"', "p_t"),
        ("__tablename__ = compute()", None),
    ],
)
def test_table_names(body: str, name: str | None) -> None:
    table = only(f"class T(Base):\n    {body}\n    id = Column(Integer, primary_key=True)\n")
    assert table.name == name
    assert table.complete is (name is not None)


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("cls.__name__.lower()", "userrole"),
        ("cls.__name__.lower() + 's'", "userroles"),
        ("f'app_{cls.__name__}'", "app_UserRole"),
        ("re.sub(r'(?<!^)(?=[A-Z])', '_', cls.__name__).lower()", "user_role"),
        ("snake(cls.__name__)", "user_role"),
        ("'_'.join([x.lower() for x in re.split('(?=[A-Z])', cls.__name__) if x])", "user_role"),
    ],
)
def test_names_made_by_the_base(expression: str, name: str) -> None:
    code = f"""
import re
def snake(name):
    s = re.sub("(.)([A-Z][a-z]+)", r"\\1_\\2", name)
    return re.sub("([a-z0-9])([A-Z])", r"\\1_\\2", s).lower()
class Named(DeclarativeBase):
    @declared_attr.directive
    def __tablename__(cls) -> str:
        return {expression}
class UserRole(Named):
    id: Mapped[int] = mapped_column(primary_key=True)
"""
    assert only(code, key="m.py:UserRole").name == name


def test_old_bases() -> None:
    code = """
class Common:
    id = Column(Integer, primary_key=True)
    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()
Old = declarative_base(cls=Common)
Older = old_base()
maker = registry()
Made = maker.generate_base()
class T(Old):
    name = Column(String)
class U(Older):
    __tablename__ = "u"
    id = Column(Integer, primary_key=True)
class V(Made):
    __tablename__ = "v"
    id = Column(Integer, primary_key=True)
@maker.mapped
class W:
    __tablename__ = "w"
    id = Column(Integer, primary_key=True)
"""
    table = only(code)
    assert (table.name, [c.name for c in table.columns], table.complete) == ("t", ["name", "id"], True)
    for letter in "uvw":
        assert only(code, key=f"m.py:{letter.upper()}").name == letter


def test_mixins_and_abstract_bases() -> None:
    code = """
class Stamped:
    created: Mapped[datetime] = mapped_column(default=func.now())
    name: Mapped[str]
    @declared_attr
    def owner_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("owners.id", ondelete="CASCADE"))
    @declared_attr
    def owner(cls) -> Mapped["Owner"]:
        return relationship("Owner", lazy="joined", foreign_keys=[cls.owner_id])
class Abstract(Base):
    __abstract__ = True
    id: Mapped[int] = mapped_column(primary_key=True)
class Owner(Abstract):
    __tablename__ = "owners"
class T(Stamped, Abstract):
    __tablename__ = "t"
    name: Mapped[str | None]
"""
    table = only(code)
    assert {c.name: (c.nullable, c.owner) for c in table.columns} == {
        "name": (True, "m.py:T"), "created": (False, "m.py:Stamped"), "owner_id": (True, "m.py:Stamped"), "id": (False, "m.py:Abstract"),
    }  # fmt: skip
    assert [(k.columns, k.targets, k.ondelete) for k in table.foreign_keys] == [
        (("owner_id",), ("owners.id",), "CASCADE")
    ]
    assert [(r.attribute, r.target, r.lazy) for r in table.relationships] == [("owner", "m.py:Owner", "joined")]
    project = project_of({"m.py": IMPORTS + BASE + code})
    assert {t.name for t in all_tables(project)} == {"owners", "t"}
    assert table_of(project, "m.py:Stamped") is None
    assert table_of(project, "m.py:Abstract") is None


def test_inheritance() -> None:
    code = """
class T(Base):
    __tablename__ = "t"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind"}
class Single(T):
    wage: Mapped[int | None]
class Joined(T):
    __tablename__ = "joined"
    id: Mapped[int] = mapped_column(ForeignKey("t.id"), primary_key=True)
    extra: Mapped[str]
"""
    project = project_of({"m.py": IMPORTS + BASE + code})
    single, joined = table_of(project, "m.py:Single"), table_of(project, "m.py:Joined")
    assert single is not None
    assert (single.name, single.shares, single.parent) == ("t", True, "m.py:T")
    assert [c.name for c in single.columns] == ["id", "kind", "wage"]
    assert joined is not None
    assert (joined.name, joined.shares, joined.parent) == ("joined", False, "m.py:T")
    assert [c.name for c in joined.columns] == ["id", "extra"]
    assert {t.name: [c.name for c in t.columns] for t in all_tables(project)} == {
        "t": ["id", "kind", "wage"],
        "joined": ["id", "extra"],
    }


# ---------------------------------------------------------------------------------------------------------- table_args


def test_table_args() -> None:
    code = """
class T(Base):
    __tablename__ = "t"
    a = Column(Integer)
    b = Column(Integer)
    c = Column(Integer)
    ix_c = Index("ix_c", c)
    __table_args__ = (
        PrimaryKeyConstraint("a", "b", name="pk"),
        UniqueConstraint("b", "c", name="uq"),
        CheckConstraint("a > 0", name="ck"),
        ForeignKeyConstraint(["a", "b"], ["o.x", "o.y"], ondelete="CASCADE"),
        Index("ix_ab", "a", desc("b"), unique=True, postgresql_where=text("c IS NULL")),
        Index("ix_low", func.lower(b)),
        {"schema": "s", "comment": "x"},
    )
Index("ix_late", T.b)
"""
    table = only(code)
    assert table.full_name == "s.t"
    assert table.primary_key == ("a", "b")
    assert {c.name: c.nullable for c in table.columns} == {"a": False, "b": False, "c": True}
    assert [(u.name, u.columns) for u in table.unique_constraints] == [("uq", ("b", "c"))]
    assert [(c.name, c.text) for c in table.check_constraints] == [("ck", "a > 0")]
    assert {(i.name, i.columns, i.unique, i.partial) for i in table.indexes} == {
        ("ix_c", ("c",), False, False), ("ix_ab", ("a", "b"), True, True), ("ix_low", (None,), False, False), ("ix_late", ("b",), False, False),
    }  # fmt: skip
    assert [c.foreign_keys for c in table.columns] == [("o.x",), ("o.y",), ()]
    assert table.complete


def test_table_args_of_mixins() -> None:
    code = """
class Schema:
    __table_args__ = {"schema": "app"}
class Counted:
    @declared_attr.directive
    def __table_args__(cls):
        return (UniqueConstraint("n", name=f"uq_{cls.__tablename__}"),)
class T(Schema, Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
class U(Counted, Base):
    __tablename__ = "u"
    n = Column(Integer, primary_key=True)
"""
    assert only(code).schema == "app"
    assert [u.name for u in only(code, key="m.py:U").unique_constraints] == ["uq_u"]


def test_metadata_gives_schema_and_index_names() -> None:
    code = """
class Own(DeclarativeBase):
    metadata = MetaData(schema="app", naming_convention={"ix": "idx_%(table_name)s_%(column_0_name)s"})
class T(Own):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
    n = Column(Integer, index=True)
"""
    table = only(code)
    assert table.full_name == "app.t"
    assert [i.name for i in table.indexes] == ["idx_t_n"]


# ------------------------------------------------------------------------------------------------------- foreign keys


def test_foreign_keys() -> None:
    code = """
from m2 import Other
users = Table("users", Base.metadata, Column("id", Integer, primary_key=True), schema="s")
class T(Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
    a = Column(ForeignKey("x.id"))
    b = Column(Integer, ForeignKey(Other.key, ondelete="SET NULL"))
    c = Column(ForeignKey(users.c.id))
    d = Column(ForeignKey(f"{Other.__tablename__}.key"))
    e = Column(ForeignKey(unknown()))
    f = Column(ForeignKey(id))
"""
    other = (
        BASE.replace("Base", "Base2")
        + "class Other(Base2):\n    __tablename__ = 'others'\n    key = Column('the_key', Uuid, primary_key=True)\n"
    )
    project = project_of({"m.py": IMPORTS + BASE + code, "m2.py": IMPORTS + other})
    table = table_of(project, "m.py:T")
    assert table is not None
    assert {c.name: c.foreign_keys for c in table.columns} == {
        "id": (), "a": ("x.id",), "b": ("others.the_key",), "c": ("s.users.id",), "d": ("others.key",), "e": ("?",), "f": ("?",),
    }  # fmt: skip
    c = table.column("c")
    assert c is not None
    assert c.type is None
    assert column_type(project, table, c) == "Integer"


# ------------------------------------------------------------------------------------------------------ table objects


def test_table_objects_and_imperative_mapping() -> None:
    code = """
maker = registry()
meta = MetaData()
def audit():
    return [Column("created", DateTime, nullable=False), Column("by", Integer)]
links = Table("links", meta, Column("a", ForeignKey("t.id"), primary_key=True), Column("b", Integer, index=True), UniqueConstraint("b"))
users = Table("users", maker.metadata, Column("id", Integer, primary_key=True), *audit(), schema="s")
seen = Table("seen", meta, autoload_with=engine)
class User: ...
class Post: ...
def start():
    posts = Table("posts", maker.metadata, Column("id", Integer, primary_key=True), Column("user", ForeignKey("s.users.id")))
    maker.map_imperatively(User, users, properties={"posts": relationship(Post, lazy="selectin")})
    maker.map_imperatively(Post, posts)
class Own(Base):
    __table__ = Table("own", Base.metadata, Column("id", Integer, primary_key=True))
"""
    project = project_of({"m.py": IMPORTS + BASE + code})
    tables = {t.full_name: t for t in all_tables(project)}
    assert {(n, t.key, t.style) for n, t in tables.items()} == {
        ("links", "m.py:links", "table"), ("s.users", "m.py:User", "imperative"), ("seen", "m.py:seen", "table"),
        ("own", "m.py:Own", "imperative"), ("posts", "m.py:Post", "imperative"),
    }  # fmt: skip
    assert [(c.name, c.nullable) for c in tables["s.users"].columns] == [
        ("id", False),
        ("created", False),
        ("by", True),
    ]
    assert [u.columns for u in tables["links"].unique_constraints] == [("b",)]
    assert not tables["seen"].complete
    posts = relationship(project, "m.py:User", "posts")
    assert posts is not None
    assert (posts.target, posts.lazy, posts.uselist) == ("m.py:Post", "selectin", True)


# ----------------------------------------------------------------------------------------------------------- SQLModel


def test_sqlmodel() -> None:
    code = """
class Common(SQLModel):
    email: str = Field(unique=True, index=True, max_length=50)
    name: str | None = None
class Read(Common):
    id: int
class Link(SQLModel, table=True):
    team_id: int | None = Field(default=None, foreign_key="team.id", primary_key=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", primary_key=True, ondelete="CASCADE")
class Team(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    members: list["User"] = Relationship(back_populates="teams", link_model=Link)
class User(Common, table=True):
    id: int | None = Field(default=None, primary_key=True)
    age: Annotated[int, Field(nullable=True)]
    at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    raw: dict = Field(sa_column=Column("raw_data", JSON))
    note: str = Field(..., sa_column_kwargs={"server_default": "x", "nullable": True})
    kind: ClassVar[str] = "u"
    _hidden: int = 3
    teams: list[Team] = Relationship(back_populates="members", link_model=Link, sa_relationship_kwargs={"lazy": "selectin"})
    boss: Optional["User"] = Relationship()
"""
    project = project_of({"m.py": IMPORTS + code})
    assert {t.name for t in all_tables(project)} == {"link", "team", "user"}
    user = table_of(project, "m.py:User")
    assert user is not None
    assert {c.name: (c.type, c.nullable, c.style) for c in user.columns} == {
        "id": ("Integer", False, "sqlmodel"), "age": ("Integer", True, "sqlmodel"), "at": ("DateTime(timezone=True)", False, "sqlmodel"),
        "raw_data": ("JSON", True, "sa_column"), "note": ("String", True, "sqlmodel"), "email": ("String(50)", False, "sqlmodel"),
        "name": ("String", True, "sqlmodel"),
    }  # fmt: skip
    note = user.column("note")
    assert note is not None
    assert (note.default, note.server_default) == (None, "'x'")
    assert [(i.columns, i.unique) for i in user.indexes] == [(("email",), True)]
    assert [
        (r.attribute, r.target, r.lazy, r.uselist, r.secondary) for r in relationships_of(project, "m.py:User")
    ] == [
        ("teams", "m.py:Team", "selectin", True, "link"),
        ("boss", "m.py:User", "select", False, None),
    ]
    link = table_of(project, "m.py:Link")
    assert link is not None
    assert [k.ondelete for k in link.foreign_keys] == [None, "CASCADE"]


# ------------------------------------------------------------------------------------------------------ relationships


def test_relationships() -> None:
    code = """
class Parent(Base):
    __tablename__ = "parents"
    id: Mapped[int] = mapped_column(primary_key=True)
    children: Mapped[list["Child"]] = relationship(back_populates="parent", lazy="selectin", cascade="all, delete-orphan")
    written: WriteOnlyMapped["Child"] = relationship(viewonly=True)
    dyn: DynamicMapped["Child"] = relationship()
    plain = relationship("Child", lazy=True)
    none = relationship("Child", lazy=lazy_of())
class Child(Base):
    __tablename__ = "children"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("parents.id"))
    parent: Mapped["Parent | None"] = relationship(lazy="joined", back_populates="children")
    old = relationship(lambda: Parent, backref=backref("old_children", lazy="raise"))
    next_id = Column(ForeignKey("children.id"))
    next = relationship("Child", remote_side=[id])
    previous = relationship("Child", remote_side="Child.next_id")
Child.late = relationship("m.Parent", lazy="subquery")
"""
    project = project_of({"m.py": IMPORTS + BASE + code})
    assert {r.attribute: (r.target, r.lazy, r.uselist) for r in relationships_of(project, "m.py:Parent")} == {
        "children": ("m.py:Child", "selectin", True),
        "written": ("m.py:Child", "write_only", True),
        "dyn": ("m.py:Child", "dynamic", True),
        "plain": ("m.py:Child", "select", True),
        "none": ("m.py:Child", None, True),
        "old_children": ("m.py:Child", "raise", True),
    }
    assert {r.attribute: (r.target, r.lazy, r.uselist) for r in relationships_of(project, "m.py:Child")} == {
        "parent": ("m.py:Parent", "joined", False),
        "old": ("m.py:Parent", "select", False),
        "next": ("m.py:Child", "select", False),
        "previous": ("m.py:Child", "select", True),
        "late": ("m.py:Parent", "subquery", False),
    }
    first = relationships_of(project, "m.py:Parent")[0]
    assert (first.back_populates, first.cascade, first.viewonly) == ("parent", "all, delete-orphan", False)


def test_a_name_is_looked_up_among_the_application_s_models() -> None:
    model = BASE + "class Tag(Base):\n    __tablename__ = 'tags'\n    id = Column(Integer, primary_key=True)\n"
    project = project_of(
        {
            "app/tag.py": IMPORTS + model,
            "alembic/versions/1_snapshot.py": IMPORTS + "revision = '1'\ndown_revision = None\n" + model,
            "app/post.py": IMPORTS
            + "from app.tag import Base\nclass Post(Base):\n    __tablename__ = 'posts'\n    id = Column(Integer, primary_key=True)\n"
            "    tags = relationship('Tag')\n",
        }
    )
    found = relationship(project, "app/post.py:Post", "tags")
    assert found is not None
    assert found.target == "app/tag.py:Tag"
    named = table_by_name(project, "tags")
    assert named is not None
    assert named.key == "app/tag.py:Tag"


# ---------------------------------------------------------------------------------------------------- what is hidden


@pytest.mark.parametrize(
    "code",
    [
        "class T(Base, Mystery):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n",
        "from thirdparty import Extra\nclass T(Base, Extra):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n",
        "class T(Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n    x = thirdparty.column()\n",
        "class T(Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n    __table_args__ = build()\n",
        "class T(Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True, **options)\n",
    ],
)
def test_what_cannot_be_seen_makes_a_table_incomplete(code: str) -> None:
    assert not only(code).complete


def test_places_are_those_of_the_source() -> None:
    code = "class T(Base):\n    __tablename__ = 't'\n    id = Column(\n        Integer, primary_key=True)\nu = Table('u', Base.metadata, Column('x', Integer))\n"
    text = (
        "from sqlalchemy import *\nfrom sqlalchemy import Column, Integer, Table\nfrom sqlalchemy.orm import DeclarativeBase\n"
        + BASE
        + code
    )
    project = project_of({"m.py": text})
    lines = text.split("\n")
    t, u = all_tables(project)
    assert lines[project.span(t.place).line - 1].startswith("class T")
    assert lines[project.span(t.columns[0].place).line - 1].startswith("    id = Column(")
    span = project.span(u.columns[0].place)
    assert lines[span.line - 1][span.column :].startswith("Column('x'")


def test_editing_a_docstring_changes_no_table() -> None:
    code = IMPORTS + BASE + "class T(Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n"
    project = project_of({"m.py": code, "other.py": "x = 1\n"})
    before = all_tables(project)
    from layercheck.source import extract

    project.replace("m.py", extract("m.py", ("\n\n" + code).encode()).rows)
    project.replace("other.py", extract("other.py", b"x = 2\n").rows)
    assert all_tables(project) == before


def test_which_metadata_a_table_belongs_to() -> None:
    code = """
meta = MetaData()
Old = declarative_base()
With = declarative_base(metadata=meta)
class Own(DeclarativeBase):
    metadata = MetaData(schema="x")
class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
class B(Old):
    __tablename__ = "b"
    id = Column(Integer, primary_key=True)
class C(With):
    __tablename__ = "c"
    id = Column(Integer, primary_key=True)
class D(Own):
    __tablename__ = "d"
    id = Column(Integer, primary_key=True)
class E(SQLModel, table=True):
    id: int = Field(primary_key=True)
f = Table("f", meta, Column("id", Integer))
g = Table("g", Base.metadata, Column("id", Integer))
h = Table("h", somewhere(), Column("id", Integer))
"""
    tables = all_tables(project_of({"m.py": IMPORTS + BASE + code}))
    assert {t.name: t.metadata for t in tables} == {
        "a": "m.py:Base", "b": "m.py:Old", "c": "m.py:meta", "d": "m.py:Own.metadata", "e": "sqlmodel.SQLModel", "f": "m.py:meta",
        "g": "m.py:Base", "h": None,
    }  # fmt: skip


def test_a_variable_made_of_itself() -> None:
    code = "meta = MetaData()\nmeta = meta.sort()\nBase = Base.build()\nclass T(Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n"
    table = only(code)
    assert [c.name for c in table.columns] == ["id"]
