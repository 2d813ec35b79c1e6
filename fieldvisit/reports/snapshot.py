"""A report as it stands on paper: sections of tables, which every form of it is made from."""

from __future__ import annotations

import enum
import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

Value = int | str | None
# Changes when the shape of what is frozen changes, so that old reports can still be read.
VERSION = 1


class Kind(enum.StrEnum):
    """How a value is written: a number, tenths (17: 1.7), tenths of a per cent (930: 93%), a change, or words.

    None is written as a dash.
    """

    COUNT = "count"
    TENTHS = "tenths"
    SHARE = "share"
    CHANGE = "change"
    TEXT = "text"


class Chart(enum.StrEnum):
    """How a table is drawn beside it: one bar for each row of its first numbers, or a line through them."""

    NONE = "none"
    BARS = "bars"
    LINE = "line"


@dataclass(frozen=True)
class Column:
    """A column: its key within the table, its head, and how its values are written."""

    key: str
    label: str
    kind: Kind = Kind.COUNT


@dataclass(frozen=True)
class Row:
    """A row: its key within the table, its head, and a value for each column."""

    key: str
    label: str
    cells: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """A table. `head` stands above the rows' heads; `traced`: each number leads to the concerns behind it."""

    key: str
    title: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    note: str = ""
    chart: Chart = Chart.NONE
    traced: bool = False

    def values(self, column: str) -> list[Value]:
        """Return a column's values, row by row."""
        place = [found.key for found in self.columns].index(column)
        return [row.cells[place] for row in self.rows]

    def row(self, key: str) -> dict[str, Value]:
        """Return a row's values by column, or of the total ("total"). KeyError: there is no such row."""
        rows = {row.key: row for row in self.rows} | ({"total": self.total} if self.total else {})
        return {column.key: value for column, value in zip(self.columns, rows[key].cells, strict=True)}


@dataclass(frozen=True)
class Section:
    """A section: what the office writes at its beginning, and its tables."""

    key: str
    title: str
    text: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Snapshot:
    """A whole report. `month` is like 2026-07, `until` the last day counted; `settings` are printed with it."""

    county_code: str
    county_name: str
    month: str
    title: str
    until: str
    settings: dict[str, Value]
    sections: tuple[Section, ...]
    version: int = field(default=VERSION)

    @property
    def until_words(self) -> str:
        """Return the last day counted in words: 2026年7月31日."""
        day = date.fromisoformat(self.until)
        return f"{day.year}年{day.month}月{day.day}日"

    def table(self, key: str) -> Table:
        """Return a table by its key. KeyError: there is none."""
        return {table.key: table for section in self.sections for table in section.tables}[key]


def written(snapshot: Snapshot) -> str:
    """Return a report as text that is the same for the same report."""
    return json.dumps(asdict(snapshot), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """Return the SHA-256 of a written report, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> Snapshot:
    """Read a written report."""
    raw = json.loads(text)
    return Snapshot(**raw | {"sections": tuple(_section(section) for section in raw["sections"])})


def _section(raw: dict[str, Any]) -> Section:
    return Section(**raw | {"tables": tuple(_table(table) for table in raw["tables"])})


def _table(raw: dict[str, Any]) -> Table:
    columns = tuple(Column(**column | {"kind": Kind(column["kind"])}) for column in raw["columns"])
    rows = tuple(_row(row) for row in raw["rows"])
    total = _row(raw["total"]) if raw["total"] else None
    return Table(**raw | {"columns": columns, "rows": rows, "total": total, "chart": Chart(raw["chart"])})


def _row(raw: dict[str, Any]) -> Row:
    return Row(raw["key"], raw["label"], tuple(raw["cells"]))


def shown(value: Value, kind: Kind | str) -> str:
    """Return a value as it is read: 134, 1.7, 93%, −35%, a dash for None."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    kind = Kind(kind)
    sign = "−" if value < 0 else "+" if kind is Kind.CHANGE and value > 0 else ""
    number = abs(value)
    if kind is Kind.TENTHS:
        return f"{sign}{number // 10}.{number % 10}"
    if kind in (Kind.SHARE, Kind.CHANGE):
        return f"{sign}{number // 10}{f'.{number % 10}' if number % 10 else ''}%"
    return f"{sign}{number:,}" if number >= 10_000 else f"{sign}{number}"
