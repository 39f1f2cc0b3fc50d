"""The repository gives a page and the number of all rows."""

from presenter import present
from repository import BookRepository
from sqlalchemy.orm import Session


def run(session: Session) -> dict[str, object]:
    books, total = BookRepository(session).page(0, 100)
    return {"total": total, "items": present(books)}  # grows: LC602
