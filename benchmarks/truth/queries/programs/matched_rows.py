"""What a `match` decides."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    found = []
    for row in session.scalars(select(Book)).all():
        match row.pages:
            case 0:
                found.append("empty")
            case pages if pages > 5:
                found.append(row.author.name)  # grows: LC602
            case _:
                found.append("short")
    for key in session.scalars(select(Author.id)).all():
        match key % 2:
            case 0 | 1:
                found.append(session.get_one(Author, key).name)  # grows: LC601
    return found
