import pytest

from search.suggest import Suggestions

SUGGESTIONS = Suggestions(["Moby-Dick", "Émile", "Emma", "Middlemarch", "Metamorphoses"])


@pytest.mark.parametrize(
    ("typed", "titles"), [("em", ["Émile", "Emma"]), ("MI", ["Middlemarch"]), ("", []), ("x", [])]
)
def test_complete(typed, titles):
    assert SUGGESTIONS.complete(typed) == titles


def test_limit():
    assert SUGGESTIONS.complete("m", limit=2) == ["Metamorphoses", "Middlemarch"]
