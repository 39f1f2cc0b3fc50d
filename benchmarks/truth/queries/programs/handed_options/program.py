"""Options are handed through two layers, as a list or as arguments."""

from library import Book
from service import BookService
from sqlalchemy.orm import Session, joinedload, selectinload


def run(session: Session) -> int:
    service = BookService(session)
    total = sum(len(book.author.name) for book in service.list([joinedload(Book.author)]))
    session.expunge_all()
    total += sum(len(book.copies) for book in service.all(selectinload(Book.copies)))
    session.expunge_all()
    for book in service.list():
        total += len(book.author.name)  # grows: LC602
    session.expunge_all()
    for book in service.all(selectinload(Book.copies)):
        total += len(book.tags)  # grows: LC602
    return total
