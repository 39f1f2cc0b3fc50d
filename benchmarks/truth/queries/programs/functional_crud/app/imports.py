"""Imports books."""

from app import crud
from library import Author, Tag
from sqlalchemy import select
from sqlalchemy.orm import Session


def authors_one_by_one(db: Session, names: list[str]) -> list[Author]:
    """Makes each author by itself."""
    return [crud.create_author(db, name) for name in names]  # grows: LC601


def authors_at_once(db: Session, names: list[str]) -> list[Author]:
    """Makes all of them, and flushes once."""
    authors = [crud.create_author(db, name, flush=False) for name in names]
    db.flush()
    return authors


def known_one_by_one(db: Session, names: list[str]) -> int:
    """Looks each up."""
    known = 0
    for name in names:
        if crud.get_author_by_name(db, name):  # grows: LC601
            known += 1
    return known


def tags_one_by_one(db: Session, words: list[str]) -> list[Tag]:
    """Makes what is not there."""
    return [crud.get_or_create_tag(db, word) for word in words]  # grows: LC601


def tags_at_once(db: Session, words: list[str]) -> dict[str, Tag]:
    """Makes what is not there, after one look."""
    tags = {tag.word: tag for tag in db.scalars(select(Tag).where(Tag.word.in_(words)))}
    for word in words:
        if word not in tags:
            tags[word] = Tag(word=word)
            db.add(tags[word])
    db.flush()
    return tags


def words_lazily(db: Session) -> list[str]:
    """The tags of a page of books."""
    return [tag.word for book in crud.get_books(db) for tag in book.tags]  # grows: LC602


def words(db: Session) -> list[str]:
    """The tags of a page of books, loaded with it."""
    return [tag.word for book in crud.get_books(db, limit=50, with_tags=True) for tag in book.tags]
