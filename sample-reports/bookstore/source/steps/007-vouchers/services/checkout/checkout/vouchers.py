"""Gift vouchers and codes from campaigns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Voucher:
    code: str
    cents: int = 0
    percent: int = 0
    from_cents: int = 0

    def worth(self, subtotal: int) -> int:
        if subtotal < self.from_cents:
            return 0
        return min(subtotal, self.cents + subtotal * self.percent // 100)


class VoucherBook:
    def __init__(self):
        self._vouchers: set[Voucher] = set()
        self._used: set[str] = set()

    def issue(self, voucher: Voucher) -> None:
        self._vouchers.add(voucher)

    def redeem(self, code: str) -> None:
        if code in self._used:
            raise ValueError(f"{code} was used before")
        self._used.add(code)

    def best(self, subtotal: int) -> Voucher | None:
        """The voucher that is worth most."""
        usable = [v for v in self._vouchers if v.code not in self._used and v.worth(subtotal) > 0]
        return max(usable, key=lambda v: v.worth(subtotal), default=None)
