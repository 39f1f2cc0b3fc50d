"""Keep models and migrations in step.

A column that the model has and the database has not fails at the first query, in production: tests that make their tables from the
models never notice. A column that only the database has is lost knowledge, and a NOT NULL one refuses every new row.

How to fix: `alembic revision --autogenerate`, read what it wrote, commit it together with the model. Merge several heads with
`alembic merge heads`.

The migrations are replayed, not run: what `upgrade()` does along the revision graph gives the schema at the heads, and that is
compared with the tables and columns that the models declare. One finding a table or column, at the model; what no model declares is
reported at the migration that made it. Types, defaults and constraints are not compared.

Silent where either side is not certain: SQL or operations that cannot be followed leave out the tables that they could concern;
filters in env.py (`include_object`, `include_name`) leave out what they name; models that nothing imports do not count; where Alembic
came to a database that was there already (an empty first revision, changes of tables that no revision makes), no table is missed.
Independent branches with labels may have several heads. A project without any migrations is reported when `create_all` is what makes its tables.

```python bad app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
```
```python bad migrations/env.py
from alembic import context

from app.models import Base

target_metadata = Base.metadata

context.configure(target_metadata=target_metadata)
context.run_migrations()
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
```python good app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
```
```python good migrations/env.py
from alembic import context

from app.models import Base

target_metadata = Base.metadata

context.configure(target_metadata=target_metadata)
context.run_migrations()
```
```python good migrations/versions/0001_books.py
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("books", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("title", sa.String()))


def downgrade():
    op.drop_table("books")
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Document, Module
from layercheck.model import Fault, Level, Profile, Rule, Step
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.drift import compared, drift_of, extra_tables
from layercheck.queries.file_kinds import is_application, is_test
from layercheck.queries.import_names import names_imported
from layercheck.queries.migrations import Problem, environment_of, environments, graph, revision_at
from layercheck.queries.tables import mapped_in
from layercheck.queries.tables_mapping import is_mapped, table_object
from layercheck.queries.tables_objects import table_objects_in
from layercheck.queries.tables_rows import Column, Table
from layercheck.queries.words import only_in

RULE = Rule(
    code="LC612",
    name="schema-drift",
    message="{drift}: {remedy}",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("DATA-8", "DELIV-4"),
    since="0.1",
    tests=True,
)
_TOOLS = pattern(
    r"(?i)\b(?:alembic|aerich|yoyo|flyway|liquibase|dbmate|sqitch|prisma|atlas|goose|migra(?:te|tions?)?)\b"
)
_ADD = "write a migration (alembic revision --autogenerate)"


def _maps_a_class(project: Project, path: str) -> bool:
    return is_application(project, path) and bool(mapped_in(project, path))


@only_in(_maps_a_class)
def check(cls: Class, project: Project) -> Iterator[Fault]:
    """Each mapped class whose table the migrations make differently, or not at all."""
    if is_mapped(project, cls.key) and table_object(project, cls.key) is None:
        yield from _faults(project, cls.key)


def check_tables(module: Module, project: Project) -> Iterator[Fault]:
    """Each Table object, and the first model of a project without migrations."""
    if not is_application(project, module.path):
        return
    for key in (*table_objects_in(project, module.path), *_on_objects(project).get(module.path, ())):
        yield from _faults(project, key)
    for table in _unmigrated(project):
        if table.place.key.partition(":")[0] == module.path:
            text = f"no migration makes {table.name} or any other table of this project, create_all does"
            yield Fault(table.place, {"drift": text, "remedy": "set up Alembic"})


def check_revisions(module: Module, project: Project) -> Iterator[Fault]:
    """Each revision: faults of the graph, and tables that no model declares."""
    revision = revision_at(project, module.path)
    folder = environment_of(project, module.path) if revision is not None else None
    if revision is None or folder is None:
        return
    for problem in graph(project, folder).problems:
        if problem.place == revision.place and _matters(project, folder, problem):
            yield Fault(problem.place, {"drift": problem.text, "remedy": _REMEDIES[problem.kind]})
    for table in extra_tables(project, folder):
        if table.place.key.partition(":")[0] == module.path:
            text = f"the migrations make table {table.name}, which no model declares"
            yield Fault(table.place, {"drift": text, "remedy": "drop it in a migration, or declare it"})


@query
def _on_objects(project: Project) -> dict[str, tuple[str, ...]]:
    """The classes that are mapped to a Table object, by the file of the Table, which may be another than that of the class."""
    found: dict[str, list[str]] = {}
    for table in compared(project):
        if table.style == "imperative":
            found.setdefault(table.place.key.partition(":")[0], []).append(table.key)
    return {path: tuple(keys) for path, keys in found.items()}


_REMEDIES = {
    "broken": "name a revision that exists",
    "duplicate": "give each revision an identifier of its own",
    "cycle": "let down_revision lead to the first revision",
    "heads": "merge them (alembic merge heads)",
}


def _matters(project: Project, folder: str, problem: Problem) -> bool:
    """Several heads are told of once, at the last one, and not when they end branches with labels."""
    if problem.kind != "heads":
        return problem.kind in _REMEDIES
    found = graph(project, folder)
    if not found.complete:
        return False  # it follows from the other fault
    last = next(r for r in reversed(found.order) if r.revision in found.heads)
    labelled = sum(bool(r.branch_labels) for r in found.order)
    return problem.place == last.place and labelled < len(found.heads) - 1


def _faults(project: Project, key: str) -> Iterator[Fault]:
    for found in drift_of(project, key):
        table = next(t for t in compared(project) if t.key == key)
        if found.kind == "table":
            yield Fault(table.place, {"drift": f"no migration makes table {table.full_name}", "remedy": _ADD})
        elif found.column is not None and found.made is not None:
            name = f"{table.name}.{found.column.name}"
            made = Step(found.made.place, f"{table.name} is made here")
            if found.kind == "column":
                here = _stands_here(project, table, found.column)
                where = found.column.place if here else table.place
                steps = (made,) if here else (Step(found.column.place, f"{found.column.name} is declared here"), made)
                yield Fault(where, {"drift": f"no migration makes column {name}", "remedy": _ADD}, steps)
            else:
                text = f"the migrations leave column {name} in the database, no model has it"
                steps = (Step(found.column.place, f"{found.column.name} is made here"),)
                yield Fault(table.place, {"drift": text, "remedy": "drop it in a migration, or declare it"}, steps)


def _stands_here(project: Project, table: Table, column: Column) -> bool:
    """Whether a column is written in its table, or in a class of the same file that shares the table."""
    same_file = column.place.key.partition(":")[0] == table.place.key.partition(":")[0]
    own = column.owner == table.key or table.style == "imperative" or is_mapped(project, column.owner)
    return same_file and own


# ------------------------------------------------------------------------------------------------ no migrations at all


@query
def _unmigrated(project: Project) -> tuple[Table, ...]:
    """The first table of a project that has tables, makes them with create_all, and knows no tool for migrations; else nothing."""
    tables = [t for t in compared(project) if t.name is not None]
    if not tables or environments(project) or _knows_migrations(project) or not _creates_all(project):
        return ()
    return (tables[0],)


@query
def _knows_migrations(project: Project) -> bool:
    """Whether a folder, an import or a document of the project speaks of migrations."""
    for path in project.files():
        if _TOOLS.search(path):
            return True
        if path.endswith(".py"):
            if any(_TOOLS.search(module) for module, _, _ in names_imported(project, path)):
                return True
        elif any(_TOOLS.search(document.text) for document in project.of_file(Document, path)):
            return True
    return False


@query
def _creates_all(project: Project) -> bool:
    for path in project.files():
        if path.endswith(".py") and not is_test(project, path):
            for body in project.of_file(Body, path):
                if "create_all" in body.words and any(
                    (ir.dotted(e) or "").endswith("metadata.create_all") for e in _named(body)
                ):
                    return True
    return False


def _named(body: Body) -> Iterator[ir.Expr]:
    for raw in body.raw_calls:
        yield raw[0][1]
        yield from raw[0][2]
