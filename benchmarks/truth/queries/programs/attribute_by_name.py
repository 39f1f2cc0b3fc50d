"""Attributes are read by their names."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session

SHOWN = ("title", "pages")
RELATED = "author"


def run(session: Session) -> list[dict[str, object]]:
    out = []
    for book in session.scalars(select(Book)):
        entry = {name: getattr(book, name) for name in SHOWN}
        entry["author"] = getattr(book, RELATED).name  # grows: LC602
        out.append(entry)
    return out
