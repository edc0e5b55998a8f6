"""What the search service answers."""

from search.filters import parse_filter
from search.index import Index
from search.ranking import rank


def find(index: Index, books: dict[str, dict], query: str, parameters: dict[str, str], synonyms=None) -> dict:
    wanted = parse_filter(parameters)
    if synonyms is not None and parameters.get("exact") != "yes":
        query = " ".join(synonyms.expand(query.split()))
    keys = [key for key in rank(index, query, limit=100) if wanted.keeps(books[key])]
    page = int(parameters.get("page", "1"))
    return {
        "query": query,
        "total": len(keys),
        "books": keys[(page - 1) * 10 : page * 10],
        "more": len(keys) > page * 10,
    }
