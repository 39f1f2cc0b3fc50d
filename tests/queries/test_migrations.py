"""Alembic migrations: small chains of revisions and the schema that must come out."""

from __future__ import annotations

import textwrap

import pytest

from layercheck.model import Place
from layercheck.project import Project
from layercheck.queries.migration_rows import ReplayedSchema
from layercheck.queries.migration_sql import HOLE, operations_of, split
from layercheck.queries.migrations import (
    environments,
    excluded,
    graph,
    is_empty,
    operations,
    raises_only,
    schema_at_heads,
    schema_before,
    target_metadata,
)
from support import project_of

HEAD = "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import postgresql\n"
ENV = "from alembic import context\ncontext.configure(target_metadata=None)\n"
NOWHERE = Place("", "", 0)


def revision(name: str, down: object, upgrade: str, before: str = "", downgrade: str = "pass") -> str:
    return (
        f"{HEAD}\nrevision: str = {name!r}\ndown_revision = {down!r}\n{before}\n"
        f"def upgrade():\n{textwrap.indent(textwrap.dedent(upgrade).strip() or 'pass', '    ')}\n\n"
        f"def downgrade():\n    {downgrade}\n"
    )


def chain(*upgrades: str, before: str = "", **files: str) -> Project:
    """A project whose migrations are these upgrade bodies, one after the other."""
    tree = {"migrations/env.py": ENV, **files}
    for number, upgrade in enumerate(upgrades):
        down = str(number - 1) if number else None
        tree[f"migrations/versions/{number}_x.py"] = revision(str(number), down, upgrade, before)
    return project_of(tree)


def replay(*upgrades: str, before: str = "", **files: str) -> ReplayedSchema:
    return schema_at_heads(chain(*upgrades, before=before, **files), "migrations")


def shape(schema: ReplayedSchema) -> dict[str, dict[str, bool | None]]:
    return {t.name: {c.name: c.nullable for c in t.columns} for t in schema.tables}


USERS = """
op.create_table(
    "users",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("email", sa.String(50), nullable=False, unique=True),
    sa.Column("note", sa.Text()),
    sa.PrimaryKeyConstraint("id", name="users_pkey"),
)
"""


# -------------------------------------------------------------------------------------------------------------- replay


def test_tables_and_columns() -> None:
    schema = replay(
        USERS,
        """
        op.add_column("users", sa.Column("age", sa.Integer(), server_default="0", nullable=False))
        op.alter_column("users", "note", new_column_name="remark", nullable=False, type_=sa.String(9))
        op.drop_column("users", "email")
        op.create_table("gone", sa.Column("id", sa.Integer(), primary_key=True))
        op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("user_id", sa.ForeignKey("users.id")), schema="s")
        """,
        """
        op.drop_table("gone")
        op.rename_table("users", "people")
        """,
    )
    assert shape(schema) == {
        "people": {"id": False, "age": False, "remark": False},
        "s.orders": {"id": False, "user_id": True},
    }
    people, orders = schema.table("people"), schema.table("s.orders")
    assert people is not None
    assert orders is not None
    assert people.primary_key == ("id",)
    assert {c.name: c.type for c in people.columns} == {"id": "Integer", "age": "Integer", "remark": "String(9)"}
    assert not people.unique_constraints
    assert [k.targets for k in orders.foreign_keys] == [("people.id",)]
    assert (schema.everything_unknown, schema.unknown_tables, schema.heads) == (False, frozenset(), ("2",))


