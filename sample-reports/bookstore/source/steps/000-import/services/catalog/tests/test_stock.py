import pytest

from catalog.stock import OutOfStock, Warehouse


def test_unknown_book_has_no_copies():
    assert Warehouse().count("9780142437247") == 0


def test_receive_adds():
    warehouse = Warehouse({"9780142437247": 2})
    assert warehouse.receive("9780142437247", 3) == 5


def test_receive_nothing_is_refused():
    with pytest.raises(ValueError):
        Warehouse().receive("9780142437247", 0)


def test_take():
    assert Warehouse({"9780142437247": 2}).take("9780142437247") == 1


def test_take_too_many():
    with pytest.raises(OutOfStock, match="2 left, 3 asked for"):
        Warehouse({"9780142437247": 2}).take("9780142437247", 3)


def test_low():
    assert Warehouse({"b": 2, "a": 0, "c": 9}).low() == ["a", "b"]
