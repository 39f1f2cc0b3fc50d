"""A decorator runs the function once for each row: the loop is in the decorator."""

from collections.abc import Callable

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def for_each_author(function: Callable[[Session, Author], int]) -> Callable[[Session], int]:
    def wrapper(session: Session) -> int:
        return sum(function(session, author) for author in session.scalars(select(Author)).all())

    return wrapper


@for_each_author
def pages(session: Session, author: Author) -> int:
    return sum(session.scalars(select(Book.pages).where(Book.author_id == author.id)))  # grows: LC601


def run(session: Session) -> int:
    return pages(session)
