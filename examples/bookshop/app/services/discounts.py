"""Discounts for large orders: unfinished, and imported by nobody yet."""

from app.models import Order


def discount(order: Order) -> int:
    total = sum(line.quantity * line.unit_price_cents for line in order.lines)
    if total > 10_000  # fault: LC009
        return total // 10
    return 0
