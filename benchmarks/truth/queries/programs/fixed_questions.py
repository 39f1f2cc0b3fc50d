"""A loop over what the source lists: as many statements as it has entries, whatever the tables hold."""

from library import Author, Book, Copy, Tag
from sqlalchemy import func, select
from sqlalchemy.orm import Session

TABLES = (Author, Book, Copy, Tag)
LIMITS = {"short": 50, "middle": 100, "long": 200, "endless": 1000}


def run(session: Session) -> list[int]:
    sizes = []
    for table in TABLES:
        sizes.append(session.scalar(select(func.count()).select_from(table)) or 0)
    for limit in LIMITS.values():
        sizes.append(session.scalar(select(func.count(Book.id)).where(Book.pages > limit)) or 0)
    for word in ["red", "green", "blue", "white", "black"]:
        sizes.append(session.scalar(select(func.count(Tag.id)).where(Tag.word == word)) or 0)
    return sizes
