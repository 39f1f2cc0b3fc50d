"""Rows are validated by a helper with a schema as its argument."""

from typing import TypeVar

from library import Book
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

S = TypeVar("S", bound=BaseModel)


class AuthorOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    name: str


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    title: str
    author: AuthorOut


def run(session: Session) -> list[BookOut]:
    books = session.scalars(select(Book)).all()
    return list(map(BookOut.model_validate, books))  # grows: LC602
