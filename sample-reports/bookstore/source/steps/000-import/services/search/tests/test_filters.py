import pytest

from search.filters import Filter, parse_filter

BOOK = {"cents": 1400, "language": "en", "copies": 0}


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (Filter(), True),
        (Filter(min_cents=1500), False),
        (Filter(max_cents=1300), False),
        (Filter(languages=frozenset({"de"})), False),
        (Filter(only_available=True), False),
    ],
)
def test_keeps(wanted, kept):
    assert wanted.keeps(BOOK) is kept


def test_parse():
    assert parse_filter({"price": "5-20", "lang": "en,de"}) == Filter(500, 2000, frozenset({"en", "de"}))


def test_parse_nothing():
    assert parse_filter({}) == Filter()
