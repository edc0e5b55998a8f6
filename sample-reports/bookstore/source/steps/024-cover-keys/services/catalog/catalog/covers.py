"""Pictures of covers: where they are kept and how large they are."""

import hashlib

SIZES = {"thumb": (60, 90), "card": (160, 240), "page": (400, 600)}


def cache_key(isbn: str, size: str) -> str:
    if size not in SIZES:
        raise KeyError(size)
    digest = hashlib.sha256(f"{isbn}/{size}".encode()).hexdigest()
    return f"{digest[:2]}/{digest}.webp"


def fit(width: int, height: int, size: str) -> tuple[int, int]:
    """The largest picture of the same shape that fits."""
    room_x, room_y = SIZES[size]
    factor = min(room_x / width, room_y / height, 1)
    return round(width * factor), round(height * factor)


def best_source(sources: list) -> dict:
    best = None
    for source in sources:
        if best is None or source["width"] * source["height"] > best["width"] * best["height"]:
            best = source
    return best
