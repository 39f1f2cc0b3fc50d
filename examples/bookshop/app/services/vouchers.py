"""Gift vouchers."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.models import Voucher
from app.repositories.vouchers import VoucherRepository


class VoucherService:
    def __init__(self, session: Session, vouchers: VoucherRepository) -> None:
        self.session = session
        self.vouchers = vouchers

    def read(self, voucher_id: int) -> Voucher:
        voucher = self.vouchers.get(voucher_id)
        if voucher is None:
            raise NotFoundError(f"No voucher has the id {voucher_id}")
        return voucher

    def redeemed(self, limit: int, offset: int) -> Sequence[Voucher]:
        """A page of the vouchers that somebody paid with."""
        return self.vouchers.redeemed(limit, offset)

    def sell(self, voucher: Voucher) -> Voucher:
        """Write down a voucher that was paid at the desk."""
        self.vouchers.add(voucher)
        self.session.commit()
        return voucher
