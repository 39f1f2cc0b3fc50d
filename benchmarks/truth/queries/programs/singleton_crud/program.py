"""Objects that are made once and are given the session with each call."""

from app import crud
from app.crud import NewAuthor
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    books = crud.book.get_multi(session)
    for book in books:
        crud.author.get(session, id=book.author_id)  # grows: LC601
    session.expunge_all()
    [book.author.name for book in crud.book.get_multi(session, limit=50)]  # grows: LC602
    session.expunge_all()
    [book.author.name for book in crud.book.get_with_author(session)]
    for name in [book.title for book in crud.book.get_multi(session)]:
        crud.author.create(session, obj_in=NewAuthor(name=name))  # grows: LC601
