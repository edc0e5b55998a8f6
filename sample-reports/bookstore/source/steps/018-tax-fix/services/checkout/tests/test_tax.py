import pytest

from checkout.basket import Basket
from checkout.tax import UnknownCountry, basket_tax, line_tax, rate, tax_of


def basket_of(*lines):
    basket = Basket()
    for number, (cents, copies, is_ebook) in enumerate(lines):
        basket.add(str(number), f"Book {number}", cents, copies, is_ebook)
    return basket


@pytest.mark.parametrize(
    ("cents", "percent", "tax"), [(1070, 7, 70), (999, 7, 65), (1250, 25, 250), (1, 7, 0), (800, 0, 0)]
)
def test_tax_of(cents, percent, tax):
    assert tax_of(cents, percent) == tax


def test_ebook_rate_in_ireland():
    assert rate("IE", is_ebook=True) == 9
    assert rate("IE") == 0


def test_unknown_country():
    with pytest.raises(UnknownCountry):
        rate("XX")


@pytest.mark.parametrize("country, tax", [("DE", 78), ("FR", 57), ("DK", 239)])
def test_rounds_once_for_each_rate(country, tax):
    basket = basket_of((299, 1, False), (299, 1, False), (299, 1, False), (299, 1, False))
    assert basket_tax(basket, country) == tax


def test_mixed_rates():
    basket = basket_of((1000, 1, False), (1000, 1, True))
    assert basket_tax(basket, "IE") == 83


def test_the_tax_of_a_line_is_not_rounded_for_each_copy():
    basket = basket_of((299, 4, False))
    assert line_tax(basket.lines[0], "DE") == basket_tax(basket, "DE") == 78
