"""Authors in the database."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Author


class AuthorRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, author_id: int) -> Author | None:
        return self.session.get(Author, author_id)

    def page(self, limit: int, offset: int) -> Sequence[Author]:
        """Authors by name."""
        query = select(Author).order_by(Author.name).limit(limit).offset(offset)
        return self.session.scalars(query).all()

    def add(self, author: Author) -> Author:
        self.session.add(author)
        self.session.flush()
        return author
