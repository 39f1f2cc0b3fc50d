"""Rows in lists, the lists in a dictionary."""

from collections import defaultdict

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> dict[int, int]:
    by_pages: defaultdict[int, list[Book]] = defaultdict(list)
    for book in session.scalars(select(Book)):
        by_pages[book.pages // 1000].append(book)
    counts: dict[int, int] = {}
    for thousands, books in by_pages.items():
        counts[thousands] = sum(len(book.copies) for book in books)  # grows: LC602
    return counts
