"""The answers of a replayed schema: is something there, and would an operation succeed. None where that cannot be told."""

from __future__ import annotations

from layercheck.queries.migration_questions import Question
from layercheck.queries.migration_replay import Replay
from layercheck.queries.migration_rows import Operation


def apply_revision(schema: Replay, made: tuple[Operation, ...]) -> None:
    """Apply the operations of one revision, those included that depend on what it finds in the database."""
    asked = {q for one in made for q in one.when if q is not None and q.kind != "attempt"}
    answers: dict[Question, bool | None] = {}
    attempts: dict[str, bool | None] = {}
    for number, one in enumerate(made):
        answers.update((q, answer(schema, q)) for q in asked if q.at == number)
        decided = _decided(one, answers, schema.seen)
        attempt = _attempt(one)
        if decided and attempt is not None:
            decided = attempts.get(attempt, True)
            if decided:
                decided = succeeds(schema, one)
            attempts[attempt] = decided
        if decided is True:
            schema.apply(one._replace(conditional=False, when=()))
        elif decided is None:
            schema.apply(one)


def _decided(made: Operation, answers: dict[Question, bool | None], seen: set[str]) -> bool | None:
    """Whether an operation happens, as far as the database decides it; None when that cannot be told.

    What is done to a table "if it is there" is done to one that somebody else made, where no migration ever creates it.
    """
    if not made.conditional:
        return True
    if not made.when or None in made.when:
        return None
    agree: list[bool | None] = []
    for question in made.when:
        if question is not None and question.kind != "attempt":
            found = answers.get(question)
            foreign = found is False and question.expected and question.table not in seen
            agree.append(None if found is None or foreign else found is question.expected)
    return False if False in agree else None if None in agree else True


def _attempt(made: Operation) -> str | None:
    """The innermost `try` that swallows what goes wrong around an operation."""
    return next((q.name for q in reversed(made.when) if q is not None and q.kind == "attempt"), None)


def answer(schema: Replay, question: Question) -> bool | None:
    """Whether what is asked for is there (not: whether that is expected)."""
    if question.kind == "table":
        return table_is_there(schema, question.table)
    table = schema.tables.get(question.table)
    if table is None or not table_is_there(schema, question.table):
        return None
    if question.kind == "column":
        return None if question.name in table.unknown_columns else table.column(question.name) is not None
    names = {
        "index": [i.name for i in table.indexes],
        "foreign_key": [k.name for k in table.foreign_keys],
        "unique": [u.name for u in table.unique_constraints],
    }[question.kind]
    if not table.constraints_known:
        return None
    return True if question.name in names else None if None in names else False


def table_is_there(schema: Replay, name: str) -> bool | None:
    """Whether a table exists."""
    if schema.everything or name in schema.unknown:
        return None
    return name in schema.tables


def succeeds(schema: Replay, made: Operation) -> bool | None:
    """Whether an operation goes well on every database: only what depends on nothing but the names that are there is told."""
    name = made.table or ""
    there = table_is_there(schema, name)
    if made.kind == "create_table":
        return None if there is None else bool(made.guard) or not there
    if made.kind == "drop_table":
        return None if there is None or (not there and name not in schema.seen) else bool(made.guard) or there
    table = schema.tables.get(name)
    if not there or table is None or made.guard:
        return None
    if made.kind == "add_column" and made.column is not None:
        unsure = made.column.name in table.unknown_columns
        return None if unsure else table.column(made.column.name) is None
    if made.kind == "create_index" and made.added_index is not None and not made.added_index.unique:
        known = table.constraints_known and made.added_index.name not in [i.name for i in table.indexes]
        return True if known else None
    return None
