"""What the API gives for vouchers."""

from app.schemas.common import FromRow


class VoucherResponse(FromRow):
    id: int
    code: str
    cents: int
    redeemed: bool
