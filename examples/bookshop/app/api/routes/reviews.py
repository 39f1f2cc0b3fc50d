"""Reviews of a book."""

from fastapi import APIRouter, status

from app.api.deps import CurrentCustomer, ReviewServiceDep
from app.schemas.common import PageQuery
from app.schemas.review import ReviewCreate, ReviewFilter, ReviewResponse

router = APIRouter(prefix="/books/{book_id}/reviews", tags=["reviews"])


@router.get("", response_model=list[ReviewResponse])
async def list_reviews(book_id: int, page: PageQuery, reviews: ReviewServiceDep):  # strict fault: LC501
    """A book's reviews, the newest first."""
    return await reviews.page(book_id, page.limit, page.offset)


@router.get("/authors")
async def list_review_authors(book_id: int, page: PageQuery, reviews: ReviewServiceDep) -> list[str]:  # strict fault: LC501
    """Who wrote a book's reviews."""
    return await reviews.authors(book_id, page.limit, page.offset)


@router.get("/chosen", response_model=list[ReviewResponse])
async def list_chosen(book_id: int, page: PageQuery, wanted: ReviewFilter, reviews: ReviewServiceDep):  # fault: LC419  # strict fault: LC501
    """A book's reviews of one rating."""
    return [review for review in await reviews.page(book_id, page.limit, page.offset) if review.rating == wanted.rating]


@router.post("", response_model=ReviewResponse, status_code=status.HTTP_201_CREATED)
async def create_review(book_id: int, wanted: ReviewCreate, customer: CurrentCustomer, reviews: ReviewServiceDep):
    """Review a book, once."""
    return await reviews.create(book_id, customer.id, wanted)
