"""Orders: one transaction takes the stock and writes the order."""

import logging
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.models import Customer, Order, OrderLine, OrderStatus
from app.repositories.books import BookRepository
from app.repositories.orders import OrderRepository
from app.schemas.order import OrderCreate

logger = logging.getLogger(__name__)


class OrderService:
    def __init__(self, session: Session, orders: OrderRepository, books: BookRepository) -> None:
        self.session = session
        self.orders = orders
        self.books = books

    def page(self, customer: Customer, limit: int, offset: int) -> Sequence[Order]:
        """A customer's orders, the newest first."""
        return self.orders.page(customer.id, limit, offset)

    def read(self, customer: Customer, order_id: int) -> Order:
        """One order of the customer; ForbiddenError for somebody else's."""
        order = self.orders.get(order_id)
        if order is None:
            raise NotFoundError(f"No order has the id {order_id}")
        if order.customer_id != customer.id:
            raise ForbiddenError("This order belongs to another customer")
        return order

    def place(self, customer: Customer, wanted: OrderCreate) -> Order:
        """Take the books from the stock and write the order, or do neither."""
        quantities: dict[int, int] = {}
        for line in wanted.lines:
            quantities[line.book_id] = quantities.get(line.book_id, 0) + line.quantity
        books = self.books.by_ids(quantities)
        order = Order(customer_id=customer.id, status=OrderStatus.PLACED)
        for book_id, quantity in quantities.items():
            book = books.get(book_id)
            if book is None:
                raise NotFoundError(f"No book has the id {book_id}")
            if book.stock < quantity:
                raise ConflictError(f"Only {book.stock} of the book {book_id} are left")
            book.stock -= quantity
            order.lines.append(OrderLine(book_id=book_id, quantity=quantity, unit_price_cents=book.price_cents))
        self.orders.add(order)
        self.session.commit()
        logger.info("Order %s placed with %d lines", order.id, len(order.lines))
        return order

    def cancel(self, customer: Customer, order_id: int) -> Order:
        """Put the books back and mark the order."""
        order = self.read(customer, order_id)
        if order.status == OrderStatus.CANCELLED:
            raise ConflictError("This order is already cancelled")
        books = self.books.by_ids(line.book_id for line in order.lines)
        for line in order.lines:
            books[line.book_id].stock += line.quantity
        order.status = OrderStatus.CANCELLED
        self.session.commit()
        logger.info("Order %s cancelled", order.id)
        return order
