"""Books: the catalogue."""

from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, HTTPException, Query, UploadFile, status

from app.api.deps import BookServiceDep, CoverStoreDep, get_current_customer, require_staff
from app.api.limits import preview_limit
from app.schemas.book import BookCreate, BookResponse, BookUpdate, Loss
from app.schemas.common import PageQuery
from app.schemas.order import SalesResponse

router = APIRouter(prefix="/books", tags=["books"])
staff_only = [Depends(require_staff)]


@router.get("")
def list_books(books: BookServiceDep, title: str = "", limit: int = 20) -> list[BookResponse]:  # fault: LC418  # strict fault: LC501
    """Books whose title contains a text."""
    return books.search(title, limit, 0)


@router.get("/best-sellers")
def list_best_sellers(page: PageQuery, books: BookServiceDep) -> list[SalesResponse]:  # strict fault: LC501
    """What sells best."""
    return books.best_sellers(page.limit, page.offset)


@router.get("/{book_id}")
def read_book(book_id: int, books: BookServiceDep) -> BookResponse:  # strict fault: LC501
    """One book."""
    return books.read(book_id)


@router.post("", status_code=status.HTTP_201_CREATED, dependencies=staff_only)
def create_book(wanted: BookCreate, books: BookServiceDep) -> BookResponse:
    """Add a book to the catalogue."""
    return books.create(wanted)


@router.put("/{book_id}", dependencies=staff_only)
def update_book(book_id: int, wanted: BookUpdate, books: BookServiceDep) -> BookResponse:
    """Change title, price and stock of a book."""
    try:
        return books.update(book_id, wanted)
    except Exception as error:
        raise HTTPException(500, detail=f"Update failed: {error}") from error  # fault: LC305


@router.delete("/{book_id}", status_code=status.HTTP_204_NO_CONTENT, dependencies=staff_only)
def delete_book(book_id: int, books: BookServiceDep) -> None:
    """Take a book out of the catalogue."""
    books.remove(book_id)


@router.post("/{book_id}/losses", status_code=status.HTTP_200_OK, dependencies=[Depends(get_current_customer)])
def write_off(book_id: int, loss: Loss, books: BookServiceDep) -> BookResponse:  # strict fault: LC502
    """Take copies that were lost or damaged from the stock."""
    return books.write_off(book_id, loss.copies)


@router.put("/{book_id}/cover", dependencies=staff_only)
def update_cover(book_id: int, cover: UploadFile, covers: CoverStoreDep) -> str:  # later fault: LC704
    """Give a book its cover."""
    return covers.keep(cover)  # later fault: LC702


@router.get("/{book_id}/preview", dependencies=[*staff_only, Depends(preview_limit)])
def read_preview(book_id: int, url: Annotated[str, Query(max_length=300)]) -> str:
    """The publisher's page about a book."""
    return httpx.get(url, timeout=5).text  # later fault: LC709
