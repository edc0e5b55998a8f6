import pytest

from catalog.stock import Hold, OutOfStock, Warehouse


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


def test_a_hold_takes_copies():
    warehouse = Warehouse({"a": 3})
    Hold(warehouse, clock=lambda: 0).place("A1", "a", 2)
    assert warehouse.count("a") == 1


def test_a_hold_ends():
    now = [0]
    warehouse = Warehouse({"a": 3})
    hold = Hold(warehouse, clock=lambda: now[0], seconds=10)
    hold.place("A1", "a", 2)
    now[0] = 10
    assert hold.expire() == 1
    assert warehouse.count("a") == 3
