"""What the staff reads about the shop."""

from sqlalchemy import column, insert, table, text
from sqlalchemy.orm import Session

from app.core.database import reporting_engine
from app.models import Customer
from app.repositories import OrderRepository
from app.schemas.order import OrderResponse
from app.services.books import BookService
from app.services.pricing import PriceService


nightly_totals = table("nightly_totals", column("day"), column("cents"))


class ReportService:
    def __init__(self, orders: OrderRepository, books: BookService, prices: PriceService) -> None:
        self.orders = orders
        self.books = books
        self.prices = prices

    def average_price(self) -> int:
        """What a book costs on average, with the tax."""
        return self.prices.average()

    def price_of(self, book_id: int) -> int:
        return self.books.existing(book_id).price_cents

    def worth(self, customer: Customer) -> int:
        """What a customer's orders would cost today."""
        ordered = [line.book_id for order in self.orders.page(customer.id, 100, 0) for line in order.lines]
        return sum(self.price_of(book_id) for book_id in ordered)  # fault: LC601

    def latest(self, customer: Customer) -> list[OrderResponse]:
        """A customer's last orders."""
        return [OrderResponse.model_validate(order) for order in self.orders.page(customer.id, 10, 0)]

    def totals(self) -> list[tuple[int, int]]:
        """Rows of the nightly totals."""
        session = Session(reporting_engine)  # fault: LC203, LC617
        rows = session.execute(text("SELECT * FROM nightly_totals"))  # fault: LC114, LC604
        return [(row.day, row.cents) for row in rows]

    def store_total(self, day: int, cents: int) -> None:
        """Write down what a day brought."""
        session = Session(reporting_engine)  # fault: LC203, LC617
        session.execute(insert(nightly_totals).values(day=day, cents=cents))  # fault: LC114
        session.commit()  # fault: LC616
        session.close()
