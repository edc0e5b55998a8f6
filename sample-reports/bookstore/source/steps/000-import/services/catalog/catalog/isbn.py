"""International Standard Book Numbers: reading, checking, writing."""


class InvalidIsbn(ValueError):
    """The text is no ISBN."""


def digits_of(text: str) -> str:
    """The significant characters, without hyphens and spaces."""
    return "".join(c for c in text.upper() if c.isdigit() or c == "X")


def check_digit_10(body: str) -> str:
    total = sum((10 - position) * int(digit) for position, digit in enumerate(body))
    remainder = (11 - total % 11) % 11
    return "X" if remainder == 10 else str(remainder)


def check_digit_13(body: str) -> str:
    total = sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(body))
    return str((10 - total % 10) % 10)


def is_valid(text: str) -> bool:
    digits = digits_of(text)
    if len(digits) == 10 and digits[:9].isdigit():
        return digits[9] == check_digit_10(digits[:9])
    if len(digits) == 13 and digits.isdigit():
        return digits[12] == check_digit_13(digits[:12])
    return False


def to_isbn13(text: str) -> str:
    """The thirteen-digit form of either length."""
    if not is_valid(text):
        raise InvalidIsbn(text)
    digits = digits_of(text)
    if len(digits) == 13:
        return digits
    body = "978" + digits[:9]
    return body + check_digit_13(body)


def hyphenated(text: str) -> str:
    digits = to_isbn13(text)
    return f"{digits[:3]}-{digits[3]}-{digits[4:7]}-{digits[7:12]}-{digits[12]}"