def test_indexes_and_constraints() -> None:
    schema = replay(
        USERS,
        """
        op.create_index(op.f("ix_users_email"), "users", ["email"], unique=True)
        op.create_index("ix_low", "users", [sa.text("lower(email)")], postgresql_where=sa.text("note IS NULL"))
        op.create_unique_constraint("uq_note", "users", ["note", "email"])
        op.create_check_constraint("ck", "users", "id > 0")
        op.create_foreign_key(None, "users", "orgs", ["id"], ["user_id"], ondelete="CASCADE", referent_schema="o")
        op.add_column("users", sa.Column("n", sa.Integer(), sa.ForeignKey("x.id", name="fk_n"), index=True))
        """,
        """
        op.drop_index("ix_low")
        op.drop_constraint("uq_note", "users", type_="unique")
        op.drop_constraint("users_email_key", "users")
        op.drop_constraint("fk_n", "users", type_="foreignkey")
        """,
    )
    users = schema.table("users")
    assert users is not None
    assert {(i.name, i.columns, i.unique) for i in users.indexes} == {
        ("ix_users_email", ("email",), True),
        ("ix_users_n", ("n",), False),
    }
    assert users.unique_constraints == ()
    assert [(c.name, c.text) for c in users.check_constraints] == [("ck", "id > 0")]
    assert [(k.columns, k.targets, k.ondelete) for k in users.foreign_keys] == [
        (("id",), ("o.orgs.user_id",), "CASCADE")
    ]
    assert {c.name: c.foreign_keys for c in users.columns}["n"] == ()
    assert users.constraints_known


def test_batch_operations() -> None:
    schema = replay(
        USERS,
        """
        with op.batch_alter_table("users", schema=None) as batch_op:
            batch_op.add_column(sa.Column("a", sa.Integer()))
            batch_op.alter_column("note", existing_type=sa.Text(), nullable=False)
            batch_op.drop_column("email")
            batch_op.create_index(batch_op.f("ix_a"), ["a"])
            batch_op.create_foreign_key("fk", "x", ["a"], ["id"])
            batch_op.create_unique_constraint("uq", ["a"])
        """,
    )
    assert shape(schema) == {"users": {"id": False, "note": False, "a": True}}
    users = schema.table("users")
    assert users is not None
    assert [i.name for i in users.indexes] == ["ix_a"]
    assert [k.targets for k in users.foreign_keys] == [("x.id",)]
    assert [u.name for u in users.unique_constraints] == ["uq"]


def test_helpers_loops_and_constants() -> None:
    before = """
NAME = "things"
TABLES = ["a", "b"]
def key():
    return sa.Column("id", sa.Integer(), primary_key=True)
def stamps():
    return [sa.Column("created", sa.DateTime(), nullable=False), sa.Column("updated", sa.DateTime())]
def make(name, *columns):
    op.create_table(name, key(), *columns, *stamps())
def each(operation):
    operation.create_index("ix_made", "a", ["created"])
"""
    schema = replay(
        """
        make(NAME, sa.Column("x", sa.String(3), nullable=False))
        for table in TABLES:
            make(table)
            op.add_column(table, sa.Column(f"{table}_id", sa.Integer()))
        for table, column in {"a": "p", "b": "q"}.items():
            op.add_column(table, sa.Column(column, sa.Integer()))
        [op.drop_column(t, "updated") for t in TABLES]
        if False:
            op.drop_table("a")
        each(op)
        """,
        before=before,
    )
    assert shape(schema) == {
        "things": {"id": False, "x": False, "created": False, "updated": True},
        "a": {"id": False, "created": False, "a_id": True, "p": True},
        "b": {"id": False, "created": False, "b_id": True, "q": True},
    }
    assert not schema.everything_unknown
    a = schema.table("a")
    assert a is not None
    assert [i.name for i in a.indexes] == ["ix_made"]


# ------------------------------------------------------------------------------------------------------------- unknown


@pytest.mark.parametrize(
    ("upgrade", "unknown"),
    [
        ('if sa.inspect(op.get_bind()).has_table("t"):\n    op.drop_table("t")', {"t"}),
        ('if not exists("t"):\n    op.create_table("t", sa.Column("id", sa.Integer()))', {"t"}),
        ('if exists("x"):\n    return\nop.create_table("t", sa.Column("id", sa.Integer()))', {"t"}),
        ('try:\n    op.drop_table("t")\nexcept Exception:\n    pass', {"t"}),
        ('op.create_table("t", *columns_of_somebody())', {"t"}),
        ('while more():\n    op.drop_table("t")', {"t"}),
        ('op.execute("DO $$ BEGIN ALTER TABLE t ADD x int; END $$")', {"t", "x", "int"}),
        ('op.execute("CREATE VIEW v AS SELECT 1")', {"v"}),
        ('op.create_something("t", "u")', {"t", "u"}),
    ],
)
def test_what_cannot_be_followed_is_unknown(upgrade: str, unknown: set[str]) -> None:
    schema = replay(upgrade)
    assert schema.unknown_tables >= unknown
    assert not schema.everything_unknown
    assert not schema.is_unknown("elsewhere")


