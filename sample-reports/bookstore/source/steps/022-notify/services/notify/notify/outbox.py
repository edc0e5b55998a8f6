"""Messages that wait to be sent."""

import heapq


class Outbox:
    def __init__(self, clock):
        self.clock = clock
        self._waiting = []
        self._count = 0

    def put(self, message, delay: int = 0) -> None:
        self._count += 1
        heapq.heappush(self._waiting, (self.clock() + delay, self._count, message))

    def due(self) -> list:
        ready = []
        while self._waiting and self._waiting[0][0] <= self.clock():
            ready.append(heapq.heappop(self._waiting)[2])
        return ready

    def drop(self, predicate) -> int:
        kept = [entry for entry in self._waiting if not predicate(entry[2])]
        dropped = len(self._waiting) - len(kept)
        self._waiting = kept
        heapq.heapify(self._waiting)
        return dropped
