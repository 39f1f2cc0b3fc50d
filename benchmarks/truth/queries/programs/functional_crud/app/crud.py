"""Functions that read and write, each with its session."""

from collections.abc import Sequence

from library import Author, Book, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload


def get_author(db: Session, author_id: int) -> Author | None:
    """One author."""
    return db.get(Author, author_id)


def get_author_by_name(db: Session, name: str) -> Author | None:
    """One author by name."""
    return db.scalars(select(Author).where(Author.name == name)).first()


def get_books(db: Session, skip: int = 0, limit: int = 100, with_tags: bool = False) -> Sequence[Book]:
    """A page of books."""
    query = select(Book).offset(skip).limit(limit)
    if with_tags:
        query = query.options(selectinload(Book.tags))
    return db.scalars(query).all()


def create_author(db: Session, name: str, flush: bool = True) -> Author:
    """A new author."""
    author = Author(name=name)
    db.add(author)
    if flush:
        db.flush()
    return author


def get_or_create_tag(db: Session, word: str) -> Tag:
    """The tag of a word."""
    tag = db.scalars(select(Tag).where(Tag.word == word)).first()
    if tag is None:
        tag = Tag(word=word)
        db.add(tag)
        db.flush()
    return tag
