"""From text to words that can be looked up."""

import re
import unicodedata

STOP_WORDS = frozenset({"a", "an", "and", "in", "of", "the", "to"})
WORD = re.compile(r"[a-z0-9]+")


def fold(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def stem(word: str) -> str:
    for ending in ("ies", "es", "s", "ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def tokens(text: str) -> list[str]:
    return [stem(word) for word in WORD.findall(fold(text)) if word not in STOP_WORDS]
