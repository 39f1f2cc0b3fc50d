"""One transaction around the loop; the rows are written when it ends."""

from library import Author, Book
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker


def run(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        for book in session.scalars(select(Book)).all():
            book.title = book.title.title()
            session.add(Author(name=book.title))
    with sessions() as session, session.begin():
        for author in session.scalars(select(Author)).all():
            author.name = f"{author.name}!"
