"""Objects that are no sessions, with methods that sessions have."""

from dataclasses import dataclass, field

from library import Book
from sqlalchemy import select
from sqlalchemy.orm import Session


@dataclass
class Basket:
    things: dict[int, str] = field(default_factory=dict)

    def get(self, key: int) -> str:
        return self.things.get(key, "")

    def execute(self, command: str) -> str:
        return command.upper()

    def scalar(self, number: int) -> int:
        return number * 2

    def refresh(self, key: int) -> None:
        self.things.pop(key, None)

    def flush(self) -> None:
        self.things.clear()


def run(session: Session) -> list[str]:
    basket = Basket({book.id: book.title for book in session.scalars(select(Book))})
    out = []
    for key in list(basket.things):
        out.append(basket.execute(basket.get(key)) * (basket.scalar(key) > 0))
        basket.refresh(key)
        basket.flush()
    return out
