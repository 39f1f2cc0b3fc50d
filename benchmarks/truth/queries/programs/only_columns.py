"""Queries for columns, labels and mappings: there are no rows with relationships."""

from library import Author, Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session


def run(session: Session) -> list[object]:
    out: list[object] = []
    for row in session.execute(select(Book.title, Author.name.label("author")).join(Book.author)):
        out.append((row.title, row.author))
    for mapping in session.execute(select(Book.title, Author.name.label("author")).join(Book.author)).mappings():
        out.append(mapping["author"])
    for author, books in session.execute(
        select(Author.name, func.count(Book.id).label("books")).join(Book.author).group_by(Author.id)
    ):
        out.append((author.upper(), books + 1))
    for (author,) in session.execute(select(Author.name)):
        out.append(author.title())
    return out
