"""The tables of the shop; importing this package registers all of them on `Base.metadata`."""

from app.models.author import Author
from app.models.base import Base
from app.models.book import Book
from app.models.customer import Customer, Role
from app.models.order import Order, OrderLine, OrderStatus
from app.models.review import Review
from app.models.supplier import Delivery, Supplier
from app.models.voucher import Voucher

__all__ = [
    "Author",
    "Base",
    "Book",
    "Customer",
    "Delivery",
    "Order",
    "OrderLine",
    "OrderStatus",
    "Review",
    "Role",
    "Supplier",
    "Voucher",
]
