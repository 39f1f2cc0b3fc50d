"""Editions that the shop does not sell yet."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from app.api.deps import IsbnServiceDep, rate_limit, require_staff
from app.schemas.book import EditionResponse

router = APIRouter(prefix="/editions", tags=["editions"], dependencies=[Depends(require_staff)])


@router.get("/{isbn}", dependencies=[Depends(rate_limit("isbn", times=30, seconds=60))])  # strict fault: LC413
async def read_edition(isbn: Annotated[str, Path(pattern=r"^\d{13}$")], editions: IsbnServiceDep) -> EditionResponse:
    """What the public ISBN service knows of an edition."""
    return await editions.edition(isbn)
