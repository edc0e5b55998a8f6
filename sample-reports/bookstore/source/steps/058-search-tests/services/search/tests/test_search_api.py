from search.api import find
from search.index import Index
from search.synonyms import Synonyms


def shop(count):
    index, books = Index(), {}
    for number in range(count):
        key = f"b{number:02}"
        index.add(key, title=f"Sea stories {number}")
        books[key] = {"cents": 100 * number, "language": "en", "copies": number % 2}
    return index, books


def test_first_page():
    answer = find(*shop(12), "sea", {})
    assert answer["total"] == 12
    assert len(answer["books"]) == 10
    assert answer["more"]


def test_second_page():
    answer = find(*shop(12), "sea", {"page": "2"})
    assert answer["books"] == ["b10", "b11"]
    assert not answer["more"]


def test_filtered():
    assert find(*shop(12), "sea", {"available": "yes"})["total"] == 6


def test_synonyms_widen_the_search():
    index, books = shop(2)
    index.add("m1", title="Detective stories")
    books["m1"] = {"cents": 100, "language": "en", "copies": 1}
    assert find(index, books, "crime", {}, Synonyms())["books"] == ["m1"]
    assert find(index, books, "crime", {"exact": "yes"}, Synonyms())["books"] == []


def test_another_spelling_is_offered():
    assert find(*shop(2), "seo", {})["did_you_mean"] == "sea"
