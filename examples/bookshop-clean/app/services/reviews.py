"""Reviews of books."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import ConflictError, NotFoundError
from app.models import Review
from app.repositories.reviews import ReviewRepository
from app.schemas.review import ReviewCreate


class ReviewService:
    def __init__(self, session: AsyncSession, reviews: ReviewRepository) -> None:
        self.session = session
        self.reviews = reviews

    async def page(self, book_id: int, limit: int, offset: int) -> Sequence[Review]:
        """A book's reviews, the newest first."""
        await self.require_book(book_id)
        return await self.reviews.page(book_id, limit, offset)

    async def create(self, book_id: int, customer_id: int, wanted: ReviewCreate) -> Review:
        """A customer's one review of a book."""
        await self.require_book(book_id)
        if await self.reviews.of_customer(book_id, customer_id) is not None:
            raise ConflictError("You have already reviewed this book")
        review = Review(book_id=book_id, customer_id=customer_id, rating=wanted.rating, text=wanted.text)
        await self.reviews.add(review)
        await self.session.commit()
        return review

    async def require_book(self, book_id: int) -> None:
        if not await self.reviews.book_exists(book_id):
            raise NotFoundError(f"No book has the id {book_id}")
