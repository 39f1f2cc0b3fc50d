"""One author, whose books lead back to it: the session has it."""

from library import Author, Book
from sqlalchemy.orm import Session


def fill(session: Session, n: int) -> None:
    session.add(Author(id=1, name="One", books=[Book(title=f"Book {i}", pages=i) for i in range(n)]))


def run(session: Session) -> list[str]:
    author = session.get_one(Author, 1)
    return [f"{book.title} by {book.author.name}" for book in author.books]
