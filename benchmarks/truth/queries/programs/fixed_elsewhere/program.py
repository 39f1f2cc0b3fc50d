"""Loops over constants of another file."""

import kinds
from kinds import LIMITS, Kind, Report
from library import Book, Tag
from sqlalchemy import func, select
from sqlalchemy.orm import Session


class Words(Report):
    def __init__(self, session: Session) -> None:
        self.session = session

    def counts(self) -> list[int]:
        return [self.session.scalar(select(func.count(Tag.id)).where(Tag.word == word)) or 0 for word in self.words]


def run(session: Session) -> list[int]:
    out = Words(session).counts()
    for kind in Kind:
        out.append(session.scalar(select(func.count(Book.id)).where(Book.pages > kind.value)) or 0)
    for _, limit in sorted(LIMITS.items()):
        out.append(session.scalar(select(func.count(Book.id)).where(Book.pages > limit)) or 0)
    for number, name in enumerate(kinds.LIMITS):
        out.append(session.scalar(select(func.count(Book.id)).where(Book.title == f"{number} {name}")) or 0)
    for month in range(1, 13):
        out.append(session.scalar(select(func.count(Book.id)).where(Book.pages == month)) or 0)
    return out
