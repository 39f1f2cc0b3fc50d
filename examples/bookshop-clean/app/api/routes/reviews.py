"""Reviews of a book."""

from fastapi import APIRouter, status

from app.api.deps import CurrentCustomer, ReviewServiceDep
from app.schemas.common import PageQuery
from app.schemas.review import ReviewCreate, ReviewResponse

router = APIRouter(prefix="/books/{book_id}/reviews", tags=["reviews"])


@router.get("", response_model=list[ReviewResponse])
async def list_reviews(book_id: int, page: PageQuery, reviews: ReviewServiceDep):
    """A book's reviews, the newest first."""
    return await reviews.page(book_id, page.limit, page.offset)


@router.post("", response_model=ReviewResponse, status_code=status.HTTP_201_CREATED)
async def create_review(book_id: int, wanted: ReviewCreate, customer: CurrentCustomer, reviews: ReviewServiceDep):
    """Review a book, once."""
    return await reviews.create(book_id, customer.id, wanted)
