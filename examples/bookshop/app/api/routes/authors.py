"""Authors."""

from fastapi import APIRouter, Depends, status
from fastapi.responses import JSONResponse

from app.api.deps import AsyncSessionDep, AuthorServiceDep, SessionDep, require_staff
from app.core.errors import NotFoundError
from app.models import Author
from app.repositories.authors import AuthorRepository  # fault: LC102
from app.schemas.author import AuthorCreate, AuthorResponse, AuthorUpdate, AuthorWithTitles
from app.schemas.common import PageQuery

router = APIRouter(prefix="/authors", tags=["authors"])


@router.get("")
def list_authors(page: PageQuery, authors: AuthorServiceDep) -> list[AuthorWithTitles]:  # strict fault: LC501
    """Authors by name, each with the titles that the shop has."""
    return authors.page(page.limit, page.offset)


@router.get("/names")
def list_names(page: PageQuery, session: SessionDep) -> list[str]:  # strict fault: LC104, LC501
    """The names of the authors alone."""
    authors = AuthorRepository(session)  # fault: LC203
    return [author.name for author in authors.page(page.limit, page.offset)]


@router.get("/{author_id}")
def read_author(author_id: int, session: SessionDep):  # fault: LC107, LC407  # strict fault: LC104, LC501
    """One author."""
    author = session.get(Author, author_id)  # fault: LC103
    if author is None:
        return JSONResponse({"detail": "No such author"}, status_code=404)  # fault: LC307
    return author


@router.post(
    "",
    response_model=AuthorResponse,
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(require_staff)],
)
def create_author(wanted: AuthorCreate, authors: AuthorServiceDep):
    """Add an author."""
    return authors.create(wanted)


@router.put("/{author_id}/update", response_model=AuthorResponse)  # fault: LC401
def update_author(author_id: int, wanted: AuthorUpdate, authors: AuthorServiceDep):  # fault: LC501
    """Correct an author's name."""
    return authors.rename(author_id, wanted)


async def forget(db: AsyncSessionDep, author: Author) -> None:
    """What happens to an author nobody reads."""
    await db.delete(author)  # fault: LC103
    await db.commit()  # fault: LC103


@router.delete("/{author_id}", dependencies=[Depends(require_staff)])
async def delete_author(author_id: int, db: AsyncSessionDep) -> dict[str, str]:  # fault: LC406  # strict fault: LC104
    """Take an author out of the catalogue."""
    author = await db.get(Author, author_id)  # fault: LC103
    if author is None:
        raise NotFoundError(f"No author has the id {author_id}")
    await forget(db, author)
    return {"message": "deleted"}
