"""An inverted index in memory."""

from collections import defaultdict

from search.tokens import tokens


class Index:
    FIELDS = ("title", "author", "blurb")

    def __init__(self):
        self._postings = defaultdict(lambda: defaultdict(list))
        self._documents = {}

    def __len__(self) -> int:
        return len(self._documents)

    def add(self, key: str, **fields: str) -> None:
        unknown = set(fields) - set(self.FIELDS)
        if unknown:
            raise ValueError(f"unknown fields: {sorted(unknown)}")
        if key in self._documents:
            self.remove(key)
        self._documents[key] = fields
        for name, text in fields.items():
            for position, word in enumerate(tokens(text)):
                self._postings[word][key].append((name, position))

    def phrase(self, words: list[str]) -> list[str]:
        """Books that have the words next to each other."""
        found = []
        for key in self._documents:
            for name in self.FIELDS:
                places = [
                    {position for field, position in self.postings(word).get(key, []) if field == name}
                    for word in words
                ]
                if places and any(
                    all(start + offset in place for offset, place in enumerate(places)) for start in places[0]
                ):
                    found.append(key)
                    break
        return found

    def remove(self, key: str) -> None:
        self._documents.pop(key, None)
        for word in list(self._postings):
            self._postings[word].pop(key, None)
            if not self._postings[word]:
                del self._postings[word]

    def postings(self, word: str) -> dict:
        return dict(self._postings.get(word, {}))

    def words(self) -> list[str]:
        return sorted(self._postings)
