"""Random chains of Alembic revisions, run on SQLite: the inspected schema is the replayed one.

A small model of the schema is carried along while the operations are drawn, so that every chain can be run. The operations are
written in the ways people write them: plain, in a batch, through helpers, in loops, as SQL text, on two branches that are merged.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.queries.migrations import schema_at_heads
from support import project_of, write_tree

pytest.importorskip("sqlglot")
sqlalchemy = pytest.importorskip("sqlalchemy", minversion="2.0")
command = pytest.importorskip("alembic.command")
alembic_config = pytest.importorskip("alembic.config")

ENV = """
from alembic import context
from sqlalchemy import create_engine

engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""

HEAD = """
import sqlalchemy as sa
from alembic import op

NAMES = ("loop_a", "loop_b")


def key():
    return sa.Column("id", sa.Integer(), nullable=False)


def stamps(nullable=False):
    return [sa.Column("created", sa.DateTime(), nullable=nullable), sa.Column("updated", sa.DateTime())]


def add(table, *columns):
    for column in columns:
        op.add_column(table, column)


def in_batch(table, name, **changes):
    with op.batch_alter_table(table) as batch:
        batch.alter_column(name, **changes)
"""

_TYPES = ["sa.Integer()", "sa.String(20)", "sa.Text()", "sa.Boolean()", "sa.Numeric(8, 2)", "sa.DateTime()"]


class _Table:
    """What the generator must know to draw operations that can be run."""

    def __init__(self, name: str, columns: list[str]) -> None:
        self.name = name
        self.columns = columns
        self.bound: set[str] = {"id"}
        """Columns in a key, index or constraint: left alone."""
        self.indexes: list[str] = []
        self.constraints: list[tuple[str, str]] = []


