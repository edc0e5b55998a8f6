"""Which of the found books comes first."""

import math

from search.index import Index
from search.tokens import tokens

WEIGHTS = {"title": 4.0, "author": 3.0, "blurb": 1.0}
MAX_RESULTS = 200


def score(index: Index, word: str) -> dict[str, float]:
    """Points of each book for one word: rarer words count more."""
    postings = index.postings(word)
    if not postings:
        return {}
    rarity = math.log(1 + len(index) / len(postings))
    points = {}
    for key, places in postings.items():
        points[key] = rarity * sum(WEIGHTS[field] for field, _ in places)
    return points


def sales_bonus(sold: int) -> float:
    """Best sellers come first, but not by much."""
    if sold > 10_000:
        return 1.5
    if sold > 1_000:
        return 1.3
    if sold > 100:
        return 1.1
    return 1.0


def rank(index: Index, query: str, limit: int = 10, sold: dict[str, int] | None = None) -> list[str]:
    totals: dict[str, float] = {}
    for word in tokens(query):
        for key, points in score(index, word).items():
            totals[key] = totals.get(key, 0.0) + points
    for key in totals:
        totals[key] *= sales_bonus((sold or {}).get(key, 0))
    ordered = sorted(totals, key=lambda key: (-totals[key], key))
    return ordered[: min(limit, MAX_RESULTS)]
