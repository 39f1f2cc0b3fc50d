"""Text and Core statements on the connection below the session."""

from library import Book
from sqlalchemy import select, text
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    connection = session.connection()
    out = []
    for key in connection.execute(select(Book.id)).scalars().all():
        title = connection.execute(text("SELECT title FROM books WHERE id = :id"), {"id": key})  # grows: LC601
        out.append(title.scalar_one())
    for row in connection.execute(text("SELECT title FROM books")):
        out.append(row.title)
    return out
