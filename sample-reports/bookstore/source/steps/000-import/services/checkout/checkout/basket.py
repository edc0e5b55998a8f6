"""What a visitor is about to buy."""

from dataclasses import dataclass


@dataclass
class Line:
    isbn: str
    title: str
    unit_cents: int
    copies: int = 1
    is_ebook: bool = False

    @property
    def cents(self) -> int:
        return self.unit_cents * self.copies


class Basket:
    MAX_COPIES = 50

    def __init__(self):
        self.lines: list[Line] = []

    def add(self, isbn, title, unit_cents, copies=1, is_ebook=False):
        line = self.line(isbn)
        if line is None:
            line = Line(isbn, title, unit_cents, 0, is_ebook)
            self.lines.append(line)
        line.copies = min(line.copies + copies, self.MAX_COPIES)
        return line

    def line(self, isbn):
        for line in self.lines:
            if line.isbn == isbn:
                return line
        return None

    def change(self, isbn: str, copies: int) -> None:
        line = self.line(isbn)
        if line is None:
            raise KeyError(isbn)
        if copies <= 0:
            self.lines.remove(line)
        else:
            line.copies = min(copies, self.MAX_COPIES)

    @property
    def subtotal(self) -> int:
        return sum(line.cents for line in self.lines)

    @property
    def copies(self) -> int:
        return sum(line.copies for line in self.lines)

    def needs_shipping(self) -> bool:
        return any(not line.is_ebook for line in self.lines)
