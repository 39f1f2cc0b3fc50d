"""Two loops: the query is in the inner one."""

from library import Author, Copy
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload


def run(session: Session) -> int:
    copies = 0
    for author in session.scalars(select(Author).options(selectinload(Author.books))).all():
        for book in author.books:
            copies += len(session.scalars(select(Copy.id).where(Copy.book_id == book.id)).all())  # grows: LC601
    return copies
