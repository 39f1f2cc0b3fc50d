"""A related row is read in conditions, walruses, matches, attribute look-ups and branches."""

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def tested(session: Session) -> int:
    count = 0
    for book in session.scalars(select(Book)):
        if book.author:  # grows: LC602
            count += 1
    return count


def named(session: Session) -> list[str]:
    out = []
    for book in session.scalars(select(Book)):
        if (author := book.author) is not None:  # grows: LC602
            out.append(author.name)
    return out


def looked_up(session: Session) -> list[object]:
    return [getattr(book, "author") for book in session.scalars(select(Book))]  # noqa: B009  # grows: LC602


def matched(session: Session) -> int:
    count = 0
    for book in session.scalars(select(Book)):
        match book.title.split():
            case ["Book", _]:
                count += len(book.copies)  # grows: LC602
            case _:
                count += 1
    return count


def caught(session: Session) -> list[str]:
    out = []
    for book in session.scalars(select(Book)):
        try:
            out.append(book.author.name)  # grows: LC602
        except AttributeError:
            continue
    return out


def run(session: Session) -> None:
    for work in (tested, named, looked_up, matched, caught):
        work(session)
        session.expunge_all()
