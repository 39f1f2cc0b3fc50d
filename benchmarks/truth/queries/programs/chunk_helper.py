"""Ten keys a query, cut by a helper."""

from collections.abc import Iterator, Sequence

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def tens(items: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), 10):
        yield items[start : start + 10]


def run(session: Session) -> dict[int, str]:
    keys = session.scalars(select(Book.author_id)).all()
    names: dict[int, str] = {}
    for some in tens(keys):
        names.update(session.execute(select(Author.id, Author.name).where(Author.id.in_(some))).tuples().all())
    return names
