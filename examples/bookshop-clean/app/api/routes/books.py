"""Books: the catalogue."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, UploadFile, status

from app.api.deps import BookServiceDep, require_staff
from app.schemas.book import BookCreate, BookResponse, BookUpdate
from app.schemas.common import PageQuery
from app.schemas.order import SalesResponse
from app.services.covers import MAX_BYTES

router = APIRouter(prefix="/books", tags=["books"])
staff_only = [Depends(require_staff)]


@router.get("")
def list_books(
    page: PageQuery, books: BookServiceDep, title: Annotated[str | None, Query(max_length=100)] = None
) -> list[BookResponse]:
    """Books, all or those whose title contains a text."""
    return books.search(title, page.limit, page.offset, page.order == "newest")


@router.get("/best-sellers")
def list_best_sellers(page: PageQuery, books: BookServiceDep) -> list[SalesResponse]:
    """What sells best."""
    return books.best_sellers(page.limit, page.offset)


@router.get("/{book_id}")
def read_book(book_id: int, books: BookServiceDep) -> BookResponse:
    """One book."""
    return books.read(book_id)


@router.post("", status_code=status.HTTP_201_CREATED, dependencies=staff_only)
def create_book(wanted: BookCreate, books: BookServiceDep) -> BookResponse:
    """Add a book to the catalogue."""
    return books.create(wanted)


@router.put("/{book_id}", dependencies=staff_only)
def update_book(book_id: int, wanted: BookUpdate, books: BookServiceDep) -> BookResponse:
    """Change title, price and stock of a book."""
    return books.update(book_id, wanted)


@router.delete("/{book_id}", status_code=status.HTTP_204_NO_CONTENT, dependencies=staff_only)
def delete_book(book_id: int, books: BookServiceDep) -> None:
    """Take a book out of the catalogue."""
    books.remove(book_id)


@router.put("/{book_id}/cover", dependencies=staff_only)
def update_cover(book_id: int, cover: UploadFile, books: BookServiceDep) -> BookResponse:
    """Give a book its cover: a JPEG or PNG image of at most 2 MB."""
    return books.set_cover(book_id, cover.file.read(MAX_BYTES + 1), cover.content_type)
