"""The query asks for an alias of the table."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload


def run(session: Session) -> list[str]:
    one = aliased(Book)
    names = [book.author.name for book in session.scalars(select(one).where(one.pages > 0))]  # grows: LC602
    session.expunge_all()
    other = aliased(Book)
    return names + [b.author.name for b in session.scalars(select(other).options(joinedload(other.author)))]
