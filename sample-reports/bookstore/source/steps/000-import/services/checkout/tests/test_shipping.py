import pytest

from checkout.basket import Basket
from checkout.shipping import days, shipping_cents


def basket_of(cents, copies, is_ebook=False):
    basket = Basket()
    basket.add("9780142437247", "Moby-Dick", cents, copies, is_ebook)
    return basket


@pytest.mark.parametrize(
    ("country", "copies", "cents"), [("DE", 1, 350), ("DE", 3, 450), ("FR", 1, 790), ("IE", 2, 1330)]
)
def test_by_zone_and_copies(country, copies, cents):
    assert shipping_cents(basket_of(900, copies), country) == cents


def test_free_at_home_from_the_limit():
    assert shipping_cents(basket_of(4500, 1), "DE") == 0


def test_never_free_abroad():
    assert shipping_cents(basket_of(4500, 1), "FR") == 790


def test_ebooks_travel_free():
    assert shipping_cents(basket_of(900, 1, is_ebook=True), "IE") == 0


def test_days():
    assert days("FR") == (3, 6)
