"""Prices with and without the tax on books."""

TAX_PER_CENT = 7


def with_tax(cents: int) -> int:
    return cents + cents * TAX_PER_CENT // 100


def without_tax(cents: int) -> int:
    return cents * 100 // (100 + TAX_PER_CENT)