@pytest.mark.parametrize(
    "upgrade",
    [
        "op.execute(open('x.sql').read())",
        "op.execute(statement)",
        "op.execute(f'DROP TABLE {name}')",
        "for t in tables():\n    op.drop_table(t)",
        "Base.metadata.create_all(op.get_bind())",
        "op.execute('DO $$ BEGIN EXECUTE format(''ALTER TABLE %I'', x); END $$')",
        "helper(op)",
        "globals()['upgrade_' + engine]()\nop.drop_table(name)",
    ],
)
def test_what_could_concern_any_table(upgrade: str) -> None:
    schema = replay(USERS, upgrade, before="from thirdparty import helper\n")
    if "helper" in upgrade:
        assert "helper" in schema.unknown_tables
    else:
        assert schema.everything_unknown
        assert schema.doubts


def test_rows_leave_the_shape_alone() -> None:
    upgrade = """
    bind = op.get_bind()
    session = sa.orm.Session(bind=bind)
    users = sa.table("users", sa.column("id"))
    op.bulk_insert(users, [{"id": 1}])
    op.execute(users.update().values(id=2))
    op.execute(f"UPDATE users SET note = '{value}'")
    bind.execute(sa.text("INSERT INTO users VALUES (:x)").bindparams(x=1))
    query = sa.select(users)
    for row in bind.execute(query.where(users.c.id == 1)):
        session.execute(sa.delete(users))
    if postgres():
        statement = "UPDATE users SET a = true"
    else:
        statement = "UPDATE users SET a = 1"
    op.execute(sa.text(statement))
    postgresql.ENUM("a", name="kind").create(bind)
    op.execute("ALTER TYPE kind ADD VALUE 'b'")
    """
    schema = replay(USERS, upgrade)
    assert (schema.everything_unknown, schema.unknown_tables) == (False, frozenset())
    assert shape(schema) == {"users": {"id": False, "email": False, "note": True}}
    assert {o.kind for o in operations(chain(USERS, upgrade), "migrations/versions/1_x.py", "upgrade")} == {"data"}


ASKING = """
def table_exists(name):
    return name in sa.inspect(op.get_bind()).get_table_names()


def has_column(table, name, connection=None):
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    return name in columns
"""
CREATE = 'op.create_table("t", sa.Column("id", sa.Integer()), sa.Column("a", sa.Text()))'


@pytest.mark.parametrize(
    ("upgrade", "columns"),
    [
        ('if not table_exists("t"):\n    op.create_table("t", sa.Column("z", sa.Text()))', "id a"),
        (
            'if not table_exists("u"):\n    op.create_table("u", sa.Column("z", sa.Text()))\nop.drop_column("t", "a")',
            "id",
        ),
        ('if table_exists("t"):\n    return\nop.drop_table("t")', "id a"),
        ('if not table_exists("t"):\n    return\nop.drop_table("t")', None),
        ('if table_exists("t"):\n    op.drop_table("t")', None),
        ('if not has_column("t", "b", op.get_bind()):\n    op.add_column("t", sa.Column("b", sa.Text()))', "id a b"),
        ('if has_column("t", "a"):\n    op.drop_column("t", "a")\nelse:\n    op.drop_table("t")', "id"),
        (
            'found = sa.inspect(op.get_bind())\nnames = {c.get("name") for c in found.get_columns("t")}\n'
            'if "a" in names and "b" not in names:\n    op.alter_column("t", "a", new_column_name="b")',
            "id b",
        ),
        (
            'if any(c["name"] == "b" for c in sa.inspect(op.get_bind()).get_columns("t")):\n    op.drop_table("t")',
            "id a",
        ),
        (
            'tables = set(sa.inspect(op.get_bind()).get_table_names())\nop.drop_table("t")\n'
            'if "t" in tables:\n    op.create_table("t", sa.Column("again", sa.Text()))',
            "again",
        ),
        ('try:\n    op.drop_table("t")\nexcept Exception:\n    pass', None),
        (f'try:\n    {CREATE}\n    op.drop_column("t", "a")\nexcept Exception as error:\n    print(error)', "id a"),
    ],
)
def test_questions_to_the_database_are_answered_by_the_replay(upgrade: str, columns: str | None) -> None:
    schema = replay(CREATE, upgrade, before=ASKING)
    assert not schema.everything_unknown
    assert not schema.unknown_tables
    table = schema.table("t")
    found = (
        " ".join(c.name for c in table.columns if c.name not in table.unknown_columns) if table is not None else None
    )
    assert found == columns


