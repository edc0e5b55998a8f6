import datetime

from checkout.express import ExpressCheckout
from checkout.vouchers import Voucher


class Payments:
    def __init__(self):
        self.charged = []

    def charge(self, order_id, cents):
        self.charged.append(cents)
        return "P-1"


class Warehouse:
    def take(self, isbn):
        return 0


def test_buy():
    payments = Payments()
    checkout = ExpressCheckout(payments, Warehouse())
    order = checkout.buy("ada", "9780142437247", "Moby-Dick", 1400, "DE", True, False, None)
    assert order.state == "paid"
    assert payments.charged == [1400 + 350 + 500]


def test_voucher():
    payments = Payments()
    checkout = ExpressCheckout(payments, Warehouse())
    checkout.buy("ada", "9780142437247", "Moby-Dick", 1400, "DE", False, False, Voucher("GIFT5", cents=500))
    assert payments.charged == [1250]


def test_promise():
    checkout = ExpressCheckout(None, None, clock=lambda: datetime.datetime(2026, 10, 28, 9, 0))
    assert checkout.promise("FR", express=True) == (datetime.date(2026, 10, 29), datetime.date(2026, 10, 30))
