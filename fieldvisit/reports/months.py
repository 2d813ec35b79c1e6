"""A month of the county's calendar, as reports count it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

WRITTEN = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True)
class Month:
    """One month, by its first day."""

    first: date

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month in which a day lies."""
        return cls(day.replace(day=1))

    @classmethod
    def read(cls, text: str) -> Month | None:
        """Return the month that is written like 2026-07, or None."""
        found = WRITTEN.fullmatch(text)
        return cls(date(int(found[1]), int(found[2]), 1)) if found else None

    @property
    def last(self) -> date:
        """Return its last day."""
        return self.back(-1).first - timedelta(days=1)

    def back(self, months: int) -> Month:
        """Return the month so many months before (negative: after)."""
        count = self.first.year * 12 + self.first.month - 1 - months
        return Month(date(count // 12, count % 12 + 1, 1))

    def up_to_this(self, number: int) -> list[Month]:
        """Return so many months that end with this one, the earliest first."""
        return [self.back(n) for n in range(number - 1, -1, -1)]

    def __str__(self) -> str:
        """Write it like 2026-07."""
        return f"{self.first:%Y-%m}"

    @property
    def label(self) -> str:
        """Return it in words: 2026年7月."""
        return f"{self.first.year}年{self.first.month}月"
