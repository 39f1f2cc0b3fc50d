"""Selling papers over the counter."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kiosk.config import CURRENCY
from kiosk.papers.repository import PaperRepository  # fault: LC112
from kiosk.sales.models import Sale
from kiosk.sales.repository import SaleRepository
from kiosk.sales.schemas import SaleCreate


class SaleService:
    def __init__(self, session: Session, sales: SaleRepository, papers: PaperRepository) -> None:
        self.session = session
        self.sales = sales
        self.papers = papers

    def page(self, limit: int, offset: int) -> Sequence[Sale]:
        """Sales, the newest first."""
        return self.sales.page(limit, offset)

    def sell(self, wanted: SaleCreate) -> Sale | None:
        """Take copies from the rack; None when there are not as many."""
        paper = self.papers.locked(wanted.paper_id)
        if paper is None or paper.copies < wanted.copies:
            return None
        paper.copies -= wanted.copies
        total = paper.price_cents * wanted.copies
        sale = Sale(paper_id=paper.id, copies=wanted.copies, total_cents=total, currency=CURRENCY)
        self.sales.add(sale)
        self.session.commit()
        return sale
