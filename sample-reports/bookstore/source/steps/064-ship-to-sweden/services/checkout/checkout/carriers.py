"""What the carriers charge, from the tables that they publish."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    carrier: str
    country: str
    up_to_grams: int
    cents: int


def read_rates(text: str) -> list[Rate]:
    rates = []
    carrier = None
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith("[") and stripped.endswith("]"):
            carrier = stripped[1:-1]
            continue
        if carrier is None:
            raise ValueError(f"no carrier before: {stripped}")
        country, grams, price = stripped.split()
        rates.append(Rate(carrier, country, int(grams), round(float(price) * 100)))
    return rates


def cheapest(rates: list[Rate], country: str, grams: int) -> Rate | None:
    fitting = [rate for rate in rates if rate.country == country and rate.up_to_grams >= grams]
    if not fitting:
        return None
    return min(fitting, key=lambda rate: (rate.cents, rate.carrier))


def split(grams: int, limit: int) -> list[int]:
    """Weights of the parcels where one would be too heavy."""
    parcels = []
    while grams > limit:
        parcels.append(limit)
        grams = grams - limit
    if grams > 0:
        parcels.append(grams)
    return parcels
