"""Authors."""

from fastapi import APIRouter, Depends, status

from app.api.deps import AuthorServiceDep, require_staff
from app.schemas.author import AuthorCreate, AuthorResponse, AuthorUpdate, AuthorWithTitles
from app.schemas.common import PageQuery

router = APIRouter(prefix="/authors", tags=["authors"])


@router.get("")
def list_authors(page: PageQuery, authors: AuthorServiceDep) -> list[AuthorWithTitles]:
    """Authors by name, each with the titles that the shop has."""
    return authors.page(page.limit, page.offset)


@router.post(
    "",
    response_model=AuthorResponse,
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(require_staff)],
)
def create_author(wanted: AuthorCreate, authors: AuthorServiceDep):
    """Add an author."""
    return authors.create(wanted)


@router.put("/{author_id}", response_model=AuthorResponse, dependencies=[Depends(require_staff)])
def update_author(author_id: int, wanted: AuthorUpdate, authors: AuthorServiceDep):
    """Correct an author's name."""
    return authors.rename(author_id, wanted)
