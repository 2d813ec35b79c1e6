"""Tables that people upload, xlsx or CSV, as rows of text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from fieldvisit.errors import Refused
from fieldvisit.uploads import decoded

MOST_BYTES = 8 * 1024 * 1024
# What a small file may unfold to.
MOST_UNFOLDED = 200 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 50_000, 60
IS_ZIP = b"PK\x03\x04"
NO_TABLE = "这个文件打不开。请存成 Excel（.xlsx）或 CSV 再导入。"


def rows_of(content: bytes) -> list[list[str]]:
    """Return the rows of a table's first sheet; raise Refused when it is none."""
    if not content:
        raise Refused("请选择一个 Excel（.xlsx）或 CSV 文件。")
    if len(content) > MOST_BYTES:
        raise Refused("文件太大，最多 8 MB。请分几次导入。")
    read = _from_workbook if content.startswith(IS_ZIP) else _from_csv
    rows = []
    for row in read(content):
        rows.append(row[:MOST_COLUMNS])
        if len(rows) > MOST_ROWS:
            raise Refused("行数太多了，请分几次导入。")
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


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
