from notify.outbox import Outbox


def test_in_order_of_time():
    now = [0]
    outbox = Outbox(lambda: now[0])
    outbox.put("later", delay=10)
    outbox.put("first")
    outbox.put("second")
    assert outbox.due() == ["first", "second"]
    now[0] = 10
    assert outbox.due() == ["later"]


def test_nothing_is_due():
    assert Outbox(lambda: 0).due() == []
