"""What it costs to send the books."""

from checkout.basket import Basket

FREE_FROM_CENTS = 4500
ZONES = {
    "AT": 2,
    "DE": 1, "FR": 2, "IT": 2, "ES": 2, "DK": 2, "SE": 2, "IE": 3,
}
BASE = {1: 350, 2: 790, 3: 1190}
PER_COPY = {1: 50, 2: 90, 3: 140}
HEAVY_FROM_COPIES = 2


def shipping_cents(basket: Basket, country: str) -> int:
    if not basket.needs_shipping():
        return 0
    zone = ZONES[country]
    if zone == 1 and basket.subtotal >= FREE_FROM_CENTS:
        return 0
    parcels = sum(line.copies for line in basket.lines if not line.is_ebook)
    cents = BASE[zone] + PER_COPY[zone] * max(parcels - 1, 0)
    if parcels >= HEAVY_FROM_COPIES:
        cents += 500
    return cents


def days(country: str, express: bool = False) -> tuple[int, int]:
    zone = ZONES[country]
    if express:
        return 1, zone
    return zone + 1, 2 * zone + 2
