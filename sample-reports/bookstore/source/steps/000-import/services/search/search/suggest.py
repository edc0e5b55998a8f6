"""Completes what a visitor types."""

from bisect import bisect_left

from search.tokens import fold


class Suggestions:
    def __init__(self, titles):
        self._entries = sorted((fold(title), title) for title in titles)

    def complete(self, typed: str, limit: int = 5) -> list[str]:
        prefix = fold(typed)
        if not prefix:
            return []
        found = []
        for folded, title in self._entries[bisect_left(self._entries, (prefix,)) :]:
            if not folded.startswith(prefix) or len(found) == limit:
                break
            found.append(title)
        return found
