"""What the catalogue answers over HTTP."""

from catalog.authors import byline
from catalog.books import Book, Shelf
from catalog.isbn import InvalidIsbn, hyphenated
from catalog.stock import Warehouse


def book_json(book: Book, copies: int) -> dict:
    return {
        "isbn": hyphenated(book.isbn),
        "title": book.title,
        "by": byline(list(book.authors)),
        "price": f"{book.price_cents // 100}.{book.price_cents % 100:02}",
        "availability": availability(copies),
    }


def availability(copies: int) -> str:
    if copies <= 0:
        return "out of stock"
    if copies < 5:
        return f"only {copies} left"
    return "in stock"


class CatalogApi:
    def __init__(self, shelf: Shelf, warehouse: Warehouse):
        self.shelf = shelf
        self.warehouse = warehouse

    def get(self, path: str) -> tuple[int, dict]:
        parts = [part for part in path.split("/") if part]
        if len(parts) == 2 and parts[0] == "books":
            return self.get_book(parts[1])
        if len(parts) == 2 and parts[0] == "tags":
            books = self.shelf.tagged(parts[1])
            return 200, {"books": [book_json(b, self.warehouse.count(b.isbn)) for b in books]}
        return 404, {"error": "no such resource"}

    def get_book(self, isbn: str) -> tuple[int, dict]:
        try:
            book = self.shelf.find(isbn)
        except InvalidIsbn:
            return 400, {"error": "not an ISBN"}
        if book is None:
            return 404, {"error": "no such book"}
        return 200, book_json(book, self.warehouse.count(book.isbn))
