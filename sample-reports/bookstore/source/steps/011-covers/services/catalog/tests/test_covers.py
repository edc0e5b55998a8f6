import pytest

from catalog.covers import best_source, cache_key, fit


def test_key_is_stable():
    assert cache_key("9780142437247", "card") == cache_key("9780142437247", "card")


def test_sizes_have_their_own_keys():
    assert cache_key("9780142437247", "card") != cache_key("9780142437247", "page")


def test_unknown_size():
    with pytest.raises(KeyError):
        cache_key("9780142437247", "poster")


@pytest.mark.parametrize(
    ("width", "height", "expected"), [(400, 600, (160, 240)), (800, 600, (160, 120)), (80, 120, (80, 120))]
)
def test_fit(width, height, expected):
    assert fit(width, height, "card") == expected


def test_best_source():
    assert best_source([{"width": 1, "height": 2}, {"width": 3, "height": 3}])["width"] == 3
