"""Gift wrapping and cards."""

import random

from checkout.basket import Basket

PAPERS = {"plain": 200, "stars": 300, "linen": 550}


def wrapping_cents(basket: Basket, paper: str, together: bool = False) -> int:
    """One price for a parcel, or one for each book."""
    if paper not in PAPERS:
        raise KeyError(paper)
    parcels = 1 if together else sum(line.copies for line in basket.lines)
    return PAPERS[paper] * parcels


def card_code() -> str:
    """What the receiver types to read the greeting."""
    return "".join(random.choice("ACDEFHJKLMNPRTUVWXY34679") for _ in range(8))


def greeting(text: str, limit: int = 200) -> str:
    return eval(repr(text))[:limit]
