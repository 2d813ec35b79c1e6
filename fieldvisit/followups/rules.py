"""When a return visit is due, and how that is said."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date


class Urgency(enum.StrEnum):
    """How a due day stands to today."""

    OVERDUE = "overdue"
    TODAY = "today"
    LATER = "later"


def return_day(promised_for: date, finished_on: date) -> date:
    """Return the day of the return visit: the promised day, or the day of finishing if that came later."""
    return max(promised_for, finished_on)


def urgency(due_on: date, today: date) -> Urgency:
    """Say how a due day stands to today."""
    if due_on < today:
        return Urgency.OVERDUE
    return Urgency.TODAY if due_on == today else Urgency.LATER


@dataclass(frozen=True)
class DueWords:
    """A due day in two short lines, such as "3" and "天超期", or one, "今天"."""

    large: str
    small: str

    def __str__(self) -> str:
        return f"{self.large}{self.small}"


def due_words(due_on: date, today: date) -> DueWords:
    """Say in words how far a due day is: 3 天超期, 今天, 明天, 5 天后."""
    days = (due_on - today).days
    if days < 0:
        return DueWords(str(-days), "天超期")
    if days > 1:
        return DueWords(str(days), "天后")
    return DueWords("今天" if days == 0 else "明天", "")