class _Chain:
    """Draws operations one after the other."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.tables: dict[str, _Table] = {}
        self.number = 0
        self.looped = False

    def fresh(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number}"

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def column(self, name: str) -> str:
        nullable = self.pick(["", ", nullable=True", ', nullable=False, server_default="1"'])
        return f'sa.Column("{name}", {self.pick(_TYPES)}{nullable})'

    # Each method gives the lines of one operation.

    def create(self) -> list[str]:
        name = self.fresh("t")
        table = _Table(name, [])
        parts = ["key()" if self.draw(st.booleans()) else 'sa.Column("id", sa.Integer(), nullable=False)']
        for _ in range(self.draw(st.integers(0, 3))):
            column = self.fresh("c")
            table.columns.append(column)
            parts.append(self.column(column))
        if self.draw(st.booleans()):
            parts.append(f"*stamps({self.pick(['', 'nullable=True', 'True'])})")
            table.columns += ["created", "updated"]
        if self.tables and self.draw(st.booleans()):
            target = self.pick(self.tables)
            parts.append(f'sa.Column("{target}_id", sa.Integer())')
            parts.append(f'sa.ForeignKeyConstraint(["{target}_id"], ["{target}.id"], name="fk_{name}")')
            table.bound.add(f"{target}_id")
            table.constraints.append((f"fk_{name}", "foreignkey"))
        if table.columns and self.draw(st.booleans()):
            parts.append(f'sa.UniqueConstraint("{table.columns[0]}", name="uq_{name}")')
            table.bound.add(table.columns[0])
            table.constraints.append((f"uq_{name}", "unique"))
        parts.append('sa.PrimaryKeyConstraint("id")')
        self.tables[name] = table
        return [f'op.create_table("{name}", {", ".join(parts)})']

    def create_by_sql(self) -> list[str]:
        name = self.fresh("t")
        guard = self.pick(["", "IF NOT EXISTS "])
        self.tables[name] = table = _Table(name, ["a", "b"])
        table.bound.add("a")
        text = f"CREATE TABLE {guard}{name} (id INTEGER NOT NULL PRIMARY KEY, a VARCHAR(9) NOT NULL, b INTEGER DEFAULT 3, UNIQUE (a))"
        return [
            self.pick(
                [
                    f'op.execute("{text}")',
                    f'op.execute(sa.text("{text};"))',
                    f'op.get_bind().execute(sa.text("{text}"))',
                ]
            )
        ]

    def create_in_a_loop(self) -> list[str]:
        if self.looped:
            return []
        self.looped = True
        for name in ("loop_a", "loop_b"):
            self.tables[name] = table = _Table(name, [f"{name}_x"])
            table.bound.add(f"{name}_x")
            table.indexes.append(f"ix_{name}")
        return [
            "for name in NAMES:",
            '    op.create_table(name, key(), sa.Column(f"{name}_x", sa.Integer()), sa.PrimaryKeyConstraint("id"))',
            '    op.create_index(f"ix_{name}", name, [name + "_x"])',
        ]

    def drop(self) -> list[str]:
        name = self.pick(self.tables)
        del self.tables[name]
        return [self.pick([f'op.drop_table("{name}")', f'op.execute("DROP TABLE {name}")'])]

    def rename(self) -> list[str]:
        name, new = self.pick(self.tables), self.fresh("t")
        table = self.tables.pop(name)
        table.name = new
        self.tables[new] = table
        return [self.pick([f'op.rename_table("{name}", "{new}")', f'op.execute("ALTER TABLE {name} RENAME TO {new}")'])]

    def add(self) -> list[str]:
        table, name = self.tables[self.pick(self.tables)], self.fresh("c")
        made = self.column(name)
        table.columns.append(name)
        return self.pick(
            [
                [f'op.add_column("{table.name}", {made})'],
                [f'add("{table.name}", {made})'],
                [f'with op.batch_alter_table("{table.name}") as batch_op:', f"    batch_op.add_column({made})"],
                [f'op.execute("ALTER TABLE {table.name} ADD COLUMN {name} INTEGER")'],
            ]
        )

    def free(self) -> tuple[_Table, str] | None:
        """A column that nothing is built on."""
        found = [(t, c) for t in self.tables.values() for c in t.columns if c not in t.bound]
        return self.pick(found) if found else None

    def drop_column(self) -> list[str]:
        found = self.free()
        if found is None:
            return []
        table, column = found
        table.columns.remove(column)
        return self.pick(
            [
                [
                    f'with op.batch_alter_table("{table.name}", schema=None) as batch_op:',
                    f'    batch_op.drop_column("{column}")',
                ],
                [f'op.execute("ALTER TABLE {table.name} DROP COLUMN {column}")'],
            ]
        )

    def alter(self) -> list[str]:
        found = self.free()
        if found is None:
            return []
        table, column = found
        change = self.pick(["nullable=True", "nullable=False", "type_=sa.String(99)", "name"])
        if change == "name":
            new = self.fresh("c")
            table.columns[table.columns.index(column)] = new
            change = f'new_column_name="{new}"'
        return self.pick(
            [
                [
                    f'with op.batch_alter_table("{table.name}") as batch_op:',
                    f'    batch_op.alter_column("{column}", {change})',
                ],
                [f'in_batch("{table.name}", "{column}", {change})'],
            ]
        )

    def create_index(self) -> list[str]:
        found = self.free()
        if found is None:
            return []
        table, column = found
        name = self.fresh("ix")
        table.bound.add(column)
        table.indexes.append(name)
        unique = self.pick(["", ", unique=True"])
        return self.pick(
            [
                [f'op.create_index(op.f("{name}"), "{table.name}", ["{column}"]{unique})'],
                [
                    f'with op.batch_alter_table("{table.name}") as b:',
                    f'    b.create_index(b.f("{name}"), ["{column}"]{unique})',
                ],
                [f'op.execute("CREATE INDEX {name} ON {table.name} ({column})")'],
            ]
        )

    def drop_index(self) -> list[str]:
        found = [(t, i) for t in self.tables.values() for i in t.indexes]
        if not found:
            return []
        table, name = self.pick(found)
        table.indexes.remove(name)
        return [
            self.pick(
                [
                    f'op.drop_index("{name}", table_name="{table.name}")',
                    f'op.drop_index("{name}")',
                    f'op.execute("DROP INDEX {name}")',
                ]
            )
        ]

    def constrain(self) -> list[str]:
        found = self.free()
        if found is None:
            return []
        table, column = found
        name = self.fresh("uq")
        table.bound.add(column)
        table.constraints.append((name, "unique"))
        return [
            f'with op.batch_alter_table("{table.name}") as batch_op:',
            f'    batch_op.create_unique_constraint("{name}", ["{column}"])',
        ]

    def drop_constraint(self) -> list[str]:
        found = [(t, c) for t in self.tables.values() for c in t.constraints]
        if not found:
            return []
        table, (name, kind) = self.pick(found)
        table.constraints.remove((name, kind))
        return [
            f'with op.batch_alter_table("{table.name}") as batch_op:',
            f'    batch_op.drop_constraint("{name}", type_="{kind}")',
        ]

    def rows(self) -> list[str]:
        name = self.pick(self.tables)
        return [self.pick([f'op.execute("DELETE FROM {name}")', f'op.execute(sa.table("{name}").delete())',
                           f'op.get_bind().execute(sa.text("UPDATE {name} SET id = id"))'])]  # fmt: skip

    def operation(self) -> list[str]:
        """The lines of one operation that can be run now."""
        if not self.tables:
            return self.create()
        choices = [self.create, self.create_by_sql, self.create_in_a_loop, self.drop, self.rename, self.add, self.add, self.drop_column,
                   self.alter, self.alter, self.create_index, self.drop_index, self.constrain, self.drop_constraint, self.rows]  # fmt: skip
        lines: list[str] = self.pick(choices)()
        return lines


@st.composite
def _chains(draw: st.DrawFn) -> dict[str, str]:
    """The files of a migrations folder."""
    chain = _Chain(draw)
    files = {"migrations/env.py": ENV}

    def write(name: str, down: object, lines: list[str]) -> str:
        body = "\n".join(f"    {line}" for line in lines or ["pass"])
        files[f"migrations/versions/{name}.py"] = (
            f"{HEAD}\nrevision = {name!r}\ndown_revision = {down!r}\n\n\ndef upgrade():\n{body}\n"
        )
        return name

    last: str | None = None
    for number in range(draw(st.integers(1, 4))):
        lines = [line for _ in range(draw(st.integers(0, 4))) for line in chain.operation()]
        last = write(f"rev{number}", last, lines)
        if draw(st.integers(0, 3)) == 0:
            # branches that do not touch each other's tables can be applied in any order
            sides = [write(f"side{number}{letter}", last, chain.create()) for letter in "ab"]
            last = write(f"merge{number}", tuple(sides), [])
    return files


def _inspected(url: str) -> dict[str, Any]:
    inspector = sqlalchemy.inspect(sqlalchemy.create_engine(url))
    out = {}
    for name in inspector.get_table_names():
        if name == "alembic_version":
            continue
        keys = inspector.get_foreign_keys(name)
        out[name] = {
            "columns": {c["name"]: bool(c["nullable"]) for c in inspector.get_columns(name)},
            "key": inspector.get_pk_constraint(name)["constrained_columns"],
            "indexes": sorted(
                (i["name"], tuple(i["column_names"]), bool(i["unique"])) for i in inspector.get_indexes(name)
            ),
            "uniques": sorted(tuple(u["column_names"]) for u in inspector.get_unique_constraints(name)),
            "foreign_keys": sorted(
                (tuple(k["constrained_columns"]), k["referred_table"], tuple(k["referred_columns"])) for k in keys
            ),
        }
    return out


def _replayed(files: dict[str, str]) -> dict[str, Any]:
    schema = schema_at_heads(project_of(files), "migrations")
    assert not schema.everything_unknown
    assert not schema.unknown_tables
    assert not schema.problems
    for table in schema.tables:
        assert not table.unknown_columns
        assert table.constraints_known
    return {
        t.name: {
            "columns": {c.name: c.nullable for c in t.columns},
            "key": list(t.primary_key),
            "indexes": sorted((i.name, i.columns, bool(i.unique)) for i in t.indexes),
            "uniques": sorted(u.columns for u in t.unique_constraints),
            "foreign_keys": sorted(
                (k.columns, k.targets[0].rpartition(".")[0], tuple(x.rpartition(".")[2] for x in k.targets))
                for k in t.foreign_keys
            ),
        }
        for t in schema.tables
    }


@given(_chains())
def test_the_replay_is_what_alembic_makes(tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]) -> None:
    folder: Path = write_tree(tmp_path_factory.mktemp("chain"), files)
    url = f"sqlite:///{folder}/database.db"
    config = alembic_config.Config()
    config.set_main_option("script_location", str(folder / "migrations"))
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, "heads")
    assert _replayed(files) == _inspected(url)
