"""Arguments decide whether the relationship is read: by None, by `and`, by `or`."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def with_writer(book: Book, label: str | None = None) -> str:
    if label is None:
        return book.title
    return f"{book.title} {label} {book.author.name}"


def with_shelves(book: Book, places: bool = False) -> list[str]:
    return [book.title] + ((places and [copy.shelf for copy in book.copies]) or [])


def with_tags(book: Book, plain: bool = True) -> object:
    return plain or [tag.word for tag in book.tags]


def run(session: Session) -> None:
    for book in session.scalars(select(Book)).all():
        with_writer(book)
        with_writer(book, None)
        with_shelves(book)
        with_tags(book)
    for book in session.scalars(select(Book)).all():
        with_writer(book, label="by")  # grows: LC602
        with_shelves(book, places=True)  # grows: LC602
        with_tags(book, False)  # grows: LC602
