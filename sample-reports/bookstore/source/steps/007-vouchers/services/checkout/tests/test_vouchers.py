import pytest

from checkout.vouchers import Voucher, VoucherBook


@pytest.fixture
def book():
    book = VoucherBook()
    book.issue(Voucher("GIFT5", cents=500))
    book.issue(Voucher("SPRING", percent=10))
    book.issue(Voucher("LOYAL", percent=5, from_cents=8000))
    return book


def test_never_worth_more_than_the_basket():
    assert Voucher("GIFT50", cents=5000).worth(1200) == 1200


def test_waits_for_the_minimum():
    assert Voucher("LOYAL", percent=5, from_cents=8000).worth(7999) == 0


def test_best_of_a_small_basket(book):
    assert book.best(2000).code == "GIFT5"


def test_best_of_a_large_basket(book):
    assert book.best(9000).code == "SPRING"


def test_first_issued_wins_a_tie(book):
    assert book.best(5000).code == "GIFT5"


def test_a_code_works_once(book):
    book.redeem("GIFT5")
    assert book.best(2000).code == "SPRING"
    with pytest.raises(ValueError, match="was used before"):
        book.redeem("GIFT5")
