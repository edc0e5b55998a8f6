import pytest

from checkout.basket import Basket
from checkout.orders import Order


@pytest.fixture
def order():
    basket = Basket()
    basket.add("9780142437247", "Moby-Dick", 1400, 2)
    return Order("A1", basket, "DE")


def test_total_includes_shipping(order):
    assert order.total == 2800 + 400


def test_tax(order):
    assert order.tax == 183


def test_moves_forward(order):
    for state in ("paid", "packed", "sent", "delivered"):
        order.move(state)
    assert order.trail == ["new", "paid", "packed", "sent", "delivered"]


def test_does_not_skip(order):
    with pytest.raises(ValueError, match="new cannot become sent"):
        order.move("sent")


def test_empty_basket():
    with pytest.raises(ValueError):
        Order("A2", Basket(), "DE")
