"""Sales in the database."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.sales.models import Sale


class SaleRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def page(self, limit: int, offset: int) -> Sequence[Sale]:
        """Sales, the newest first."""
        return self.session.scalars(select(Sale).order_by(Sale.id.desc()).limit(limit).offset(offset)).all()

    def add(self, sale: Sale) -> None:
        self.session.add(sale)
        self.session.flush()
        self.session.refresh(sale)
