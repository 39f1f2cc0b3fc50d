"""The routes of the catalogue."""

from app.schemas.lines import Line
from app.services.catalogue import CatalogueDep
from fastapi import APIRouter

router = APIRouter(prefix="/catalogue")


@router.get("/one-by-one")
def one_by_one(catalogue: CatalogueDep) -> list[Line]:
    """Copies, one query a book."""
    return catalogue.counted_one_by_one()


@router.get("/counted")
def counted(catalogue: CatalogueDep) -> list[Line]:
    """Copies, one query."""
    return catalogue.counted()


@router.get("/lazily")
def lazily(catalogue: CatalogueDep) -> list[Line]:
    """Authors, one query a book."""
    return catalogue.authors_lazily()


@router.get("/authors")
def authors(catalogue: CatalogueDep) -> list[Line]:
    """Authors, one query."""
    return catalogue.authors()


@router.get("/longest")
def longest(catalogue: CatalogueDep) -> list[Line]:
    """The longest book of each author."""
    return catalogue.longest()
