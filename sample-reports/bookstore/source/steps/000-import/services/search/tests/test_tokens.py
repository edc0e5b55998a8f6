import pytest

from search.tokens import fold, stem, tokens


def test_fold_removes_accents():
    assert fold("Émile Zola") == "emile zola"


@pytest.mark.parametrize(
    ("word", "expected"), [("stories", "story"), ("boxes", "box"), ("ships", "ship"), ("sing", "sing"), ("sailed", "sail")]
)
def test_stem(word, expected):
    assert stem(word) == expected


def test_stop_words_are_left_out():
    assert tokens("The Lord of the Rings") == ["lord", "ring"]


def test_nothing():
    assert tokens("…") == []
