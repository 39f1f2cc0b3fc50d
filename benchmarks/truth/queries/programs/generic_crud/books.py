"""The repositories of this program."""

from crud import Crud
from library import Author, Book
from sqlalchemy.orm import Session


class Books(Crud[Book]):
    """Books."""

    def __init__(self, session: Session) -> None:
        super().__init__(Book, session)


class Authors(Crud[Author]):
    """Authors."""

    def __init__(self, session: Session) -> None:
        super().__init__(Author, session)
