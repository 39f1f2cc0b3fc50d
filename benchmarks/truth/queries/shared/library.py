"""A library: authors write books, books have copies and tags, readers borrow copies."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    """The base of all tables."""


book_tags = Table(
    "book_tags",
    Base.metadata,
    Column("book_id", ForeignKey("books.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Author(Base):
    """Who writes."""

    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list[Book]] = relationship(back_populates="author")


class Book(Base):
    """What is written."""

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    pages: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship(back_populates="books")
    copies: Mapped[list[Copy]] = relationship(back_populates="book")
    tags: Mapped[list[Tag]] = relationship(secondary=book_tags, back_populates="books")


class Copy(Base):
    """What stands on a shelf."""

    __tablename__ = "copies"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf: Mapped[str]
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    book: Mapped[Book] = relationship(back_populates="copies")
    loans: Mapped[list[Loan]] = relationship(back_populates="copy")


class Tag(Base):
    """What a book is about."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
    books: Mapped[list[Book]] = relationship(secondary=book_tags, back_populates="tags")


class Loan(Base):
    """Who has a copy."""

    __tablename__ = "loans"

    id: Mapped[int] = mapped_column(primary_key=True)
    reader: Mapped[str]
    copy_id: Mapped[int] = mapped_column(ForeignKey("copies.id"))
    copy: Mapped[Copy] = relationship(back_populates="loans")


def fill(session: Session, n: int) -> None:
    """An author with one book, one copy, one tag and one loan, `n` times."""
    session.add_all(
        Book(
            title=f"Book {i}",
            pages=100 + i,
            author=Author(name=f"Author {i}"),
            tags=[Tag(word=f"tag {i}")],
            copies=[Copy(shelf=f"shelf {i}", loans=[Loan(reader=f"reader {i}")])],
        )
        for i in range(n)
    )
