"""Reviews in the database, over an asynchronous session."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Book, Customer, Review


class ReviewRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def book_exists(self, book_id: int) -> bool:
        return await self.session.scalar(select(Book.id).where(Book.id == book_id)) is not None

    async def of_customer(self, book_id: int, customer_id: int) -> Review | None:
        query = select(Review).where(Review.book_id == book_id, Review.customer_id == customer_id)
        return (await self.session.scalars(query)).one_or_none()

    async def page(self, book_id: int, limit: int, offset: int) -> Sequence[Review]:
        """A book's reviews, the newest first."""
        query = select(Review).where(Review.book_id == book_id).order_by(Review.id.desc()).limit(limit).offset(offset)
        return (await self.session.scalars(query)).all()

    async def add(self, review: Review) -> Review:
        self.session.add(review)
        await self.session.flush()
        await self.session.refresh(review)
        return review

    async def author_name(self, review: Review) -> str | None:
        """Who wrote a review."""
        return await self.session.scalar(select(Customer.full_name).where(Customer.id == review.customer_id))
