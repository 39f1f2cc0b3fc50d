"""Names that begin as empty collections, and are filled from the rows."""

from library import Author, Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session


def grouped(session: Session) -> int:
    by_author: dict[int, list[str]] = {}
    for author_id, title in session.execute(select(Book.author_id, Book.title)):
        by_author.setdefault(author_id, []).append(title)
    longest = 0
    for author_id in by_author:
        name = session.scalars(select(Author.name).where(Author.id == author_id)).one()  # grows: LC601
        longest = max(longest, len(name))
    return longest


def indexed(session: Session) -> list[int]:
    pages = {}
    for key, number in session.execute(select(Book.id, Book.pages)):
        pages[key] = number
    count = select(func.count(Book.id))
    return [session.scalar(count.where(Book.pages > number)) or 0 for number in pages.values()]  # grows: LC601


def run(session: Session) -> None:
    grouped(session)
    indexed(session)
