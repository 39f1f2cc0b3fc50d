"""A loop that runs until there is nothing more to do, many rows at a time."""

from library import Book
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session


def run(session: Session) -> int:
    done = 0
    while session.scalar(select(func.count(Book.id)).where(Book.pages > 0)):
        keys = session.scalars(select(Book.id).where(Book.pages > 0).limit(20)).all()
        session.execute(update(Book).where(Book.id.in_(keys)).values(pages=0))
        done += len(keys)
    session.commit()
    return done
