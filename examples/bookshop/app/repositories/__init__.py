"""Database access."""

from app.repositories.books import BookRepository
from app.repositories.orders import OrderRepository

__all__ = ["BookRepository", "OrderRepository"]
