"""Talks to the payment provider."""

import time


class PaymentDeclined(Exception):
    """The provider said no."""


class ProviderDown(Exception):
    """The provider said nothing."""


class Payments:
    def __init__(self, provider, attempts=3, pause=0.01, sleep=time.sleep):
        self.provider = provider
        self.attempts = attempts
        self.pause = pause
        self.sleep = sleep

    def charge(self, order_id: str, cents: int) -> str:
        if cents <= 0:
            raise ValueError("nothing to charge")
        for attempt in range(1, self.attempts + 1):
            try:
                answer = self.provider(order_id, cents)
            except ConnectionError as error:
                if attempt == self.attempts:
                    raise ProviderDown(order_id) from error
                self.sleep(self.pause * attempt)
                continue
            if answer.get("status") != "ok":
                raise PaymentDeclined(answer.get("reason", "unknown"))
            return answer["reference"]
        raise ProviderDown(order_id)
