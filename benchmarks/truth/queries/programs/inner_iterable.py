"""The query is what the inner loop runs over: once for each round of the outer one."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    pages = 0
    for author in session.scalars(select(Author)).all():
        for book in session.scalars(select(Book).where(Book.author_id == author.id)):  # grows: LC601
            pages += book.pages
    return pages
