import pytest

from catalog.importer import FeedError, parse_price, read_feed, read_onix

FEED = """isbn;title;authors;price;pages;tags
9780142437247;Moby-Dick;Herman Melville;14.00;720;sea classic
9780156949600;The Waves;Virginia Woolf;12.50;297;classic
9780684801223;;Ernest Hemingway;9.90;128;sea
"""


def test_good_rows_are_read():
    books, _ = read_feed(FEED)
    assert [b.title for b in books] == ["Moby-Dick"]
    assert books[0].tags == {"sea", "classic"}


def test_bad_rows_are_named():
    _, complaints = read_feed(FEED)
    assert complaints == ["line 3: not an ISBN: 9780156949600", "line 4: no title"]


def test_missing_columns():
    with pytest.raises(FeedError, match="title, price"):
        read_feed("isbn\n1\n")


@pytest.mark.parametrize(("text", "cents"), [("12.90", 1290), ("12,9", 1290), ("€ 7", 700), ("7 EUR", 700), (".5", 50)])
def test_parse_price(text, cents):
    assert parse_price(text) == cents


ONIX = """<ONIXMessage><Product>
<ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9780156949606</IDValue></ProductIdentifier>
<TitleElement><TitleText>The Waves</TitleText></TitleElement>
<Contributor><ContributorRole>A01</ContributorRole><PersonName>Virginia Woolf</PersonName></Contributor>
<PriceAmount>12.50</PriceAmount></Product></ONIXMessage>"""


def test_onix():
    (book,) = read_onix(ONIX)
    assert (book.title, book.price_cents) == ("The Waves", 1250)
