"""A property of an object that is no row asks the database."""

from library import Author, Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session


class Shelf:
    def __init__(self, session: Session, author: Author) -> None:
        self.session = session
        self.author = author

    @property
    def size(self) -> int:
        return self.session.scalar(select(func.count(Book.id)).where(Book.author_id == self.author.id)) or 0


def run(session: Session) -> int:
    shelves = [Shelf(session, author) for author in session.scalars(select(Author)).all()]
    return sum(shelf.size for shelf in shelves)  # grows: LC601
