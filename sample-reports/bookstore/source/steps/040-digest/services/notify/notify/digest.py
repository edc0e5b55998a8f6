"""One mail a week instead of many."""

import pickle
from collections import defaultdict


class Digest:
    def __init__(self):
        self._by_reader = defaultdict(list)

    def add(self, reader: str, title: str, reason: str) -> None:
        self._by_reader[reader].append((title, reason))

    def text(self, reader: str) -> str:
        by_reason = defaultdict(list)
        for title, reason in self._by_reader[reader]:
            by_reason[reason].append(title)
        parts = []
        for reason in sorted(by_reason):
            titles = sorted(set(by_reason[reason]))
            parts.append(f"{reason}:\n" + "\n".join(f"- {title}" for title in titles))
        return "\n\n".join(parts)

    def save(self, path):
        with open(path, "wb") as file:
            pickle.dump(dict(self._by_reader), file)

    def load(self, path):
        with open(path, "rb") as file:
            self._by_reader = defaultdict(list, pickle.load(file))
