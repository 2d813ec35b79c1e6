"""A report as an Excel workbook: a sheet for each table, with real numbers; the same report gives the same bytes."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from fieldvisit.printable import printable
from fieldvisit.reports.series import series_of
from fieldvisit.reports.snapshot import Kind, Row, Snapshot, Table, shown
from fieldvisit.reports.wording import settings_of, title_of, until_of
from fieldvisit.reports.workbook_charts import add_chart
from fieldvisit.reports.zips import timeless
from fieldvisit.spreadsheet import cell

ABOUT, NOTHING, FONT = "说明", "（无）", "宋体"
FORMATS = {Kind.TENTHS: "0.0", Kind.SHARE: "0.0%", Kind.CHANGE: "+0.0%;-0.0%;0.0%", Kind.COUNT: "#,##0"}
PARTS = {Kind.TENTHS: 10, Kind.SHARE: 1000, Kind.CHANGE: 1000}
NOT_IN_NAMES = re.compile(r"[\\/*?:\[\]\t\r\n]")
LONGEST_NAME = 31
# In halves of a Chinese character, as Excel counts widths; so much fits on an upright page.
NARROWEST, WIDEST, PADDING, PORTRAIT = 9, 48, 2, 90
ABOUT_WIDTHS = (24, 80)
LAST_HALF_WIDTH = "\u2e7f"
# In points; a row may not be higher.
LINE_HEIGHT, TITLE_HEIGHT, HIGHEST = 15, 26, 409
# The title and the heads stand above the rows.
HEAD_ROW = 2
# As Excel counts sizes of paper.
A4 = 9


def workbook(snapshot: Snapshot, is_draft: bool) -> bytes:
    """Return a report as xlsx; a draft says so in the title of each sheet."""
    # 4 MB of memory that only exports and imports need.
    from openpyxl import Workbook
    from openpyxl.packaging.core import DocumentProperties
    from openpyxl.writer.excel import ExcelWriter

    book = Workbook(write_only=True)
    until = datetime.fromisoformat(snapshot.until)
    title = printable(title_of(snapshot, is_draft))
    book.properties = DocumentProperties(creator=None, title=title, created=until, modified=until)
    named = list(_named(snapshot))
    _add_about(book, snapshot, title, [name for name, _ in named])
    for name, table in named:
        _add_sheet(book, name, table, title)
    made = io.BytesIO()
    # Workbook.save would note the time.
    ExcelWriter(book, ZipFile(made, "w", ZIP_DEFLATED)).save()
    return timeless(made.getvalue())


def _named(snapshot: Snapshot) -> Iterator[tuple[str, Table]]:
    """Name the sheets: 2.1 按涉及领域. The numbers are those of the printed report, and keep names apart."""
    for number, section in enumerate(snapshot.sections, 1):
        for nth, table in enumerate(section.tables, 1):
            title = NOT_IN_NAMES.sub("", printable(table.title)).strip("' ")
            yield f"{number}.{nth} {title}"[:LONGEST_NAME].strip(), table


def _add_about(book: Any, snapshot: Snapshot, title: str, names: list[str]) -> None:
    """Say on the first sheet what the report is, how it was counted, and what its text says."""
    sheet, looks = book.create_sheet(ABOUT), Looks()
    lines = [("统计截止", until_of(snapshot)), *settings_of(snapshot), ("表格", "\n".join(names))]
    lines += [(section.title, section.text) for section in snapshot.sections if section.text.strip()]
    _lay_out(sheet, ABOUT_WIDTHS, "portrait")
    sheet.append([cell(sheet, title, **looks.title)])
    for place, line in enumerate(lines, 2):
        sheet.row_dimensions[place].height = _height(line, ABOUT_WIDTHS)
        sheet.append([cell(sheet, words, **look) for words, look in zip(line, (looks.head, looks.words), strict=True)])


def _add_sheet(book: Any, name: str, table: Table, title: str) -> None:
    sheet, series, widths = book.create_sheet(name), series_of(table), _widths(table)
    _lay_out(sheet, widths, "landscape" if series or sum(widths) > PORTRAIT else "portrait")
    sheet.freeze_panes = f"B{HEAD_ROW + 1}"
    sheet.print_title_rows = f"1:{HEAD_ROW}"
    if series:
        add_chart(sheet, table, series, HEAD_ROW)
    for place, row in enumerate(_rows(table), HEAD_ROW + 1):
        sheet.row_dimensions[place].height = _height(_words(row, table), widths)
    for line in _lines(sheet, table, title):
        sheet.append(line)


def _lay_out(sheet: Any, widths: Sequence[int], orientation: str) -> None:
    """Set what stands before a sheet's rows in its file."""
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.row_dimensions[1].height = TITLE_HEIGHT
    sheet.page_setup.orientation, sheet.page_setup.paperSize = orientation, A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "— &P —"


