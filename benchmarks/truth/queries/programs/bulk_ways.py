"""Everything that writes many rows at once."""

from library import Author, Book
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session


def run(session: Session) -> None:
    titles = session.scalars(select(Book.title)).all()
    made = session.scalars(insert(Author).returning(Author), [{"name": title} for title in titles]).all()
    session.bulk_insert_mappings(Author, [{"name": author.name} for author in made])
    session.bulk_save_objects([Author(name=title) for title in titles])
    session.add_all([Author(name=title) for title in titles])
    session.execute(update(Book).where(Book.pages > 0).values(pages=Book.pages + 1))
    session.execute(delete(Author).where(Author.id.in_([author.id for author in made])))
    session.commit()
