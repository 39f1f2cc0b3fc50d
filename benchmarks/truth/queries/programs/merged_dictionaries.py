"""What one query gives is laid beside what another gives."""

from library import Author, Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session


def run(session: Session) -> list[tuple[str, int]]:
    counts = dict(session.execute(select(Book.author_id, func.count()).group_by(Book.author_id)).tuples().all())
    authors = session.scalars(select(Author).order_by(Author.name)).all()
    return [(author.name, counts.get(author.id, 0)) for author in authors]
