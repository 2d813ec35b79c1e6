"""A report as plain tables for other programs: a zip with one CSV each; the same report is always the same bytes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from fieldvisit.printable import printable
from fieldvisit.reports.snapshot import Kind, Row, Snapshot, Table, Value
from fieldvisit.reports.wording import settings_of, until_of
from fieldvisit.reports.zips import zipped

# A spreadsheet that opens a CSV takes cells that begin so for formulas; it also does with the wide forms.
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
LONGEST_NAME = 60
ABOUT = "说明"


def archive(snapshot: Snapshot) -> bytes:
    """Return a zip with every table as CSV, and one that says of what and how it was counted."""
    return zipped((name, content) for name, content in _files(snapshot))


def _files(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    about = [
        ("标题", snapshot.title),
        ("月份", snapshot.month),
        ("统计截止", until_of(snapshot)),
        *settings_of(snapshot),
    ]
    yield f"00 {ABOUT}.csv", _csv([(_harmless(name), _harmless(words)) for name, words in about])
    for number, section in enumerate(snapshot.sections, 1):
        for nth, table in enumerate(section.tables, 1):
            yield f"{number:02}-{nth:02} {_name(table.title)}.csv", _csv(_lines(table))


def _name(title: str) -> str:
    return _NOT_IN_NAMES.sub("", printable(title))[:LONGEST_NAME].strip()


def _lines(table: Table) -> Iterator[Sequence[str]]:
    yield [_harmless(table.head), *(_harmless(column.label) for column in table.columns)]
    for row in (*table.rows, *((table.total,) if table.total else ())):
        yield [_harmless(row.label), *_cells(row, table)]


def _cells(row: Row, table: Table) -> Iterator[str]:
    for value, column in zip(row.cells, table.columns, strict=True):
        yield _written(value, column.kind)


def _written(value: Value, kind: Kind) -> str:
    """Write a value as other programs read it: 1234, 1.7, -0.3, -8.2%; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _harmless(value)
    if kind is Kind.TENTHS:
        return f"{value / 10:.1f}"
    return f"{value / 10:.1f}%" if kind in (Kind.SHARE, Kind.CHANGE) else str(value)


def _harmless(text: str) -> str:
    words = printable(text)
    return f"'{words}" if _FORMULA.match(words) else words


def _csv(lines: Iterable[Sequence[str]]) -> bytes:
    """Write UTF-8 with the mark by which spreadsheets know it."""
    made = io.StringIO(newline="")
    csv.writer(made).writerows(lines)
    return made.getvalue().encode("utf-8-sig")
