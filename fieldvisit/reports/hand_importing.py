"""Figures of many months at once, out of a table, and the table to fill in."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO

from fieldvisit.errors import Refused
from fieldvisit.fields import clean_line
from fieldvisit.reports import hand_queries
from fieldvisit.reports.hand_forms import FIGURES, figure, plain
from fieldvisit.reports.hand_models import HandFigure, Key
from fieldvisit.reports.months import Month
from fieldvisit.reports.snapshot import digest

MOST_ROWS = 5000
MONTH = "月份"
# 2026-07, 2026/7, 2026年7月, 202607, or a date in it. Not 2026.7: a spreadsheet makes January of 2026.10.
WRITTEN_MONTH = re.compile(r"(20\d{2})(?:[-/年]?(\d{2})|[-/年](\d))(?:月|[-/月]\d{1,2}日?(?: [\d:]+)?)?")


@dataclass
class Told:
    """What a table says: figures, and what is wrong in which line; what it leaves empty it does not touch."""

    figures: dict[Key, int] = field(default_factory=dict)
    errors: list[tuple[int, str]] = field(default_factory=list)


def read(rows: Sequence[Sequence[str]], today: date) -> Told:
    """Read a table whose first row names the columns; raise Refused when it has no such columns or too many rows."""
    columns = _columns(rows[0] if rows else ())
    if len(rows) > MOST_ROWS + 1:
        raise Refused(f"一次最多导入 {MOST_ROWS} 行，这个表有 {len(rows) - 1} 行。")
    told, lines = Told(), dict[Month, int]()
    for line, row in enumerate(rows[1:], 2):
        values = {name: row[at] if at < len(row) else "" for name, at in columns.items()}
        if not any(plain(text) for text in values.values()):
            continue
        try:
            month = _month(values[MONTH], today)
            if month in lines:
                raise Refused(f"和第 {lines[month]} 行是同一个月，请只留一行。")
            lines[month] = line
        except Refused as refused:
            told.errors.append((line, refused.message))
        else:
            _take(told, month, line, values)
    if not told.figures and not told.errors:
        raise Refused("表里没有数字。请在列名下面一行写一个月。")
    return told


def _columns(heads: Sequence[str]) -> dict[str, int]:
    cleaned = [(clean_line(head) or "").replace(" ", "") for head in heads]
    found = {name: cleaned.index(name) for name in (MONTH, *FIGURES.values()) if name in cleaned}
    if MONTH not in found or len(found) == 1:
        raise Refused("第一行要写列名：“月份”，还有“信访量”“代办量”或其中一个。")
    return found


def _month(text: str, today: date) -> Month:
    found = WRITTEN_MONTH.fullmatch(plain(text))
    month = Month.read(f"{found[1]}-{int(found[2] or found[3]):02}") if found else None
    if month is None:
        raise Refused(f"月份“{text[:20]}”看不懂，请写成 2026-07。" if text else "没有写月份。")
    if month > Month.of(today):
        raise Refused(f"{month.label}还没有到。")
    return month


def _take(told: Told, month: Month, line: int, values: Mapping[str, str]) -> None:
    for name, label in FIGURES.items():
        try:
            number = figure(values.get(label, ""))
        except Refused as refused:
            told.errors.append((line, f"{label}“{values[label][:20]}”不对：{refused.message}"))
        else:
            if number is not None:
                told.figures[month, name] = number


@dataclass(frozen=True)
class Plan:
    """What taking a table changes: what is to be set, and what is there now."""

    changes: dict[Key, int]
    present: dict[Key, int | None]

    @property
    def months(self) -> list[Month]:
        """Return the months in which something changes, the latest first."""
        return sorted({month for month, _ in self.changes}, reverse=True)

    @property
    def seal(self) -> str:
        """Return a word for all of this: another one when something else would be changed, or is there."""
        return digest(repr(sorted((str(m), n, v, self.present[m, n]) for (m, n), v in self.changes.items())))


def plan(county_code: str, told: Told) -> Plan:
    """Compare a table with what a county has."""
    held = hand_queries.figures(county_code, sorted({month for month, _ in told.figures}))
    present: dict[Key, int | None] = {(m, name): getattr(held.get(m), name, None) for m, name in told.figures}
    return Plan({key: value for key, value in told.figures.items() if value != present[key]}, present)


def sample(months: Iterable[Month], held: Mapping[Month, HandFigure]) -> IO[bytes]:
    """Return a table (xlsx) of some months to fill in, with the figures that are there already."""
    # 4 MB of memory that only exports and imports need.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("月报数据")
    sheet.append([MONTH, *FIGURES.values()])
    for month in months:
        sheet.append([str(month), *(getattr(held.get(month), name, None) for name in FIGURES)])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file
