"""The old way to fetch a row by its key, and to see whether there is one."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    count = 0
    for key, title in session.execute(select(Book.author_id, Book.title)).all():
        if not session.query(Book).filter(Book.title == f"{title} again").first():  # grows: LC601
            count += 1
        author = session.query(Author).filter_by(id=key).one_or_none()  # grows: LC601
        books = session.query(Book).filter_by(author_id=key)
        if author is not None and session.query(books.exists()).scalar():  # grows: LC601
            count += 1
    return count
