"""A report as an Excel workbook: a sheet for each table, with real numbers; the same report is always the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from fieldvisit.printable import printable
from fieldvisit.reports.series import Series, series_of
from fieldvisit.reports.snapshot import Chart, Kind, Row, Snapshot, Table, Value, shown
from fieldvisit.reports.wording import settings_of, title_of, until_of
from fieldvisit.reports.zips import timeless
from fieldvisit.spreadsheet import cell

ABOUT, NOTHING = "说明", "（无）"
FORMATS = {Kind.TENTHS: "0.0", Kind.SHARE: "0.0%", Kind.CHANGE: "+0.0%;-0.0%;0.0%", Kind.COUNT: "#,##0"}
PARTS = {Kind.TENTHS: 10, Kind.SHARE: 1000, Kind.CHANGE: 1000}
NOT_IN_NAMES = re.compile(r"[\\/*?:\[\]]")
LONGEST_NAME = 31
# In halves of a Chinese character, as Excel counts widths.
NARROWEST, WIDEST, PADDING = 9, 48, 2
# The title and the heads stand above the rows.
HEAD_ROW = 2
# As Excel counts sizes of paper.
A4 = 9
CHART_WIDTH_CM, LINE_HEIGHT_CM = 18, 9


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
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(ABOUT)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 90
    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    sheet.append([cell(sheet, title, font=Font(bold=True, size=16))])
    lines = [("统计截止", until_of(snapshot)), *settings_of(snapshot), ("表格", "\n".join(names))]
    lines += [(section.title, section.text) for section in snapshot.sections if section.text.strip()]
    for name, words in lines:
        sheet.append([cell(sheet, name, font=bold, alignment=wrapped), cell(sheet, words, alignment=wrapped)])


def _add_sheet(book: Any, name: str, table: Table, title: str) -> None:
    sheet, series = book.create_sheet(name), series_of(table)
    _lay_out(sheet, table)
    if series:
        _add_chart(sheet, table, series)
    for line in _lines(sheet, table, title):
        sheet.append(line)


def _lay_out(sheet: Any, table: Table) -> None:
    """Set everything that stands before a sheet's rows in its file."""
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(_widths(table), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = f"B{HEAD_ROW + 1}"
    sheet.print_title_rows = f"1:{HEAD_ROW}"
    sheet.page_setup.orientation = "landscape" if len(table.columns) > 6 else "portrait"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "— &P —"


def _lines(sheet: Any, table: Table, title: str) -> Iterator[list[Any]]:
    """Return the title, the heads, the rows, the total and the note, as cells."""
    from openpyxl.styles import Alignment, Font

    bold, middle = Font(bold=True), Alignment(horizontal="center", vertical="center", wrap_text=True)
    yield [cell(sheet, f"{table.title}　{title}", font=Font(bold=True, size=14))]
    yield [cell(sheet, words, font=bold, alignment=middle) for words in _heads(table)]
    for row in table.rows:
        yield _row(sheet, row, table, Font())
    if table.total:
        yield _row(sheet, table.total, table, bold)
    if not table.rows:
        yield [cell(sheet, NOTHING)]
    if table.note:
        yield []
        yield [cell(sheet, f"注：{table.note}")]


def _heads(table: Table) -> list[str]:
    return [table.head, *(column.label for column in table.columns)]


def _row(sheet: Any, row: Row, table: Table, font: Any) -> list[Any]:
    from openpyxl.styles import Alignment

    wrapped = Alignment(wrap_text=True, vertical="top")
    top = Alignment(vertical="top")
    cells = [cell(sheet, row.label, font=font, alignment=wrapped)]
    for value, column in zip(row.cells, table.columns, strict=True):
        if isinstance(value, int):
            number = _number(value, column.kind)
            cells.append(
                cell(sheet, number, font=font, alignment=top, number_format=FORMATS.get(column.kind, "General"))
            )
        else:
            cells.append(cell(sheet, value, font=font, alignment=wrapped))
    return cells


def _number(value: int, kind: Kind) -> int | float:
    return value / PARTS[kind] if kind in PARTS else value


def _widths(table: Table) -> list[int]:
    """Return how wide each column is: as its longest words, within reason."""
    columns: list[list[str]] = [[head] for head in _heads(table)]
    for row in (*table.rows, *((table.total,) if table.total else ())):
        columns[0].append(row.label)
        for place, (value, column) in enumerate(zip(row.cells, table.columns, strict=True), 1):
            columns[place].append(_shown(value, column.kind))
    return [min(WIDEST, max(NARROWEST, *(_halves(words) + PADDING for words in column))) for column in columns]


def _shown(value: Value, kind: Kind) -> str:
    return "" if value is None else shown(value, kind)


def _halves(words: str) -> int:
    return sum(1 if letter <= "\u2e7f" else 2 for letter in words)


def _add_chart(sheet: Any, table: Table, series: Series) -> None:
    """Draw the table's first numbers beside it, by the cells themselves."""
    from openpyxl.chart import BarChart, LineChart, Reference
    from openpyxl.chart.label import DataLabelList
    from openpyxl.utils import get_column_letter

    first, last = HEAD_ROW + 1, HEAD_ROW + len(table.rows)
    column = series.place + 2
    chart = LineChart() if table.chart is Chart.LINE else BarChart()
    if table.chart is Chart.BARS:
        chart.type, chart.gapWidth = "bar", 60
        # The first row on top, as in the table.
        chart.x_axis.scaling.orientation = "maxMin"
    chart.add_data(Reference(sheet, min_col=column, min_row=HEAD_ROW, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=last))
    chart.title = printable(f"{table.title}：{series.column.label}")
    chart.legend, chart.x_axis.delete, chart.y_axis.delete = None, False, False
    chart.x_axis.tickLblPos = "low"
    chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    chart.width = CHART_WIDTH_CM
    chart.height = LINE_HEIGHT_CM if table.chart is Chart.LINE else 3 + 0.7 * len(table.rows)
    sheet.add_chart(chart, f"{get_column_letter(len(table.columns) + 3)}{HEAD_ROW}")
