"""The routes."""

from typing import Any

from app.schemas import Entry, Sheet, Short
from database import SessionDep
from fastapi import APIRouter
from library import Book
from sqlalchemy import select
from sqlalchemy.orm import selectinload

router = APIRouter()


@router.get("/entries", response_model=list[Entry])
def entries(session: SessionDep) -> Any:  # grows: LC602 in the answer
    """Entries whose tags nobody has loaded."""
    return session.scalars(select(Book)).all()


@router.get("/sheet", response_model=Sheet)
def sheet(session: SessionDep) -> Any:
    """Entries whose tags are loaded."""
    books = session.scalars(select(Book).options(selectinload(Book.tags))).all()
    return {"items": books, "total": len(books)}


@router.get("/short", response_model=list[Short])
def short(session: SessionDep) -> Any:
    """Entries without tags."""
    return session.scalars(select(Book)).all()
