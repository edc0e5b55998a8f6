"""An order and the states it goes through."""

from checkout.basket import Basket
from checkout.shipping import shipping_cents
from checkout.tax import basket_tax

NEXT = {
    "new": {"paid", "cancelled"},
    "paid": {"packed", "refunded"},
    "packed": {"sent"},
    "sent": {"delivered", "returned"},
    "returned": {"refunded"},
}


class Order:
    def __init__(self, number: str, basket: Basket, country: str):
        if not basket.lines:
            raise ValueError("an order has at least one line")
        self.number = number
        self.basket = basket
        self.country = country
        self.points_cents = 0
        self.state = "new"
        self.trail = ["new"]

    @property
    def total(self) -> int:
        return self.basket.subtotal + shipping_cents(self.basket, self.country) - self.points_cents

    @property
    def tax(self) -> int:
        return basket_tax(self.basket, self.country)

    def move(self, state: str) -> None:
        if state not in NEXT.get(self.state, set()):
            raise ValueError(f"{self.state} cannot become {state}")
        self.state = state
        self.trail.append(state)
