"""Tables that people upload, xlsx or CSV, or paste, as rows of text."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from fieldvisit.errors import Refused
from fieldvisit.uploads import decoded

MOST_BYTES = 8 * 1024 * 1024
# What a small file may unfold to.
MOST_UNFOLDED = 200 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 50_000, 60
IS_ZIP = b"PK\x03\x04"
# A cell as spreadsheets copy it: one of several lines stands in quotes; a quote that nothing closes is just a quote.
CELL = re.compile(r'"((?:[^"]|"")*+)"(?=[\t\n]|\Z)|([^\t\n]*)')
NO_TABLE = "这个文件打不开。请存成 Excel（.xlsx）或 CSV 再导入。"


def rows_of(content: bytes) -> list[list[str]]:
    """Return the rows of a table's first sheet; raise Refused when it is none."""
    if not content:
        raise Refused("请选择一个 Excel（.xlsx）或 CSV 文件，或者粘贴表格。")
    if len(content) > MOST_BYTES:
        raise Refused("文件太大，最多 8 MB。请分几次导入。")
    read = _from_workbook if content.startswith(IS_ZIP) else _from_csv
    return _limited(read(content))


def rows_pasted(text: str) -> list[list[str]]:
    """Return the rows of a table that was copied from a spreadsheet: cells apart by tabs, rows by line breaks."""
    if len(text.encode()) > MOST_BYTES:
        raise Refused("粘贴的内容太多，最多 8 MB。请分几次导入。")
    return _limited(_from_clipboard(text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")))


def _limited(read: Iterable[list[str]]) -> list[list[str]]:
    rows = []
    for row in read:
        rows.append(row[:MOST_COLUMNS])
        if len(rows) > MOST_ROWS:
            raise Refused("行数太多了，请分几次导入。")
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _from_clipboard(text: str) -> Iterator[list[str]]:
    row: list[str] = []
    at = 0
    while at <= len(text):
        cell = CELL.match(text, at)
        assert cell  # nothing at all is a cell too
        row.append(cell[2] if cell[1] is None else cell[1].replace('""', '"'))
        at = cell.end() + 1
        if text[cell.end() : at] != "\t":
            yield row
            row = []


def _from_csv(content: bytes) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(decoded(content), newline=""), strict=True)
    except csv.Error as error:
        raise Refused(NO_TABLE) from error


def _from_workbook(content: bytes) -> Iterator[list[str]]:
    # 4 MB of memory that only exports and imports need.
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNFOLDED:
                raise Refused("这个文件展开后太大，请分几次导入。")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            for row in book.worksheets[0].iter_rows(max_col=MOST_COLUMNS, values_only=True):
                yield [_text(value) for value in row]
        finally:
            book.close()
    except Refused:
        raise
    except Exception as error:  # whatever a broken workbook makes its reader raise
        raise Refused(NO_TABLE) from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        # Phone numbers and counts are numbers to a spreadsheet.
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value).strip()
