"""The related rows are fetched once for all, and looked up."""

from collections import defaultdict

from library import Author, Book, Copy
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[tuple[str, str, int]]:
    books = session.scalars(select(Book)).all()
    authors = {a.id: a for a in session.scalars(select(Author).where(Author.id.in_([b.author_id for b in books])))}
    copies: defaultdict[int, list[Copy]] = defaultdict(list)
    for copy in session.scalars(select(Copy).where(Copy.book_id.in_([b.id for b in books]))):
        copies[copy.book_id].append(copy)
    return [(b.title, authors[b.author_id].name, len(copies[b.id])) for b in books]
