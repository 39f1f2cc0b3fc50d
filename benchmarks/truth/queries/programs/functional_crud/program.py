"""Functions instead of classes, with flags that decide what they send."""

from app import imports
from library import Author
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    names = [f"{name} junior" for name in session.scalars(select(Author.name))]
    imports.authors_one_by_one(session, names)
    imports.authors_at_once(session, [f"{name} senior" for name in names])
    imports.known_one_by_one(session, names)
    imports.tags_one_by_one(session, names)
    imports.tags_at_once(session, [f"{name} at once" for name in names])
    session.expunge_all()
    imports.words_lazily(session)
    session.expunge_all()
    imports.words(session)
