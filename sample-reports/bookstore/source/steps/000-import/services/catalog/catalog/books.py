"""The books on sale."""

from dataclasses import dataclass, field

from catalog.isbn import to_isbn13


@dataclass(frozen=True)
class Book:
    isbn: str
    title: str
    authors: tuple[str, ...] = ()
    price_cents: int = 0
    pages: int = 0
    tags: frozenset[str] = field(default_factory=frozenset)

    @property
    def sort_title(self) -> str:
        """The title without a leading article."""
        first, _, rest = self.title.partition(" ")
        if rest and first.lower() in {"the", "a", "an"}:
            return f"{rest}, {first}"
        return self.title


class Shelf:
    """Books by ISBN, kept in memory."""

    def __init__(self, books=()):
        self._books = {}
        for book in books:
            self.add(book)

    def __len__(self) -> int:
        return len(self._books)

    def add(self, book: Book) -> None:
        self._books[to_isbn13(book.isbn)] = book

    def find(self, isbn: str) -> Book | None:
        return self._books.get(to_isbn13(isbn))

    def remove(self, isbn: str) -> bool:
        return self._books.pop(to_isbn13(isbn), None) is not None

    def tagged(self, tag: str) -> list[Book]:
        return sorted((b for b in self._books.values() if tag in b.tags), key=lambda b: b.sort_title)

    def page(self, number: int, size: int = 20) -> list[Book]:
        if number < 1 or size < 1:
            raise ValueError("pages are counted from 1")
        ordered = sorted(self._books.values(), key=lambda b: b.sort_title)
        return ordered[(number - 1) * size : number * size]
