import pytest

from search.index import Index
from search.rank import rank, score


@pytest.fixture
def index():
    index = Index()
    index.add("moby", title="Moby-Dick", author="Herman Melville", blurb="A whale, a ship, the sea")
    index.add("old", title="The Old Man and the Sea", author="Ernest Hemingway", blurb="A fish")
    index.add("wolf", title="The Sea-Wolf", author="Jack London", blurb="A ship in the fog")
    return index


def test_title_beats_blurb(index):
    assert rank(index, "sea")[-1] == "moby"


def test_rare_words_count_more(index):
    assert score(index, "whale")["moby"] > score(index, "ship")["moby"]


def test_two_words(index):
    assert rank(index, "ship sea")[0] == "wolf"


def test_limit(index):
    assert len(rank(index, "sea", limit=2)) == 2


def test_nothing_found(index):
    assert rank(index, "dragon") == []


def test_equal_scores_are_in_order(index):
    assert rank(index, "sea")[:2] == ["old", "wolf"]


def test_best_sellers_move_up(index):
    assert rank(index, "sea", sold={"wolf": 2500})[0] == "wolf"
