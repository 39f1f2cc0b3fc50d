"""Write migrations that a live database survives.

On an empty database of a developer every migration works. In production a NOT NULL column without a default fails at the first row that
is there, a conversion without USING is refused, a rename takes the column away from the version that still runs, building an index
locks the table for as long as it takes, and a downgrade that does nothing turns a bad release into a bad night.

How to fix: add the column as NULLable or with a `server_default`, fill it, then make it NOT NULL; `postgresql_using=`; rename by adding the
new column, writing both, and dropping the old one in a later release; `postgresql_concurrently=True` inside
`op.get_context().autocommit_block()` (reported as info); write the downgrade, or raise in it when there is no way back. A change that
only lets more in (NULL, a longer text, another value of an enum) needs none.

The first revision, merges, tables made in the same revision, what happens only under a condition, and batch operations where the
project runs on SQLite are left alone, as are tables whose name only run time knows, and an index whose `postgresql_concurrently`
it decides. Renames and indexes are reported in the newest revisions only (`recent`): the older ones have run. Whether the code
before a revision still mapped a column that is dropped cannot be seen; a dropped column that the models map now is LC612's.

```python bad migrations/versions/0002_language.py
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("books", sa.Column("language", sa.String(2), nullable=False))


def downgrade():
    op.drop_column("books", "language")
```
```python bad migrations/versions/0001_books.py
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("books", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("books")
```
```python good migrations/versions/0002_language.py
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("books", sa.Column("language", sa.String(2), nullable=False, server_default="en"))


def downgrade():
    op.drop_column("books", "language")
```
```python good migrations/versions/0001_books.py
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("books", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("books")
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function, Module
from layercheck.model import Fault, Level, Option, Place, Profile, Rule
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.databases import dialects
from layercheck.queries.migrations import (
    Operation,
    Revision,
    environment_of,
    graph,
    is_empty,
    operations,
    raises_only,
    revision_at,
    schema_before,
)

RULE = Rule(
    code="LC626",
    name="unsafe-migration",
    message="{what}: {remedy}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DATA-8",),
    since="0.1",
    options=(Option("recent", 3, "how many of the newest revisions are searched for renames and indexes"),),
    tests=True,
)
_SCHEMA = frozenset({
    "create_table", "drop_table", "rename_table", "add_column", "drop_column", "alter_column", "create_index", "drop_index",
    "create_foreign_key", "create_unique", "create_check", "create_primary_key", "drop_constraint",
})  # fmt: skip
_FAMILIES = {
    "String": "text", "VARCHAR": "text", "Text": "text", "TEXT": "text", "AutoString": "text", "Unicode": "text", "CHAR": "text",
    "Integer": "integer", "INTEGER": "integer", "BigInteger": "integer", "BIGINT": "integer", "SmallInteger": "integer",
    "Numeric": "number", "Float": "number", "Boolean": "boolean", "BOOLEAN": "boolean", "Uuid": "uuid", "UUID": "uuid",
    "DateTime": "time", "DATETIME": "time", "TIMESTAMP": "time", "Date": "time", "JSON": "json", "JSONB": "json", "ARRAY": "array", "Enum": "enum", "ENUM": "enum",
}  # fmt: skip
_REFUSED = frozenset({
    *(("text", other) for other in ("integer", "number", "boolean", "uuid", "time", "json", "array", "enum")),
    ("integer", "boolean"), ("boolean", "integer"), ("integer", "uuid"), ("uuid", "integer"), ("integer", "time"), ("number", "boolean"),
})  # fmt: skip
"""Conversions for which PostgreSQL has no assignment cast: without USING the statement fails, whatever the rows hold."""
_ON_PURPOSE = pattern(
    r"(?i)no-?op|irreversible|not reversible|cannot|can't|one-way|intention|not supported|no way back|nothing to"
)
_EMPTIED = pattern(r'(?i)\b(?:DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?"?(\w+)')


def check(module: Module, project: Project) -> Iterator[Fault]:
    """What an Alembic revision does to a database that is in use."""
    revision = revision_at(project, module.path)
    folder = environment_of(project, module.path) if revision is not None else None
    if revision is None or folder is None or len(revision.down) != 1:
        return
    made = operations(project, module.path, "upgrade")
    fresh = {
        o.name if o.kind == "rename_table" else o.table for o in made if o.kind in ("create_table", "rename_table")
    }
    recent = revision.revision in _recent(project, folder)
    for operation in made:
        if operation.table is None or (operation.table in fresh and operation.kind != "rename_table"):
            continue  # a table without a known name may be one of the fresh ones
        if operation.conditional or operation.place.key.partition(":")[0] != module.path:
            continue
        yield from _fault(project, folder, revision, made, operation, recent)
    yield from _downgrade(project, revision, made)


@query
def _recent(project: Project, folder: str) -> frozenset[str]:
    """The newest revisions of an environment: the heads, and what they follow, as many steps as the option says."""
    found = graph(project, folder)
    below = {r.revision: r.down for r in found.order}
    wanted = project.settings.option(RULE, "recent")
    level, out = set(found.heads), set[str]()
    for _ in range(wanted if isinstance(wanted, int) else 0):
        out |= level
        level = {d for revision in level for d in below.get(revision, ())}
    return frozenset(out)


def _fault(
    project: Project, folder: str, revision: Revision, made: tuple[Operation, ...], operation: Operation, recent: bool
) -> Iterator[Fault]:
    match operation.kind:
        case "add_column" if _is_refused(project, revision, operation) and operation.column is not None:
            name = f"{operation.table}.{operation.column.name}"
            yield _found(
                operation.place,
                f"NOT NULL column {name} without a server_default fails on a table with rows",
                "add a server_default",
            )
        case "alter_column" if operation.table is not None and operation.name is not None:
            changes = dict(operation.changes)
            if "name" in changes and recent and not _is_added(made, operation.table, operation.name):
                text = f"renaming {operation.table}.{operation.name} breaks the version that still runs"
                yield _found(operation.place, text, "add the new column, and drop the old one in a later release")
            if _is_conversion(project, folder, revision, operation):
                text = f"PostgreSQL does not convert {operation.table}.{operation.name} to {changes['type']} by itself"
                yield _found(operation.place, text, "add postgresql_using")
        case "rename_table" if recent:
            text = f"renaming table {operation.table} breaks the version that still runs"
            yield _found(operation.place, text, "make a new table, or leave a view under the old name")
        case "create_index" if (
            recent and not operation.concurrently and not operation.batch and "postgresql" in dialects(project)
        ):
            index = operation.added_index.name if operation.added_index is not None else None
            text = f"building index {index or 'without a name'} locks {operation.table} against writes"
            yield _found(operation.place, text, "use postgresql_concurrently in an autocommit_block()", Level.INFO)


def _found(place: Place, what: str, remedy: str, level: str = "") -> Fault:
    return Fault(place, {"what": what, "remedy": remedy}, level=level)


def _is_refused(project: Project, revision: Revision, operation: Operation) -> bool:
    """Whether a database refuses a new column as soon as there are rows. MySQL fills in a value, SQLite batches copy the table."""
    column, databases = operation.column, dialects(project)
    if column is None or column.nullable is not False or column.server_default is not None or column.computed:
        return False
    if (operation.batch and "sqlite" in databases) or databases - {"sqlite"} == {"mysql"}:
        return False
    return (operation.table or "").rpartition(".")[2] not in _emptied(project, revision.path)


@query
def _emptied(project: Project, path: str) -> frozenset[str]:
    """The tables that SQL text in a revision empties."""
    texts = (ir.text_of(e) for body in project.of_file(Body, path) for e in ir.expressions(body.statements))
    return frozenset(name for text in texts if text is not None for name in _EMPTIED.findall(text))


def _is_added(made: tuple[Operation, ...], table: str, column: str) -> bool:
    """Whether the same revision added the column: a new one that takes the place of an old one."""
    return any(
        o.kind == "add_column" and o.table == table and o.column is not None and o.column.name == column for o in made
    )


def _is_conversion(project: Project, folder: str, revision: Revision, operation: Operation) -> bool:
    changes = dict(operation.changes)
    new = changes.get("type")
    family = _FAMILIES.get(new.partition("(")[0]) if isinstance(new, str) else None
    if family is None or "using" in changes or operation.sql or "postgresql" not in dialects(project):
        return False
    if operation.batch and "sqlite" in dialects(project):
        return False
    table = schema_before(project, folder, revision.path).table(operation.table or "")
    column = table.column(operation.name or "") if table is not None else None
    if table is None or column is None or column.name in table.unknown_columns:
        return False
    return (_FAMILIES.get(column.type_name, ""), family) in _REFUSED


def _loosens(operation: Operation) -> bool:
    """Whether a change lets everything in that was let in before: NULL, a longer text, one more value of an enum."""
    changes = dict(operation.changes)
    new: str | bool | None = changes.get("type", "String")
    wide = isinstance(new, str) and _FAMILIES.get(new.partition("(")[0]) in ("text", "enum")
    return operation.kind == "alter_column" and "name" not in changes and changes.get("nullable", True) is True and wide


def _downgrade(project: Project, revision: Revision, made: tuple[Operation, ...]) -> Iterator[Fault]:
    """An upgrade that certainly changes the schema, and a downgrade that does nothing about it."""
    changes = any(o.kind in _SCHEMA and not o.conditional and not o.guard and not _loosens(o) for o in made)
    if (
        not changes
        or not is_empty(project, revision.path, "downgrade")
        or raises_only(project, revision.path, "downgrade")
    ):
        return
    body = project.get(Body, f"{revision.path}:downgrade")
    said = " ".join(ir.text_of(e) or "" for e in (ir.expressions(body.statements) if body is not None else ()))
    if _ON_PURPOSE.search(said):
        return
    function = project.get(Function, f"{revision.path}:downgrade")
    place = function.place() if function is not None else revision.place
    yield _found(
        place,
        f"the downgrade of {revision.revision} leaves the schema as upgrade made it",
        "undo the changes, or raise",
    )
