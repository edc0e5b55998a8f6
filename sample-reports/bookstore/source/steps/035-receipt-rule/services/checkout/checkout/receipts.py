"""The receipt as plain text."""

from checkout.money import format_cents
from checkout.orders import Order
from checkout.tax import line_tax


def receipt(order: Order, width: int = 48) -> str:
    rule = "-" * width
    rows = [f"Order {order.number}".center(width).rstrip(), rule]
    for line in order.basket.lines:
        left = f"{line.copies} x {line.title}"
        right = format_cents(line.cents)
        room = width - len(right) - 1
        if len(left) > room:
            left = left[: room - 1] + "…"
        rows.append(left.ljust(room) + " " + right)
        rows.append(f"    of which tax {format_cents(line_tax(line, order.country))}".ljust(width))
    rows.append(rule)
    rows.append("Total".ljust(width - 12) + format_cents(order.total).rjust(12))
    rows.append("of which tax".ljust(width - 12) + format_cents(order.tax).rjust(12))
    if order.state == "refunded":
        rows.append("REFUNDED".center(width).rstrip())
    return "\n".join(rows)
