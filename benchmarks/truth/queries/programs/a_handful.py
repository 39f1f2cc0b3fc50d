"""The first five of a result, however many there are."""

from library import Author, Book
from sqlalchemy import func, select
from sqlalchemy.orm import Session


def cut(session: Session) -> list[str]:
    books = session.scalars(select(Book).order_by(Book.pages)).all()
    return [book.author.name for book in books[:5]]


def limited(session: Session) -> list[str]:
    return [book.author.name for book in session.scalars(select(Book).order_by(Book.pages).limit(5))]


def counted(session: Session) -> list[int]:
    out = []
    for author in session.scalars(select(Author).limit(5)).all():
        out.append(session.scalar(select(func.count(Book.id)).where(Book.author_id == author.id)) or 0)
    keys = session.scalars(select(Author.id)).all()
    for key in keys[:3]:
        out.append(session.scalar(select(func.count(Book.id)).where(Book.author_id == key)) or 0)
    return out


def run(session: Session) -> None:
    for work in (cut, limited, counted):
        work(session)
        session.expunge_all()