@pytest.mark.parametrize(
    "upgrade",
    [
        'if table_exists("t") and asked():\n    op.drop_table("t")',
        'if table_exists("t") or asked():\n    op.drop_table("t")',
        'if not (table_exists("t") and table_exists("u")):\n    op.drop_table("t")',
        'if asked():\n    op.drop_table("t")\nelif table_exists("t"):\n    op.drop_table("t")\nelse:\n    pass',
        'if table_exists("foreign"):\n    op.drop_table("t")',
    ],
)
def test_questions_that_are_not_the_whole_condition_leave_doubt(upgrade: str) -> None:
    assert replay(CREATE, upgrade, before=ASKING).is_unknown("t")


def test_a_question_about_an_unknown_schema_is_not_answered() -> None:
    schema = replay("op.execute(text_of_somebody())", f'if not table_exists("t"):\n    {CREATE}', before=ASKING)
    assert schema.is_unknown("t")


@pytest.mark.parametrize(
    "upgrade",
    [
        'for name in somebody():\n    op.drop_constraint("x", name)',
        'for name in somebody():\n    op.execute(f"DROP INDEX IF EXISTS {name}")',
    ],
)
def test_a_constraint_of_some_table_leaves_tables_and_columns_known(upgrade: str) -> None:
    schema = replay(CREATE, upgrade)
    assert not schema.everything_unknown
    table = schema.table("t")
    assert table is not None
    assert not table.constraints_known


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("""f"CREATE INDEX {'CONCURRENTLY ' if asked() else ''}IF NOT EXISTS ix_t ON t (a)\"""", ["ix_t"]),
        ("""f"CREATE {'UNIQUE ' if asked() else ''}INDEX ix_t ON t (a)\"""", None),
    ],
)
def test_a_choice_inside_of_sql_text(text: str, indexes: list[str] | None) -> None:
    schema = replay(CREATE, f"op.execute({text})")
    assert not schema.everything_unknown
    table = schema.table("t")
    assert table is not None
    assert table.constraints_known is (indexes is not None)
    assert indexes is None or [i.name for i in table.indexes] == indexes


def test_a_doubtful_column_leaves_its_table_known() -> None:
    schema = replay(USERS, 'if not has_column("users", "x"):\n    op.add_column("users", sa.Column("x", sa.Integer()))')
    users = schema.table("users")
    assert users is not None
    assert users.unknown_columns == ("x",)
    assert not schema.is_unknown("users")


def test_branches_that_do_the_same() -> None:
    schema = replay(
        USERS,
        """
        if op.get_bind().dialect.name == "sqlite":
            with op.batch_alter_table("users") as batch_op:
                batch_op.drop_column("note")
        else:
            op.drop_column("users", "note")
        """,
    )
    assert shape(schema) == {"users": {"id": False, "email": False}}
    users = schema.table("users")
    assert users is not None
    assert users.unknown_columns == ()


# ----------------------------------------------------------------------------------------------------------------- SQL


