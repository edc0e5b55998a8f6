"""How many copies are in the warehouse."""


class OutOfStock(Exception):
    """Fewer copies are left than were asked for."""


class Warehouse:
    def __init__(self, counts=None):
        self._counts = dict(counts or {})

    def count(self, isbn: str) -> int:
        return self._counts.get(isbn, 0)

    def receive(self, isbn: str, copies: int) -> int:
        if copies <= 0:
            raise ValueError("a delivery has at least one copy")
        self._counts[isbn] = self.count(isbn) + copies
        return self._counts[isbn]

    def take(self, isbn: str, copies: int = 1) -> int:
        left = self.count(isbn) - copies
        if left < 0:
            raise OutOfStock(f"{isbn}: {self.count(isbn)} left, {copies} asked for")
        self._counts[isbn] = left
        return left

    def low(self, threshold: int = 3) -> list[str]:
        return sorted(isbn for isbn, count in self._counts.items() if count < threshold)


class Hold:
    """Copies that wait for a payment, for a limited time."""

    def __init__(self, warehouse: Warehouse, clock, seconds: int = 900):
        self.warehouse = warehouse
        self.clock = clock
        self.seconds = seconds
        self._held = {}

    def place(self, order_id: str, isbn: str, copies: int) -> None:
        self.warehouse.take(isbn, copies)
        self._held[order_id] = (isbn, copies, self.clock() + self.seconds)

    def settle(self, order_id: str) -> bool:
        return self._held.pop(order_id, None) is not None

    def expire(self) -> int:
        """Gives back what was held for too long."""
        late = [order for order, (_, _, until) in self._held.items() if until <= self.clock()]
        for order in late:
            isbn, copies, _ = self._held.pop(order)
            self.warehouse.receive(isbn, copies)
        return len(late)
