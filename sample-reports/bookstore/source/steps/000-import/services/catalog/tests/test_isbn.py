import pytest

from catalog.isbn import InvalidIsbn, hyphenated, is_valid, to_isbn13


@pytest.mark.parametrize("text", ["0-306-40615-2", "978-0-306-40615-7", "0 19 852663 6", "080442957X"])
def test_valid(text):
    assert is_valid(text)


@pytest.mark.parametrize("text", ["", "0-306-40615-3", "978-0-306-40615-8", "97803064061", "X804429570"])
def test_invalid(text):
    assert not is_valid(text)


def test_ten_digits_become_thirteen():
    assert to_isbn13("0-306-40615-2") == "9780306406157"


def test_thirteen_digits_stay():
    assert to_isbn13("978-0-306-40615-7") == "9780306406157"


def test_hyphens_are_put_back():
    assert hyphenated("9780306406157") == "978-0-306-40615-7"


def test_nonsense_is_refused():
    with pytest.raises(InvalidIsbn):
        to_isbn13("the cat")
