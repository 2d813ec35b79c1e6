"""A work list as a table for a spreadsheet: all its pages, without names and phone numbers."""

from __future__ import annotations

import tempfile
from typing import IO, Any

from fieldvisit.concerns.list_queries import Row, Work
from fieldvisit.concerns.lists import Lists, label_of, lists
from fieldvisit.concerns.words import STATE_WORDS
from fieldvisit.spreadsheet import cell

MOST_ROWS = 20_000
# Heads and how wide each column is, in characters.
COLUMNS = (
    ("编号", 18), ("登记日期", 12), ("渠道", 12), ("性质", 8), ("领域", 24), ("等级", 6), ("地点", 24), ("内容", 60),
    ("人数", 6), ("状态", 10), ("承办单位", 22), ("期限", 12), ("办结日期", 12),
)  # fmt: skip
IN_MEMORY = 2 * 1024 * 1024


def table(work: Work) -> tuple[IO[bytes], int]:
    """Return a workbook (xlsx) of a list's first 20,000 rows as an open file, and how many rows it has."""
    # 4 MB of memory that only exports and imports need.
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book, known, number = Workbook(write_only=True), lists(), 0
    sheet = book.create_sheet("诉求")
    sheet.freeze_panes = "B2"
    for place, (_, width) in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([cell(sheet, head, font=Font(bold=True)) for head, _ in COLUMNS])
    for row in work.rows(MOST_ROWS):
        sheet.append([cell(sheet, value) for value in _values(row, known)])
        number += 1
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed by the answer that sends it
    book.save(file)
    file.seek(0)
    return file, number


def _values(row: Row, known: Lists) -> list[Any]:
    place = " ".join(filter(None, (row.place_name, row.place)))
    return [
        row.number, row.registered_on, label_of(known.channels, row.channel), label_of(known.natures, row.nature),
        known.domain_label(row.domain), row.level.value, place, row.words, row.people, STATE_WORDS[row.state],
        row.unit_name or "", row.clock_on, row.closed_on,
    ]  # fmt: skip
