import pytest

from catalog.books import Book, Shelf

MOBY = Book("9780142437247", "Moby-Dick", ("Herman Melville",), 1400, 720, frozenset({"sea", "classic"}))
WAVES = Book("9780156949606", "The Waves", ("Virginia Woolf",), 1250, 297, frozenset({"classic"}))
SEA = Book("9780684801223", "The Old Man and the Sea", ("Ernest Hemingway",), 990, 128, frozenset({"sea"}))


@pytest.fixture
def shelf():
    return Shelf([MOBY, WAVES, SEA])


def test_find(shelf):
    assert shelf.find("978-0-14-243724-7") is MOBY


def test_find_by_ten_digits(shelf):
    assert shelf.find("0156949601") is WAVES


def test_remove(shelf):
    assert shelf.remove(SEA.isbn)
    assert not shelf.remove(SEA.isbn)
    assert len(shelf) == 2


def test_tagged_sorts_without_article(shelf):
    assert [b.title for b in shelf.tagged("sea")] == ["Moby-Dick", "The Old Man and the Sea"]


def test_pages(shelf):
    assert [b.title for b in shelf.page(2, size=2)] == ["The Waves"]


def test_page_zero_is_refused(shelf):
    with pytest.raises(ValueError):
        shelf.page(0)


@pytest.mark.parametrize(
    ("title", "expected"),
    [("The Waves", "Waves, The"), ("A Room", "Room, A"), ("Emma", "Emma"), ("The", "The")],
)
def test_sort_title(title, expected):
    assert Book("9780142437247", title).sort_title == expected
