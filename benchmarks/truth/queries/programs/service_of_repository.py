"""A service makes its own repository, and asks it in a loop with an exception around."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


class AuthorRepository:
    def __init__(self, db: Session) -> None:
        self.db = db

    def by_id(self, key: int) -> Author | None:
        return self.db.query(Author).filter(Author.id == key).first()

    def by_ids(self, keys: set[int]) -> dict[int, Author]:
        return {author.id: author for author in self.db.query(Author).filter(Author.id.in_(keys))}


class BookService:
    def __init__(self, db: Session) -> None:
        self.db = db
        self.authors = AuthorRepository(db)

    def one_by_one(self) -> list[str]:
        names = []
        for book in self.db.scalars(select(Book)).all():
            try:
                author = self.authors.by_id(book.author_id)  # grows: LC601
            except KeyError:
                continue
            names.append(author.name if author else "")
        return names

    def together(self) -> list[str]:
        books = self.db.scalars(select(Book)).all()
        authors = self.authors.by_ids({book.author_id for book in books})
        return [authors[book.author_id].name for book in books]


def run(session: Session) -> None:
    service = BookService(session)
    service.one_by_one()
    session.expunge_all()
    service.together()
