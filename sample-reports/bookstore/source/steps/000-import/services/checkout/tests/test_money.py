from decimal import Decimal

import pytest

from checkout.money import format_cents, round_cents, share


@pytest.mark.parametrize(("amount", "cents"), [("1.4", 1), ("1.5", 2), ("2.5", 3), ("-0.5", -1)])
def test_round_half_up(amount, cents):
    assert round_cents(Decimal(amount)) == cents


def test_format():
    assert format_cents(123456) == "1234.56 EUR"


def test_format_negative():
    assert format_cents(-5, "DKK") == "-0.05 DKK"


def test_share_adds_up():
    assert share(100, [1, 1, 1]) == [34, 33, 33]


def test_share_of_nothing():
    assert share(100, [0, 0]) == [0, 0]
