import pytest

from search.index import Index


@pytest.fixture
def index():
    index = Index()
    index.add("moby", title="Moby-Dick", author="Herman Melville", blurb="A whale and a ship")
    index.add("waves", title="The Waves", author="Virginia Woolf")
    return index


def test_length(index):
    assert len(index) == 2


def test_postings(index):
    assert index.postings("whale") == {"moby": [("blurb", 0)]}


def test_unknown_word(index):
    assert index.postings("dragon") == {}


def test_adding_again_replaces(index):
    index.add("moby", title="Moby")
    assert index.postings("whale") == {}


def test_removed(index):
    index.remove("waves")
    assert "wav" not in index.words()


def test_unknown_field(index):
    with pytest.raises(ValueError, match="publisher"):
        index.add("x", publisher="P")


def test_phrase(index):
    assert index.phrase(["herman", "melville"]) == ["moby"]


def test_many_books():
    index = Index()
    for number in range(400):
        index.add(f"b{number}", title=f"Volume {number} of the sea", blurb="one of many books")
    assert len(index.phrase(["one", "many"])) == 400
