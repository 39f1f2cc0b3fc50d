"""The repository loads one relationship; the service reads another."""

from repository import BookRepository
from service import BookService
from sqlalchemy.orm import Session


def run(session: Session) -> list[str]:
    return BookService(BookRepository(session)).lines()