def test_plain_ddl() -> None:
    pytest.importorskip("sqlglot")
    schema = replay(
        '''
        op.execute("""
            CREATE TABLE IF NOT EXISTS s.items (
                id SERIAL PRIMARY KEY, name varchar(20) NOT NULL UNIQUE, owner int REFERENCES users(id) ON DELETE CASCADE, -- ; no end
                CONSTRAINT uq UNIQUE (name, owner), CHECK (owner > 0)
            );
            CREATE UNIQUE INDEX CONCURRENTLY ix ON s.items (lower(name), owner DESC) WHERE owner IS NULL;
            COMMENT ON TABLE s.items IS 'a; b';
        """)
        ''',
        """
        op.execute("ALTER TABLE s.items ADD COLUMN size int NOT NULL DEFAULT 3, ALTER COLUMN owner SET NOT NULL, DROP COLUMN IF EXISTS x")
        op.execute("ALTER TABLE s.items RENAME COLUMN name TO title")
        op.execute("ALTER TABLE s.items ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE s.items DROP CONSTRAINT uq; ALTER INDEX ix RENAME TO iy")
        """,
    )
    assert (schema.everything_unknown, schema.unknown_tables) == (False, frozenset())
    assert shape(schema) == {"s.items": {"id": False, "title": False, "owner": False, "size": False}}
    items = schema.table("s.items")
    assert items is not None
    assert items.primary_key == ("id",)
    assert [(i.name, i.columns, i.unique, i.partial) for i in items.indexes] == [("iy", (None, "owner"), True, True)]
    assert [u.columns for u in items.unique_constraints] == [("title",)]
    assert [(k.columns, k.targets, k.ondelete) for k in items.foreign_keys] == [(("owner",), ("users.id",), "CASCADE")]


@pytest.mark.plain
def test_without_sqlglot_ddl_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "layercheck.queries.migration_ddl", None)
    (made,) = operations_of("CREATE TABLE t (id int)", NOWHERE)
    assert (made.kind, made.words) == ("unknown", ("t", "id", "int"))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("SELECT 1; UPDATE t SET a = 1", ["data", "data"]),
        ("CREATE TYPE mood AS ENUM ('a')", ["data"]),
        ("DROP TYPE mood CASCADE", ["unknown"]),
        (
            "CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $x$ BEGIN DROP TABLE t; END $x$ LANGUAGE plpgsql",
            ["data"],
        ),
        ("CREATE TRIGGER t BEFORE UPDATE ON u EXECUTE FUNCTION f()", ["data"]),
        (f"ALTER TABLE t ADD COLUMN {HOLE} int", ["unknown"]),
        ("ALTER TABLE t OWNER TO me", ["data"]),
        ("-- nothing\n", []),
        ("GIBBERISH ALTER", ["unknown"]),
    ],
)
def test_kinds_of_statements(text: str, kinds: list[str]) -> None:
    pytest.importorskip("sqlglot")
    assert [o.kind for o in operations_of(text, NOWHERE)] == kinds


def test_split_respects_quotes_and_bodies() -> None:
    assert split("a ';' b; c $$ ; $$ d; -- e;\n f /* ; */ g") == ["a ';' b", "c $$ ; $$ d", "f   g"]


# --------------------------------------------------------------------------------------------------------------- graph


def tree(*revisions: tuple[str, object], extra: str = "") -> Project:
    files = {"migrations/env.py": ENV}
    for name, down in revisions:
        files[f"migrations/versions/{name}.py"] = revision(name, down, "") + extra
    return project_of(files)


def test_branches_and_merges() -> None:
    found = graph(tree(("a", None), ("b", "a"), ("c", "a"), ("d", ("b", "c"))), "migrations")
    order = [r.revision for r in found.order]
    assert order[0] == "a"
    assert order[-1] == "d"
    assert (found.heads, found.problems, found.complete) == (("d",), (), True)


@pytest.mark.parametrize(
    ("revisions", "kinds"),
    [
        ([("a", None), ("b", "a"), ("c", "a")], ["heads", "heads"]),
        ([("a", None), ("b", "nowhere")], ["broken", "heads", "heads"]),
        ([("a", "b"), ("b", "a"), ("c", None)], ["cycle", "cycle"]),
    ],
)
def test_faults_of_the_graph(revisions: list[tuple[str, object]], kinds: list[str]) -> None:
    project = tree(*revisions)
    found = graph(project, "migrations")
    assert sorted(p.kind for p in found.problems) == sorted(kinds)
    for problem in found.problems:
        assert project.span(problem.place).path.startswith("migrations/versions/")
    assert schema_at_heads(project, "migrations").everything_unknown is (kinds[0] != "heads")


