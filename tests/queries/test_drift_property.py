"""Random projects with models and migrations that may disagree: what is reported is what Alembic's autogenerate would write.

The migrations are run on SQLite, the models are imported, and `compare_metadata` says which tables and columns differ. Models are
written in the ways people write them: annotated, classic, with mixins, as Table objects, as a class hierarchy in one table; migrations
create, add, drop and rename, plainly, in batches, or as SQL text, over several revisions. One table is always in step: without any
model nobody can say that a table is superfluous, and an empty first revision stands for a database that was there before Alembic.
"""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.queries.drift import compared, drift_of, extra_tables
from support import project_of, write_tree

pytest.importorskip("sqlglot")
sqlalchemy = pytest.importorskip("sqlalchemy", minversion="2.0")
autogenerate = pytest.importorskip("alembic.autogenerate")
command = pytest.importorskip("alembic.command")
alembic_config = pytest.importorskip("alembic.config")
migration = pytest.importorskip("alembic.migration")

Difference = tuple[str, str, str]

ENV = """
from alembic import context
from sqlalchemy import create_engine

from shop.models import Base

target_metadata = Base.metadata

engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()
"""
IMPORT = "from shop.models import Base"
MODELS = """
import sqlalchemy as sa
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, deferred, mapped_column


class Base(DeclarativeBase):
    pass


class Stamped:
    created: Mapped[int]
    changed = mapped_column(sa.Integer, nullable=True)


class Kept(Base):
    __tablename__ = "kept"

    id: Mapped[int] = mapped_column(primary_key=True)
"""
REVISION = """
import sqlalchemy as sa
from alembic import op

revision = {name!r}
down_revision = {down!r}


def upgrade():
{body}


def downgrade():
    pass
"""


def _annotated(name: str, columns: list[str], stamped: bool) -> str:
    bases = "Stamped, Base" if stamped else "Base"
    lines = [f"    {c}: Mapped[str | None]" for c in columns]
    return "\n".join([f"class {name.title()}({bases}):", f"    __tablename__ = {name!r}", "    id: Mapped[int] = mapped_column(primary_key=True)", *lines])  # fmt: skip


def _classic(name: str, columns: list[str], stamped: bool) -> str:
    bases = "Stamped, Base" if stamped else "Base"
    ways = [
        "{c} = Column(String)",
        "x_{c} = Column({c!r}, String(9))",
        "{c} = deferred(Column(String))",
        "{c} = mapped_column(String)",
    ]
    lines = [f"    {ways[i % len(ways)].format(c=c)}" for i, c in enumerate(columns)]
    return "\n".join([f"class {name.title()}({bases}):", f"    __tablename__ = {name!r}", "    id = Column(Integer, primary_key=True)", *lines])  # fmt: skip


def _family(name: str, columns: list[str], stamped: bool) -> str:
    """The first column in the parent, the others in a child that shares the table."""
    own = _annotated(name, columns[:1], stamped)
    child = [f"    {c}: Mapped[int | None]" for c in columns[1:]] or ["    pass"]
    return "\n".join([own, "", "", f"class {name.title()}Child({name.title()}):", *child])


def _object(name: str, columns: list[str], stamped: bool) -> str:
    names = [*columns, *(["created", "changed"] if stamped else [])]
    parts = "".join(f", Column({c!r}, String)" for c in names)
    return f"{name} = sa.Table({name!r}, Base.metadata, Column('id', Integer, primary_key=True){parts})"


_STYLES = (_annotated, _classic, _family, _object)


