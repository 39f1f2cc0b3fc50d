"""The service commits by a method of its own."""

from library import Book
from sqlalchemy.orm import Session


class Books:
    def __init__(self, session: Session) -> None:
        self.session = session

    def done(self) -> None:
        self.session.commit()

    def longer(self) -> list[int]:
        books = self.session.query(Book).all()
        for book in books:
            book.pages += 1
        self.done()
        return [book.pages for book in books]  # grows: LC602


def run(session: Session) -> list[int]:
    return Books(session).longer()