def test_duplicate_and_unreadable_revisions() -> None:
    project = project_of(
        {
            "migrations/env.py": ENV,
            "migrations/versions/a.py": revision("a", None, ""),
            "migrations/versions/b.py": revision("a", None, ""),
            "migrations/versions/c.py": "revision = compute()\ndown_revision = 'a'\n",
            "migrations/versions/d.py": "def broken(:\n",
        }
    )
    found = graph(project, "migrations")
    assert sorted(p.kind for p in found.problems) == ["duplicate", "unreadable", "unreadable"]
    assert not found.complete


def test_depends_on_orders_branches() -> None:
    files = {
        "migrations/env.py": ENV,
        "migrations/versions/1.py": revision("one", None, "op.drop_table('t')") + "depends_on = 'two'\n",
        "migrations/versions/2.py": revision("two", None, "op.create_table('t', sa.Column('id', sa.Integer()))"),
    }
    schema = schema_at_heads(project_of(files), "migrations")
    assert schema.tables == ()
    assert set(schema.heads) == {"one", "two"}


def test_environments() -> None:
    def one(folder: str) -> dict[str, str]:
        return {f"{folder}/1.py": revision("1", None, "")}

    project = project_of(
        {
            "plain/env.py": ENV,
            **one("plain/versions"),
            "svc/alembic.ini": "[alembic]\nscript_location = %(here)s/db/migrations\nversion_locations = db/one db/two\n",
            "svc/db/migrations/env.py": ENV,
            **one("svc/db/one"),
            "svc/db/two/2.py": revision("2", "1", ""),
            **one("svc/db/migrations/versions"),
            "deep/alembic.ini": "[alembic]\nscript_location = m\nrecursive_version_locations = true\n",
            "deep/m/env.py": ENV,
            **one("deep/m/versions/2024"),
            **one("lonely"),
        }
    )
    assert {(e.folder, e.versions, len(e.revisions)) for e in environments(project)} == {
        ("plain", ("plain/versions",), 1),
        ("svc/db/migrations", ("svc/db/one", "svc/db/two"), 2),
        ("deep/m", ("deep/m/versions/2024",), 1),
        ("lonely", ("lonely",), 1),
    }


def test_a_folder_named_alembic_does_not_hide_the_library() -> None:
    files = {"alembic/env.py": ENV, "alembic/versions/1.py": revision("1", None, USERS)}
    assert shape(schema_at_heads(project_of(files), "alembic")) == {
        "users": {"id": False, "email": False, "note": True}
    }


# ------------------------------------------------------------------------------------------------- what rules ask for


def test_schema_before_a_revision() -> None:
    project = chain(USERS, 'op.drop_table("users")')
    assert shape(schema_before(project, "migrations", "migrations/versions/1_x.py")) == {
        "users": {"id": False, "email": False, "note": True}
    }
    assert schema_before(project, "migrations", "migrations/versions/0_x.py").tables == ()


def test_operations_have_places() -> None:
    project = chain(USERS, '\nop.add_column("users", sa.Column("x", sa.Integer(), nullable=False))')
    (made,) = operations(project, "migrations/versions/1_x.py", "upgrade")
    assert made.kind == "add_column"
    assert made.column is not None
    assert (made.column.nullable, made.column.server_default) == (False, None)
    span = project.span(made.place)
    assert span.path == "migrations/versions/1_x.py"
    assert span.line == 9


def test_concurrent_indexes_and_conversions() -> None:
    upgrade = """
    with op.get_context().autocommit_block():
        op.create_index("ix", "t", ["a"], postgresql_concurrently=True)
    op.alter_column("t", "a", type_=sa.Integer(), postgresql_using="a::integer")
    """
    index, alter = operations(chain(upgrade), "migrations/versions/0_x.py", "upgrade")
    assert index.concurrently
    assert dict(alter.changes) == {"type": "Integer", "using": "a::integer"}


