from checkout.basket import Basket
from checkout.orders import Order
from checkout.receipts import receipt


def order_of(title):
    basket = Basket()
    basket.add("9780142437247", title, 1400, 2)
    return Order("A1", basket, "DE")


def test_rows_have_the_same_width():
    rows = receipt(order_of("Moby-Dick")).split("\n")
    assert {len(row) for row in rows[1:]} == {48}


def test_total_is_printed():
    assert "32.00 EUR" in receipt(order_of("Moby-Dick"))


def test_long_titles_are_cut():
    assert "…" in receipt(order_of("The Life and Opinions of Tristram Shandy, Gentleman"))
