"""Every loader option that fetches with the query, or for all rows at once."""

from library import Author, Book, Copy
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, defaultload, joinedload, selectinload, subqueryload


def joined(session: Session) -> list[str]:
    return [book.author.name for book in session.scalars(select(Book).options(joinedload(Book.author)))]


def joined_collection(session: Session) -> int:
    authors = session.scalars(select(Author).options(joinedload(Author.books))).unique().all()
    return sum(len(author.books) for author in authors)


def selectin(session: Session) -> list[str]:
    statement = select(Author).options(selectinload(Author.books).selectinload(Book.copies))
    return [copy.shelf for author in session.scalars(statement) for book in author.books for copy in book.copies]


def subquery(session: Session) -> int:
    return sum(len(book.tags) for book in session.query(Book).options(subqueryload(Book.tags)).all())


def contained(session: Session) -> list[str]:
    statement = select(Book).join(Book.author).where(Author.name != "").options(contains_eager(Book.author))
    return [book.author.name for book in session.scalars(statement)]


def grouped(session: Session) -> int:
    statement = select(Author).options(
        selectinload(Author.books).options(joinedload(Book.copies), selectinload(Book.tags))
    )
    count = 0
    for author in session.scalars(statement):
        for book in author.books:
            count += len(book.copies) + len(book.tags)
    return count


def below(session: Session) -> int:
    books = session.scalars(
        select(Book).options(joinedload(Book.copies), defaultload(Book.copies).selectinload(Copy.loans))
    )
    return sum(len(copy.loans) for book in books.unique() for copy in book.copies)


def run(session: Session) -> None:
    for work in (joined, joined_collection, selectin, subquery, contained, grouped, below):
        work(session)
        session.expunge_all()
