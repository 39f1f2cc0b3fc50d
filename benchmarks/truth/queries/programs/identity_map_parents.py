"""All authors are in the session, and held, before the books are: their author costs nothing."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> dict[str, list[str]]:
    authors = session.scalars(select(Author)).all()
    titles: dict[str, list[str]] = {author.name: [] for author in authors}
    for book in session.scalars(select(Book)):
        titles[book.author.name].append(book.title)
    return titles
