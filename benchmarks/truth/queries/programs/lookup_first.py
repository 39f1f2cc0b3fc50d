"""Everything is fetched before the loop, which looks it up."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    books = session.scalars(select(Book)).all()
    wanted = {book.author_id for book in books}
    authors = {a.id: a for a in session.scalars(select(Author).where(Author.id.in_(wanted)))}
    return [f"{book.title} by {authors[book.author_id].name}" for book in books]
