import pytest

from catalog.authors import byline, sort_key, split_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Virginia Woolf", ("Woolf", "Virginia")),
        ("Ludwig van Beethoven", ("van Beethoven", "Ludwig")),
        ("Melville, Herman", ("Melville", "Herman")),
        ("Kurt Vonnegut Jr.", ("Vonnegut Jr.", "Kurt")),
        ("Voltaire", ("Voltaire", "")),
    ],
)
def test_split_name(name, expected):
    assert split_name(name) == expected


def test_sort_key_ignores_case():
    assert sort_key("bell hooks") == "hooks, bell"


@pytest.mark.parametrize(
    ("names", "expected"),
    [([], "Anonymous"), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C", "D"], "A and 3 others")],
)
def test_byline(names, expected):
    assert byline(names) == expected
