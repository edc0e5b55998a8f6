import pytest

from checkout.basket import Basket
from checkout.wrapping import greeting, wrapping_cents


@pytest.fixture
def basket():
    basket = Basket()
    basket.add("9780142437247", "Moby-Dick", 1400, 2)
    basket.add("9780156949606", "The Waves", 1250, is_ebook=True)
    return basket


def test_each_book(basket):
    assert wrapping_cents(basket, "plain") == 400


def test_together(basket):
    assert wrapping_cents(basket, "linen", together=True) == 550


def test_unknown_paper(basket):
    with pytest.raises(KeyError):
        wrapping_cents(basket, "newspaper")


def test_long_greetings_are_cut():
    assert len(greeting("x" * 500)) == 200
