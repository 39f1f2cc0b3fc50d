"""An inner function reads what its parameter hangs on."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    def line(book: Book) -> str:
        return f"{book.title}: {', '.join(copy.shelf for copy in book.copies)}"

    return [line(book) for book in session.scalars(select(Book))]  # grows: LC602
