import pytest

from catalog.api import CatalogApi, availability
from catalog.books import Book, Shelf
from catalog.stock import Warehouse

MOBY = Book("9780142437247", "Moby-Dick", ("Herman Melville",), 1405, 720, frozenset({"sea"}))


@pytest.fixture
def api():
    return CatalogApi(Shelf([MOBY]), Warehouse({MOBY.isbn: 7}))


def test_book(api):
    status, body = api.get("/books/9780142437247")
    assert status == 200
    assert body["price"] == "14.05"
    assert body["availability"] == "in stock"


def test_unknown_book(api):
    assert api.get("/books/9780156949606")[0] == 404


def test_bad_isbn(api):
    assert api.get("/books/42")[0] == 400


def test_tag(api):
    assert len(api.get("/tags/sea")[1]["books"]) == 1


def test_unknown_resource(api):
    assert api.get("/ships")[0] == 404


@pytest.mark.parametrize(("copies", "text"), [(0, "out of stock"), (4, "only 4 left"), (5, "in stock")])
def test_availability(copies, text):
    assert availability(copies) == text
