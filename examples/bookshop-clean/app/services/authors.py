"""Authors: who wrote what the shop sells."""

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.models import Author
from app.repositories.authors import AuthorRepository
from app.schemas.author import AuthorCreate, AuthorUpdate, AuthorWithTitles


class AuthorService:
    def __init__(self, session: Session, authors: AuthorRepository) -> None:
        self.session = session
        self.authors = authors

    def page(self, limit: int, offset: int) -> list[AuthorWithTitles]:
        """A page of authors and the titles of each."""
        return [
            AuthorWithTitles(id=author.id, name=author.name, titles=sorted(book.title for book in author.books))
            for author in self.authors.page(limit, offset)
        ]

    def create(self, wanted: AuthorCreate) -> Author:
        author = self.authors.add(Author(name=wanted.name))
        self.session.commit()
        return author

    def rename(self, author_id: int, wanted: AuthorUpdate) -> Author:
        author = self.authors.get(author_id)
        if author is None:
            raise NotFoundError(f"No author has the id {author_id}")
        author.name = wanted.name
        self.session.commit()
        return author
