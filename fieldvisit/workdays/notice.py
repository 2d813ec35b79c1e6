"""Reading a year's days off and weekend days worked, one a line: `日期,休|班[,名称]`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from fieldvisit.workdays.rules import DECEMBER, Kind, SpecialDay

SHIPPED = Path(__file__).parent / "special_days.csv"
KINDS = {"休": Kind.HOLIDAY, "班": Kind.WORKING}
WEEKDAYS = "一二三四五六日"
DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
# Spreadsheets paste tabs, and Chinese keyboards type full-width commas.
SEPARATOR = re.compile(r"[,，\t]")
MAX_NAME = 20
MAX_LINES = 1000
MAX_ERRORS = 100
FIRST_YEAR = 2020
# Days of the law, off in every year: a list without them is not whole, and would replace one that is.
ALWAYS_OFF = {(1, 1): "元旦", (5, 1): "劳动节", (10, 1): "国庆节"}
# New Year's days off, and what is worked for them, may lie so late in the year before.
LATE_DECEMBER = 20


@dataclass(frozen=True)
class Notice:
    """What a text lists, or, when there are errors (line number, sentence), why none of it can be taken."""

    entries: tuple[SpecialDay, ...]
    errors: tuple[tuple[int, str], ...]

    @property
    def years(self) -> list[int]:
        """The years whose days it lists."""
        return sorted({entry.year for entry in self.entries})


class _Wrong(Exception):
    """What is wrong with a line, as a sentence."""


def read_notice(text: str, today: date) -> Notice:
    """Read and check a whole text; line 0 stands for what concerns the text as a whole."""
    lines = text.replace("\ufeff", "").splitlines()
    if len(lines) > MAX_LINES:
        return Notice((), ((0, f"行数太多，最多 {MAX_LINES} 行。"),))
    found: dict[date, tuple[int, Kind, str]] = {}
    errors: list[tuple[int, str]] = []
    for number, line in _told(lines):
        try:
            day, kind, name = _read_line(line, today)
            if day in found:
                raise _Wrong(f"{day.isoformat()} 和第 {found[day][0]} 行重复。")
            found[day] = (number, kind, name)
        except _Wrong as wrong:
            errors.append((number, str(wrong)))
    years = {day.year for day in found}
    entries = [SpecialDay(day, _year_of(day, years), kind, name) for day, (_, kind, name) in sorted(found.items())]
    if not errors:
        errors = [(0, sentence) for sentence in _gaps(entries)]
    return Notice(tuple(entries), tuple(errors[:MAX_ERRORS]))


def _told(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Go through the lines that say something, with their numbers; the names of the columns say nothing."""
    for number, line in enumerate(lines, start=1):
        stripped = line.strip().strip(",，").strip()
        if stripped and not stripped.startswith(("日期", "#")):
            yield number, stripped


def _read_line(line: str, today: date) -> tuple[date, Kind, str]:
    cells = [cell.strip().strip('"').strip() for cell in SEPARATOR.split(line)]
    if len(cells) not in (2, 3):
        raise _Wrong("要写成“日期,休”或“日期,班”，后面可以再写名称，如 2027-01-01,休,元旦。")
    day, kind = _day(cells[0], today), KINDS.get(cells[1])
    name = cells[2] if len(cells) == 3 else ""
    if kind is None:
        raise _Wrong(f"第二格是“{cells[1][:10]}”，要写“休”或“班”。")
    if kind is Kind.WORKING and day.weekday() < 5:
        raise _Wrong(f"{day.isoformat()} 是星期{WEEKDAYS[day.weekday()]}，本来就上班，请核对日期。")
    if len(name) > MAX_NAME or not name.isprintable():
        raise _Wrong(f"名称最多 {MAX_NAME} 个字，不能有看不见的字符。")
    return day, kind, name


def _day(text: str, today: date) -> date:
    parts = DAY.fullmatch(text)
    try:
        day = date(int(parts[1]), int(parts[3]), int(parts[4])) if parts else None
    except ValueError:
        day = None
    if day is None:
        raise _Wrong(f"日期“{text[:20]}”不对，要写成 2027-01-01 或 2027/1/1。")
    if not FIRST_YEAR <= day.year <= today.year + 2:
        raise _Wrong(f"{day.year} 年不对，只收 {FIRST_YEAR} 年到 {today.year + 2} 年的。")
    return day


def _year_of(day: date, years: set[int]) -> int:
    """Return the year whose notice a day belongs to: late December is the next year's where that is listed too."""
    is_next = day.month == DECEMBER and day.day >= LATE_DECEMBER and day.year + 1 in years
    return day.year + is_next


def _gaps(entries: list[SpecialDay]) -> list[str]:
    if not entries:
        return ["没有内容。请贴上一整年的放假和调休上班日期，一行一天。"]
    off = {entry.day for entry in entries if entry.kind is Kind.HOLIDAY}
    return [
        f"{year} 年没有写{name}（{month}月{day}日）休，名单不全。一年的要一次写全，会替换这一年原来的。"
        for year in sorted({entry.year for entry in entries})
        for (month, day), name in ALWAYS_OFF.items()
        if date(year, month, day) not in off
    ]


@lru_cache(maxsize=1)
def shipped() -> tuple[SpecialDay, ...]:
    """Return the days that come with the program."""
    notice = read_notice(SHIPPED.read_text(encoding="utf-8"), date(2100, 1, 1))
    if notice.errors:
        raise ValueError(f"{SHIPPED.name}: {notice.errors}")
    return notice.entries
