"""The database counts: one statement, however many rows."""

from library import Author, Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased


def grouped(session: Session) -> dict[int, int]:
    statement = select(Book.author_id, func.count(), func.sum(Book.pages)).group_by(Book.author_id)
    return {key: count for key, count, _ in session.execute(statement)}


def scalar_subquery(session: Session) -> list[tuple[str, int]]:
    count = select(func.count(Book.id)).where(Book.author_id == Author.id).scalar_subquery()
    return [(name, number) for name, number in session.execute(select(Author.name, count))]


def below(session: Session) -> list[str]:
    long = select(Book.author_id).where(Book.pages > 100)
    return [author.name for author in session.scalars(select(Author).where(Author.id.in_(long)))]


def paired(session: Session) -> list[str]:
    other = aliased(Book)
    statement = select(Book.title, other.title).join(other, other.author_id == Book.author_id)
    return [f"{one} {two}" for one, two in session.execute(statement)]


def run(session: Session) -> None:
    grouped(session)
    scalar_subquery(session)
    below(session)
    paired(session)
