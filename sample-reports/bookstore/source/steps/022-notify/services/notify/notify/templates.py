"""The texts of the messages."""

SUBJECTS = {
    "paid": "Thank you for your order {number}",
    "sent": "Your order {number} is on its way",
    "delivered": "How do you like your books?",
    "refunded": "We have sent your money back",
}

BODIES = {
    "paid": "Dear {name},\n\nwe have received your order {number} of {copies} books.\n",
    "sent": "Dear {name},\n\nyour order {number} left our house today.\n",
    "delivered": "Dear {name},\n\nwould you like to review your books?\n",
    "refunded": "Dear {name},\n\nwe have sent {amount} back to you.\n",
}


class UnknownEvent(KeyError):
    """There is no message for it."""


def message(event: str, values: dict) -> tuple[str, str]:
    if event not in SUBJECTS:
        raise UnknownEvent(event)
    return SUBJECTS[event].format(**values), BODIES[event].format(**values)