@pytest.mark.parametrize(
    ("body", "empty", "raises"),
    [
        ("pass", True, False),
        ("'''Doc.'''", True, False),
        ("op.drop_table('t')", False, False),
        ("raise NotImplementedError", False, True),
    ],
)
def test_empty_functions(body: str, empty: bool, raises: bool) -> None:
    project = project_of({"v/1.py": revision("1", None, USERS, downgrade=body)})
    assert is_empty(project, "v/1.py", "downgrade") is empty
    assert raises_only(project, "v/1.py", "downgrade") is raises


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Base.metadata", ("app.py:Base",)),
        ("[Base.metadata, other]", ("app.py:Base", "app.py:other")),
        ("compute()", None),
    ],
)
def test_target_metadata(written: str, meant: tuple[str, ...] | None) -> None:
    app = "from sqlalchemy import MetaData\nfrom sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...\nother = MetaData()\n"
    env = f"from app import Base, other\ntarget_metadata = {written}\n"
    project = project_of({"app.py": app, "m/env.py": env, "m/versions/1.py": revision("1", None, "")})
    assert target_metadata(project, "m") == meant


def test_filters_of_the_environment() -> None:
    env = """
from alembic import context
def include_object(object, name, type_, reflected, compare_to):
    return name not in ("spatial_ref_sys",)
context.configure(connection=c, target_metadata=m, include_object=include_object)
"""
    project = project_of({"m/env.py": env, "m/versions/1.py": revision("1", None, "")})
    filters, names = excluded(project, "m")
    assert filters
    assert "spatial_ref_sys" in names
    assert excluded(chain(USERS), "migrations") == (False, frozenset())


@pytest.mark.parametrize(
    "upgrade",
    [
        'if pick() == "sqlite":\n    pass\nelif pick() == "mysql":\n    print("so")\nelse:\n    raise NotImplementedError\n'
        'op.drop_column("t", "a")',
        'if not pick():\n    raise RuntimeError("no")\nop.drop_column("t", "a")',
        'if context.is_offline_mode():\n    op.execute(f"ALTER TABLE {pick()} ADD b int")\n    return\nop.drop_column("t", "a")',
    ],
)
def test_a_revision_that_raises_or_writes_a_script_is_not_the_one_that_is_replayed(upgrade: str) -> None:
    schema = replay(CREATE, upgrade, before="from alembic import context\n")
    assert shape(schema) == {"t": {"id": True}}
    assert not schema.everything_unknown
    assert not [t for t in schema.tables if t.unknown_columns]


def test_a_raise_that_is_caught_leaves_doubt() -> None:
    upgrade = 'try:\n    if not pick():\n        raise RuntimeError\n    op.drop_column("t", "a")\nexcept RuntimeError:\n    pass'
    table = replay(CREATE, upgrade).table("t")
    assert table is not None
    assert table.unknown_columns == ("a",)


GROWN = """
rows = op.get_bind().execute(sa.text("SELECT id FROM t")).fetchall()
if rows:
    statement = {begin}
    for row in rows:
        statement += f"({{row.id}}, {{row}}),"
    statement = statement[:-1] + ";"
    op.get_bind().execute(sa.text(statement))
"""


@pytest.mark.parametrize(
    ("upgrade", "everything"),
    [
        (GROWN.format(begin="'INSERT INTO t (id) VALUES '"), False),
        (GROWN.format(begin="pick()"), True),
        ('op.execute(sa.text("UPDATE t SET id = :id").params({"id": pick()}))', False),
        (
            'update = sa.text("UPDATE t SET id = :id")\nfor row in pick():\n    op.execute(update.bindparams(id=row))',
            False,
        ),
    ],
)
def test_text_that_grows_or_gets_its_values_still_begins_as_it_does(upgrade: str, everything: bool) -> None:
    schema = replay(CREATE, upgrade)
    assert schema.everything_unknown is everything
    assert schema.unknown_tables == frozenset()
    assert shape(schema) == {"t": {"id": True, "a": True}}
