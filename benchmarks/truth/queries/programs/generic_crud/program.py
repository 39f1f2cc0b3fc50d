"""Methods that are inherited from a generic base, in loops."""

from books import Authors, Books
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    books = Books(session)
    authors = Authors(session)
    titles = [book.title for book in books.everything()]
    found = [authors.find(book.author_id) for book in books.everything()]  # grows: LC601
    session.expunge_all()
    return titles + [book.author.name for book in books.everything()] + [a.name for a in found if a]  # grows: LC602
