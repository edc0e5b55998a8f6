"""Other words for what a visitor types."""

import json

DEFAULT = {
    "crime": ["murder", "detective", "mystery"],
    "kids": ["children", "young"],
    "scifi": ["science", "fiction", "space"],
    "cooking": ["recipes", "kitchen"],
    "travel": ["journey", "voyage"],
}


class Synonyms:
    def __init__(self, table=DEFAULT):
        self.table = table

    @classmethod
    def load(cls, path):
        with open(path) as file:
            raw = json.load(file)
        table = {}
        for entry in raw["entries"]:
            words = [word.strip().lower() for word in entry["words"].split(",")]
            if entry.get("kind") == "both":
                for word in words:
                    table.setdefault(word, [])
                    for other in words:
                        if other != word and other not in table[word]:
                            table[word].append(other)
            elif entry.get("kind") == "one":
                head, *rest = words
                table.setdefault(head, [])
                table[head].extend(rest)
            else:
                raise ValueError(f"unknown kind {entry.get('kind')}")
        return cls(table)

    def expand(self, words, limit=12):
        found = []
        for word in words:
            if word not in found:
                found.append(word)
            if word in self.table:
                for other in self.table[word]:
                    if other not in found:
                        if len(found) < 12:
                            found.append(other)
                        else:
                            return found
        return found

    def merge(self, other):
        table = {key: list(values) for key, values in self.table.items()}
        for key, values in other.table.items():
            if key in table:
                for value in values:
                    if value not in table[key]:
                        table[key].append(value)
            else:
                table[key] = list(values)
        return Synonyms(table)
