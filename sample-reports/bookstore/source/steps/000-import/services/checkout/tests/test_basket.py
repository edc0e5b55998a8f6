import pytest

from checkout.basket import Basket


@pytest.fixture
def basket():
    basket = Basket()
    basket.add("9780142437247", "Moby-Dick", 1400, 2)
    basket.add("9780156949606", "The Waves", 1250, is_ebook=True)
    return basket


def test_subtotal(basket):
    assert basket.subtotal == 4050


def test_same_book_twice_is_one_line(basket):
    basket.add("9780142437247", "Moby-Dick", 1400)
    assert [line.copies for line in basket.lines] == [3, 1]


def test_change(basket):
    basket.change("9780142437247", 1)
    assert basket.copies == 2


def test_change_to_nothing_removes(basket):
    basket.change("9780142437247", 0)
    assert basket.line("9780142437247") is None


def test_change_unknown(basket):
    with pytest.raises(KeyError):
        basket.change("9780684801223", 1)


def test_no_more_than_the_limit(basket):
    basket.add("9780142437247", "Moby-Dick", 1400, 500)
    assert basket.line("9780142437247").copies == Basket.MAX_COPIES


def test_ebooks_are_not_shipped(basket):
    assert basket.needs_shipping()
    basket.change("9780142437247", 0)
    assert not basket.needs_shipping()
