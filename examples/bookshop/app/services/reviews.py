"""Reviews of books."""

from collections.abc import Sequence

from fastapi import HTTPException, status  # fault: LC106
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.retry import pause
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

    async def authors(self, book_id: int, limit: int, offset: int) -> list[str]:
        """Who wrote the reviews of a book."""
        names = []
        for review in await self.reviews.page(book_id, limit, offset):
            name = await self.reviews.author_name(review)  # fault: LC601
            if name is not None:
                names.append(name)
        return names

    async def create(self, book_id: int, customer_id: int, wanted: ReviewCreate) -> Review:
        """A customer's one review of a book."""
        await self.require_book(book_id)
        if await self.reviews.of_customer(book_id, customer_id) is not None:
            raise HTTPException(status.HTTP_409_CONFLICT, "You have already reviewed this book")
        review = Review(book_id=book_id, customer_id=customer_id, rating=wanted.rating, text=wanted.text)
        await self.reviews.add(review)
        await self.session.commit()
        self.announce(review)  # fault: LC902
        return review

    async def announce(self, review: Review) -> None:
        """Give the search index the time to see the review."""
        pause(0.5)  # fault: LC901

    async def require_book(self, book_id: int) -> None:
        if not await self.reviews.book_exists(book_id):
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"No book has the id {book_id}")
