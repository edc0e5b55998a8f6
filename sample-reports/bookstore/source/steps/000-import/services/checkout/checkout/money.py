"""Amounts in cents; no floating point anywhere."""

from decimal import ROUND_HALF_UP, Decimal


def round_cents(amount: Decimal) -> int:
    return int(amount.quantize(Decimal("1"), rounding=ROUND_HALF_UP))


def format_cents(cents: int, currency: str = "EUR") -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02} {currency}"


def share(total: int, weights: list[int]) -> list[int]:
    """Splits a total by weights so that the parts add up to it."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    for position in range(total - sum(parts)):
        parts[position] += 1
    return parts
