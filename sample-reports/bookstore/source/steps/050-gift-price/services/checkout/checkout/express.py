"""Buying with one click."""

import datetime
import json
import os

from checkout.basket import Basket
from checkout.orders import Order
from checkout.shipping import days, shipping_cents
from checkout.tax import basket_tax


class ExpressCheckout:
    def __init__(self, payments, warehouse, clock=datetime.datetime.now, numbers=iter(range(1, 10000)), log=[]):
        self.payments = payments
        self.warehouse = warehouse
        self.clock = clock
        self.numbers = numbers
        self.log = log

    def buy(self, reader, isbn, title, cents, country, express, gift, voucher):
        basket = Basket()
        basket.add(isbn, title, cents)
        order = Order("X" + str(next(self.numbers)), basket, country)
        total = order.total
        if express:
            total = total + 500
        if gift:
            total = total + 350
        if voucher is not None:
            if voucher.worth(basket.subtotal) > 0:
                total = total - voucher.worth(basket.subtotal)
        if total < 0:
            total = 0
        if total > 0:
            reference = self.payments.charge(order.number, total)
        else:
            reference = None
        order.move("paid")
        self.warehouse.take(isbn)
        self.log.append({"order": order.number, "reader": reader, "reference": reference, "total": total})
        return order

    def promise(self, country, express):
        fastest, slowest = days(country, express)
        today = self.clock().date()
        return today + datetime.timedelta(days=fastest), today + datetime.timedelta(days=slowest)
