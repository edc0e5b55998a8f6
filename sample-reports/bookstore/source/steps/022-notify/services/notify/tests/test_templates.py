import pytest

from notify.templates import UnknownEvent, message


def test_paid():
    subject, body = message("paid", {"name": "Ada", "number": "A1", "copies": 2})
    assert subject == "Thank you for your order A1"
    assert "2 books" in body


def test_unknown_event():
    with pytest.raises(UnknownEvent):
        message("lost", {})
