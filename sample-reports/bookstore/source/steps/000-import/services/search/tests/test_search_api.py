from search.api import find
from search.index import Index


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
