"""Gift vouchers, sold at the desk."""

from fastapi import APIRouter, Depends, status

from app.api.deps import VoucherServiceDep, require_staff
from app.models import Voucher
from app.schemas.common import PageQuery
from app.schemas.voucher import VoucherResponse

router = APIRouter(prefix="/voucher", tags=["vouchers"], dependencies=[Depends(require_staff)])  # strict fault: LC402


@router.get("/redeemed_ones", response_model=list[VoucherResponse])  # strict fault: LC403
def list_redeemed(page: PageQuery, vouchers: VoucherServiceDep):
    """Vouchers that somebody paid with."""
    return vouchers.redeemed(page.limit, page.offset)


@router.get("/{voucher_id}", response_model=VoucherResponse)
def read_voucher(voucher_id: int, vouchers: VoucherServiceDep):
    """One voucher."""
    return vouchers.read(voucher_id)


@router.post("", response_model=VoucherResponse, status_code=status.HTTP_201_CREATED)
def create_voucher(voucher: Voucher, vouchers: VoucherServiceDep):  # fault: LC108
    """Sell a voucher."""
    return vouchers.sell(voucher)
