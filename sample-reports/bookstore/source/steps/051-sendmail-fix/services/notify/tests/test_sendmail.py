import pytest

from notify.sendmail import bounce, spool


@pytest.mark.parametrize(
    ("code", "expected"), [("550 5.1.1", "unknown"), ("552 5.2.2", "full"), ("451 4.3.0", "later"), ("554", "other")]
)
def test_bounce(code, expected):
    assert bounce(["Action: failed", f"Diagnostic-Code: smtp; {code}"]) == expected


def test_no_bounce():
    assert bounce(["Subject: thank you"]) is None


def test_spool(tmp_path):
    with open(spool("Dear Ada", tmp_path), encoding="utf-8") as file:
        assert file.read() == "Dear Ada"