class _Migrations:
    """The lines of the revisions that make tables, in one of several ways."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        kept = 'op.create_table("kept", sa.Column("id", sa.Integer(), primary_key=True))'
        self.revisions: list[list[str]] = [[kept], [], []]

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def make(self, name: str, columns: list[str]) -> None:
        """A table that ends with these columns."""
        first = self.draw(st.integers(0, len(columns)))
        gone = self.draw(st.booleans())
        old = self.pick([name, f"old_{name}"])
        early = columns[:first] + (["gone"] if gone else [])
        self.revisions[0].append(self.create(old, early))
        if old != name:
            self.revisions[1].append(
                self.pick([f'op.rename_table("{old}", "{name}")', f'op.execute("ALTER TABLE {old} RENAME TO {name}")'])
            )
        for column in columns[first:]:
            self.revisions[self.pick([1, 2])].append(self.add(name, column))
        if gone:
            self.revisions[2].append(
                f'with op.batch_alter_table("{name}") as batch:\n        batch.drop_column("gone")'
            )

    def create(self, name: str, columns: list[str]) -> str:
        made = "".join(f', sa.Column("{c}", sa.String())' for c in columns)
        text = ", ".join(["id INTEGER NOT NULL PRIMARY KEY", *(f"{c} VARCHAR" for c in columns)])
        return self.pick([
            f'op.create_table("{name}", sa.Column("id", sa.Integer(), primary_key=True){made})',
            f'op.execute("CREATE TABLE {name} ({text})")',
        ])  # fmt: skip

    def add(self, name: str, column: str) -> str:
        return self.pick([
            f'op.add_column("{name}", sa.Column("{column}", sa.String()))',
            f'op.execute("ALTER TABLE {name} ADD COLUMN {column} VARCHAR")',
            f'with op.batch_alter_table("{name}") as batch:\n        batch.add_column(sa.Column("{column}", sa.String()))',
        ])  # fmt: skip


@st.composite
def _projects(draw: st.DrawFn) -> dict[str, str]:
    """The files of a project."""
    models, migrations = [MODELS], _Migrations(draw)
    for number in range(draw(st.integers(1, 4))):
        name = f"t{number}"
        stamped = draw(st.booleans())
        columns = [f"c{i}" for i in range(draw(st.integers(0, 3)))]
        fate = draw(st.sampled_from(["same", "same", "model only", "database only", "different"]))
        wanted = [*columns, *(["created", "changed"] if stamped else [])]
        if fate in ("same", "model only", "different"):
            models.append(draw(st.sampled_from(_STYLES))(name, columns, stamped))
        if fate == "different":
            wanted = [c for c in wanted if draw(st.booleans())] + (["more"] if draw(st.booleans()) else [])
        if fate != "model only":
            migrations.make(name, wanted)
    files = {"migrations/env.py": ENV, "shop/__init__.py": "", "shop/models.py": "\n\n\n".join(models) + "\n"}
    down = None
    for number, lines in enumerate(migrations.revisions):
        body = "\n".join(f"    {line}" for line in lines or ["pass"])
        files[f"migrations/versions/rev{number}.py"] = REVISION.format(name=f"rev{number}", down=down, body=body)
        down = f"rev{number}"
    return files


def _by_alembic(folder: Path, models: str) -> set[Difference]:
    url = f"sqlite:///{folder}/database.db"
    config = alembic_config.Config()
    config.set_main_option("script_location", str(folder / "migrations"))
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, "heads")
    # a module of its own, for the annotations; the flags of this file are not the models'
    module = types.ModuleType("models_of_a_random_project")
    sys.modules[module.__name__] = module
    exec(compile(models, "models.py", "exec", dont_inherit=True), module.__dict__)
    found: set[Difference] = set()
    with sqlalchemy.create_engine(url).connect() as connection:
        for change in autogenerate.compare_metadata(
            migration.MigrationContext.configure(connection), module.Base.metadata
        ):
            match change:
                case ("add_table", table):
                    found.add(("table", table.name, ""))
                case ("remove_table", table):
                    found.add(("extra table", table.name, ""))
                case ("add_column", _, table, column):
                    found.add(("column", table, column.name))
                case ("remove_column", _, table, column):
                    found.add(("extra", table, column.name))
    return found


def _by_layercheck(files: dict[str, str]) -> set[Difference]:
    project = project_of(files)
    found = {
        (drift.kind, table.name or "", drift.column.name if drift.column is not None else "")
        for table in compared(project)
        for drift in drift_of(project, table.key)
    }
    return found | {("extra table", t.name, "") for t in extra_tables(project, "migrations")}


@given(_projects())
def test_the_drift_is_what_autogenerate_would_write(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]
) -> None:
    run = {"migrations/env.py": files["migrations/env.py"].replace(IMPORT, "").replace("Base.metadata", "None")}
    folder = write_tree(tmp_path_factory.mktemp("drift"), {**files, **run})
    expected = _by_alembic(folder, files["shop/models.py"])
    assert _by_layercheck(files) == expected
