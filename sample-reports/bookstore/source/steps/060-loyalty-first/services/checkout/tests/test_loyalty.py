import pytest

from checkout.loyalty import Account


def test_a_point_for_every_euro():
    assert Account("ada").earn(1290) == 12


def test_librarians_earn_more():
    assert Account("ada", 2000).earn(1000) == 15


def test_points_are_spent():
    account = Account("ada", 600)
    assert account.spend(100) == 200
    assert account.level == "bookworm"


def test_no_more_than_there_are():
    with pytest.raises(ValueError):
        Account("ada", 10).spend(11)
