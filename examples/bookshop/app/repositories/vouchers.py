"""Vouchers in the database."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Voucher


class VoucherRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def get(self, voucher_id: int) -> Voucher | None:
        return self.session.get(Voucher, voucher_id)

    def redeemed(self, limit: int, offset: int) -> Sequence[Voucher]:
        """A page of the vouchers that somebody paid with."""
        query = select(Voucher).where(Voucher.redeemed.is_(True)).order_by(Voucher.id).limit(limit).offset(offset)
        return self.session.scalars(query).all()

    def add(self, voucher: Voucher) -> Voucher:
        self.session.add(voucher)
        self.session.flush()
        return voucher
