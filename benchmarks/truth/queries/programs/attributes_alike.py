"""Attributes that are called like relationships of tables, on objects that are none."""

from __future__ import annotations

from dataclasses import dataclass

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


@dataclass
class Entry:
    title: str
    author: str
    copies: list[str]

    @classmethod
    def of(cls, book: Book) -> Entry:
        return cls(book.title, "somebody", [])


def run(session: Session) -> list[str]:
    entries = [Entry.of(book) for book in session.scalars(select(Book))]
    out = []
    for entry in entries:
        out.append(f"{entry.title} by {entry.author}, {len(entry.copies)} copies")
    rows = session.execute(select(Book.title.label("author"), Book.pages.label("copies")))
    return out + [f"{row.author} {row.copies}" for row in rows]
