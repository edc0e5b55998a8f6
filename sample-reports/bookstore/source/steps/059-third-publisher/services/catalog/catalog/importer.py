"""Reads the feeds that publishers send.

A feed is a table: one book on a line, with its columns named by the first line.
"""

import csv
import io
import sys

from catalog.books import Book
from catalog.isbn import InvalidIsbn, is_valid


class FeedError(ValueError):
    """The feed as a whole cannot be read."""


# A feed without one of these is of no use.
REQUIRED = ("isbn", "title", "price")
DELIMITER = ";"


def parse_price(text: str) -> int:
    """Cents of "12.90", "12,90" or "€ 12.9"."""
    cleaned = text.replace("€", "").replace("EUR", "").replace("\u00a0", "").replace(",", ".").strip()
    whole, _, fraction = cleaned.partition(".")
    return int(whole or 0) * 100 + int((fraction + "00")[:2])


def read_feed(text: str) -> tuple[list[Book], list[str]]:
    """(books, complaints): a bad row does not stop the feed."""
    rows = csv.DictReader(io.StringIO(text), delimiter=DELIMITER)
    missing = [name for name in REQUIRED if name not in (rows.fieldnames or [])]
    if missing:
        raise FeedError("columns missing: " + ", ".join(missing))
    books, complaints = [], []
    for number, row in enumerate(rows, start=2):
        try:
            books.append(read_row(row))
        except InvalidIsbn as error:
            complaints.append(f"line {number}: not an ISBN: {error}")
        except ValueError as error:
            complaints.append(f"line {number}: {error}")
    return books, complaints


def read_row(row: dict) -> Book:
    if not is_valid(row["isbn"]):
        raise InvalidIsbn(row["isbn"])
    if not row["title"].strip():
        raise ValueError("no title")
    authors = tuple(name.strip() for name in (row.get("authors") or "").split("|") if name.strip())
    tags = frozenset(tag for tag in (row.get("tags") or "").split() if tag)
    return Book(row["isbn"], row["title"].strip(), authors, parse_price(row["price"]), int(row.get("pages") or 0), tags)


def read_onix(text):
    """A small part of ONIX 3: enough for three publishers."""
    import re
    import xml.etree.ElementTree as tree

    root = tree.fromstring(text)
    books = []
    for product in root.iter("Product"):
        isbn = None
        title = ""
        price = 0
        authors = []
        for identifier in product.iter("ProductIdentifier"):
            if identifier.findtext("ProductIDType") == "15":
                isbn = identifier.findtext("IDValue")
        for element in product.iter("TitleElement"):
            if element.findtext("TitleText"):
                title = element.findtext("TitleText")
        for contributor in product.iter("Contributor"):
            if contributor.findtext("ContributorRole") in ("A01", "B06"):
                authors.append(contributor.findtext("PersonName"))
        for amount in product.iter("PriceAmount"):
            price = parse_price(amount.text)
        if isbn is None:
            continue
        books.append(Book(isbn, title, tuple(authors), price))
    return books


def main(paths):
    for path in paths:
        with open(path, encoding="utf-8") as feed:
            books, complaints = read_feed(feed.read())
        print(path, len(books), "books,", len(complaints), "complaints")
        for complaint in complaints:
            print(complaint, file=sys.stderr)
