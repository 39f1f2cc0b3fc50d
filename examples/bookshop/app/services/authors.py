"""Authors: who wrote what the shop sells."""

from functools import lru_cache

from sqlalchemy import select
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
        pages = []
        for author in self.authors.page(limit, offset):
            titles = sorted(book.title for book in author.books)  # fault: LC602
            pages.append(AuthorWithTitles(id=author.id, name=author.name, titles=titles))
        return pages

    @lru_cache(maxsize=1000)
    def name(self, author_id: int) -> str:
        """An author's name, which every book's page asks for."""
        return self.existing(author_id).name

    def create(self, wanted: AuthorCreate) -> Author:
        known = self.session.scalars(select(Author).where(Author.name == wanted.name)).first()  # fault: LC114
        if known is not None:
            return known
        author = self.authors.add(Author(name=wanted.name))
        self.session.commit()
        return author

    def rename(self, author_id: int, wanted: AuthorUpdate) -> Author:
        author = self.existing(author_id)
        author.name = wanted.name  # strict fault: LC621
        self.session.commit()
        return author

    def existing(self, author_id: int) -> Author:
        author = self.authors.get(author_id)
        if author is None:
            raise NotFoundError(f"No author has the id {author_id}")
        return author
