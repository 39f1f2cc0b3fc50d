"""A search in what is there, then one query."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    out = []
    for book in session.scalars(select(Book)).all():
        if book.pages > 100:
            found = session.get(Author, book.author_id)
            out.append(found.name if found else "")
            break
    for book in session.scalars(select(Book)).all():
        if book.pages < 100:
            continue
        out.append(book.author.name)
        break
    return out
