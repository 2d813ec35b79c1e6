"""Which days are worked, and counting with them. The table of special days is passed in."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
# The State Council announces the next year's days early in November.
ANNOUNCED_FROM_MONTH = 11
DECEMBER = 12


class Kind(enum.StrEnum):
    """How a day differs from Monday to Friday: nobody works on it, or all do although it is a weekend."""

    HOLIDAY = "holiday"
    WORKING = "working"


@dataclass(frozen=True)
class SpecialDay:
    """One day of a year's notice; `year` is the notice's, of which New Year may begin in the December before."""

    day: date
    year: int
    kind: Kind
    name: str = ""


@dataclass(frozen=True)
class Table:
    """The special days by date, and the years whose notices are known."""

    days: Mapping[date, Kind] = field(default_factory=dict)
    years: frozenset[int] = frozenset()


def table_of(entries: Iterable[SpecialDay]) -> Table:
    """Return the table of these days; of two for one date the later one counts."""
    listed = list(entries)
    return Table({entry.day: entry.kind for entry in listed}, frozenset(entry.year for entry in listed))


def is_working_day(day: date, table: Table) -> bool:
    """Say whether offices work on a day: Monday to Friday, unless the table says otherwise."""
    kind = table.days.get(day)
    return day.weekday() < 5 if kind is None else kind is Kind.WORKING


def next_working_day(day: date, table: Table) -> date:
    """Return the day itself when it is worked, else the first worked one after it."""
    while not is_working_day(day, table):
        day += DAY
    return day


def add_working_days(day: date, n: int, table: Table) -> date:
    """Return the n-th working day after a day, which itself does not count; for 0 what next_working_day returns.

    Raises ValueError for a negative n.
    """
    if n < 0:
        raise ValueError("working days are counted forwards")
    if n == 0:
        return next_working_day(day, table)
    for _ in range(n):
        day = next_working_day(day + DAY, table)
    return day


def working_days_between(first: date, last: date, table: Table) -> int:
    """Count the working days after `first` up to and including `last`; 0 when `last` is not later."""
    return sum(is_working_day(first + DAY * n, table) for n in range(1, (last - first).days + 1))


def half_of(days: int) -> int:
    """Return half the time, a half day rounded up, and at least one day."""
    return max(1, (days + 1) // 2)


def missing_years(today: date, table: Table) -> list[int]:
    """Return which years' notices ought to be in the table and are not: this year's, from November the next one's."""
    wanted = [today.year] + [today.year + 1] * (today.month >= ANNOUNCED_FROM_MONTH)
    return [year for year in wanted if year not in table.years]


@dataclass(frozen=True)
class Festival:
    """One festival of a notice: its name, its days off as (first, last) each, and the weekend days worked for it."""

    name: str
    off: tuple[tuple[date, date], ...]
    worked: tuple[date, ...]


def festivals(entries: Iterable[SpecialDay]) -> list[Festival]:
    """Sum up a notice's days by name, each festival where its first day off is."""
    by_name: dict[str, list[SpecialDay]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.kind is Kind.WORKING, entry.day)):
        by_name.setdefault(entry.name, []).append(entry)
    return [
        Festival(
            name,
            tuple(_runs([entry.day for entry in listed if entry.kind is Kind.HOLIDAY])),
            tuple(entry.day for entry in listed if entry.kind is Kind.WORKING),
        )
        for name, listed in by_name.items()
    ]


def _runs(days: list[date]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