class Looks:
    """How cells look: by openpyxl's names of their properties."""

    def __init__(self) -> None:
        from openpyxl.styles import Alignment, Border, Font, Side

        thin = Side("thin")
        lined = {"border": Border(thin, thin, thin, thin)}
        middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
        self.title = {"font": Font(FONT, 14, bold=True), "alignment": Alignment(vertical="center")}
        self.head = lined | {"font": Font(FONT, 11, bold=True), "alignment": middle}
        self.words = lined | {
            "font": Font(FONT, 11), "alignment": Alignment(horizontal="left", vertical="center", wrap_text=True)
        }  # fmt: skip
        self.number = lined | {"font": Font(FONT, 11), "alignment": Alignment(horizontal="right", vertical="center")}
        self.note = {"font": Font(FONT, 11)}
        self.bold = {"font": Font(FONT, 11, bold=True)}


def _lines(sheet: Any, table: Table, title: str) -> Iterator[list[Any]]:
    """Return the title, the heads, the rows, the total and the note, as cells."""
    looks = Looks()
    yield [cell(sheet, f"{table.title}　{title}", **looks.title)]
    yield [cell(sheet, words, **looks.head) for words in _heads(table)]
    for row in table.rows:
        yield _cells(sheet, row, table, looks, {})
    if table.total:
        yield _cells(sheet, table.total, table, looks, looks.bold)
    if not table.rows:
        yield [cell(sheet, NOTHING, **looks.note)]
    if table.note:
        yield []
        yield [cell(sheet, f"注：{table.note}", **looks.note)]


def _heads(table: Table) -> list[str]:
    return [table.head, *(column.label for column in table.columns)]


def _rows(table: Table) -> tuple[Row, ...]:
    return (*table.rows, *((table.total,) if table.total else ()))


def _cells(sheet: Any, row: Row, table: Table, looks: Looks, more: dict[str, Any]) -> list[Any]:
    cells = [cell(sheet, row.label, **looks.words | more)]
    for value, column in zip(row.cells, table.columns, strict=True):
        if isinstance(value, int):
            look = looks.number | {"number_format": FORMATS.get(column.kind, "General")}
            cells.append(cell(sheet, _number(value, column.kind), **look | more))
        else:
            cells.append(cell(sheet, value, **looks.words | more))
    return cells


def _number(value: int, kind: Kind) -> int | float:
    return value / PARTS[kind] if kind in PARTS else value


def _widths(table: Table) -> list[int]:
    """Return how wide each column is: as its longest words, within reason."""
    lines = [_heads(table), *(_words(row, table) for row in _rows(table))]
    longest = [max(map(_halves, column)) for column in zip(*lines, strict=True)]
    return [min(WIDEST, max(NARROWEST, halves + PADDING)) for halves in longest]


def _words(row: Row, table: Table) -> list[str]:
    cells = zip(row.cells, table.columns, strict=True)
    return [row.label, *("" if value is None else shown(value, column.kind) for value, column in cells)]


def _halves(words: str) -> int:
    return sum(1 if letter <= LAST_HALF_WIDTH else 2 for letter in words)


def _height(line: Sequence[str], widths: Sequence[int]) -> int:
    """Return how high a row is that shows all its words; not every program finds out by itself."""
    taken = [
        sum(math.ceil(max(1, _halves(part)) / (width - 1)) for part in words.split("\n"))
        for words, width in zip(line, widths, strict=True)
    ]
    return min(HIGHEST, LINE_HEIGHT * max(taken) + 3)
