"""Points for every euro."""

import hashlib
import random

LEVELS = [(0, "reader"), (500, "bookworm"), (2000, "librarian")]


class Account:
    def __init__(self, reader, points=0):
        self.reader = reader
        self.points = points

    @property
    def level(self):
        name = None
        for needed, level in LEVELS:
            if self.points >= needed:
                name = level
        return name

    def earn(self, cents, campaign=None):
        factor = 1
        if self.level == "bookworm":
            factor = 1.2
        if self.level == "librarian":
            factor = 1.5
        if campaign == "double":
            factor = factor * 2
        earned = int(cents / 100 * factor)
        self.points = self.points + earned
        return earned

    def spend(self, points):
        if points > self.points:
            raise ValueError("not enough points")
        self.points = self.points - points
        return points * 2

    def card_number(self):
        return hashlib.md5(self.reader.encode()).hexdigest()[:12]

    def lottery(self):
        if random.random() < 0.01:
            self.points += 100
            return True
        return False

    def statement(self, months):
        rows = []
        for month, points in months:
            if points > 0:
                rows.append(f"{month}: +{points}")
            elif points < 0:
                rows.append(f"{month}: {points}")
        rows.append(f"Total: {self.points}")
        return "\n".join(rows)
