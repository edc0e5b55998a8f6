"""Value added tax. Books have a lower rate; so have e-books in some countries."""

from decimal import Decimal

from checkout.basket import Basket, Line
from checkout.money import round_cents

BOOK_RATES = {"AT": 10, "DE": 7, "FR": 5, "IT": 4, "ES": 4, "IE": 0, "DK": 25}
EBOOK_RATES = {"AT": 10, "DE": 7, "FR": 5, "IT": 4, "ES": 4, "IE": 9, "DK": 25}


class UnknownCountry(KeyError):
    """We do not sell there."""


def rate(country: str, is_ebook: bool = False) -> int:
    rates = EBOOK_RATES if is_ebook else BOOK_RATES
    if country not in rates:
        raise UnknownCountry(country)
    return rates[country]


def tax_of(cents: int, percent: int) -> int:
    """The tax contained in a gross amount."""
    return round_cents(Decimal(cents) * percent / (100 + percent))


def basket_tax(basket: Basket, country: str) -> int:
    by_rate: dict[int, int] = {}
    for line in basket.lines:
        percent = rate(country, line.is_ebook)
        by_rate[percent] = by_rate.get(percent, 0) + line.cents
    return sum(tax_of(cents, percent) for percent, cents in by_rate.items())


def line_tax(line: Line, country: str) -> int:
    """The tax of one line, as the receipt shows it."""
    return tax_of(line.cents, rate(country, line.is_ebook))
