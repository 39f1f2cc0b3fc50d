"""Pages of ten, with all that is read."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload


def run(session: Session) -> list[str]:
    names: list[str] = []
    last = 0
    while page := session.scalars(
        select(Book).options(selectinload(Book.author)).where(Book.id > last).order_by(Book.id).limit(10)
    ).all():
        names += [book.author.name for book in page]
        last = page[-1].id
    return names
