"""Rows become dictionaries with what is related to them."""

from typing import Any

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


def run(session: Session) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for book in session.scalars(select(Book)):
        entry: dict[str, Any] = {"title": book.title}
        entry["tags"] = ", ".join(tag.word for tag in book.tags)  # grows: LC602
        out.append(entry)
    return out
