"""What was asked once is kept; the first time is a query all the same."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    seen: dict[int, str] = {}
    out = []
    for book_id, author_id in session.execute(select(Book.id, Book.author_id)).all():
        if author_id not in seen:
            seen[author_id] = session.scalars(select(Author.name).where(Author.id == author_id)).one()  # grows: LC601
        out.append(f"{book_id}: {seen[author_id]}")
    return out
