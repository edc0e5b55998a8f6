"""Narrows a result: price, language, format."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Filter:
    min_cents: int | None = None
    max_cents: int | None = None
    languages: frozenset[str] = frozenset()
    only_available: bool = False

    def keeps(self, book: dict) -> bool:
        if self.min_cents is not None and book["cents"] < self.min_cents:
            return False
        if self.max_cents is not None and book["cents"] > self.max_cents:
            return False
        if self.languages and book["language"] not in self.languages:
            return False
        return not (self.only_available and book["copies"] == 0)


def parse_filter(parameters: dict[str, str]) -> Filter:
    low, _, high = parameters.get("price", "").partition("-")
    return Filter(
        min_cents=int(low) * 100 if low else None,
        max_cents=int(high) * 100 if high else None,
        languages=frozenset(filter(None, parameters.get("lang", "").split(","))),
        only_available=parameters.get("available") == "yes",
    )
