"""Orders: one transaction takes the stock and writes the order."""

import logging
import sys
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.models import Customer, Order, OrderLine, OrderStatus
from app.repositories import BookRepository, OrderRepository
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
        order = Order(customer_id=customer.id, status=OrderStatus.PLACED)
        for line in wanted.lines:
            book = self.books.get(line.book_id)  # fault: LC601
            if book is None:
                raise NotFoundError(f"No book has the id {line.book_id}")
            if book.stock < line.quantity:
                raise Exception(f"Only {book.stock} of the book {book.id} are left")  # fault: LC301
            book.stock -= line.quantity
            order.lines.append(
                OrderLine(book_id=book.id, quantity=line.quantity, unit_price_cents=book.price_cents)
            )
        self.orders.add(order)
        self.session.commit()
        print(f"Order {order.id} placed")  # fault: LC308
        return order

    def link(self, order: Order) -> str:
        """Where the customer finds the order."""
        from app.api.routes.orders import order_path  # fault: LC101

        return order_path(order.id)

    def cancel(self, customer: Customer, order_id: int) -> Order:
        """Put the books back and mark the order."""
        order = self.read(customer, order_id)
        if order.status == OrderStatus.CANCELLED:
            raise ConflictError("This order is already cancelled")
        books = self.books.by_ids(line.book_id for line in order.lines)
        for line in order.lines:
            book = books[line.book_id]
            if book is not None:
                book.stock += line.quantity
        order.status = OrderStatus.CANCELLED
        self.session.commit()
        logger.info("Order %s cancelled", order.id)  # noqa: LC380  # fault: LC008
        return order

    def cancel_all(self, customer: Customer, order_ids: Sequence[int]) -> None:
        """Cancel several orders."""
        for order_id in order_ids:
            order = self.read(customer, order_id)  # fault: LC601
            order.status = OrderStatus.CANCELLED
            self.session.commit()  # fault: LC614
            sys.stderr.write(f"Order {order_id} cancelled\n")  # layercheck: ignore[LC308] the night shift reads this

    def remove(self, customer: Customer, order_id: int) -> None:
        """Forget an order."""
        self.orders.remove(self.read(customer, order_id))
        self.session.commit()
