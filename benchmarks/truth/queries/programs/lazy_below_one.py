"""One author, whose books are one query; the copies of each book are one more."""

from library import Author, Book, Copy
from sqlalchemy.orm import Session


def fill(session: Session, n: int) -> None:
    books = [Book(title=f"Book {i}", pages=i, copies=[Copy(shelf="A")]) for i in range(n)]
    session.add(Author(id=1, name="One", books=books))


def run(session: Session) -> int:
    author = session.get_one(Author, 1)
    return sum(len(book.copies) for book in author.books)  # grows: LC602
