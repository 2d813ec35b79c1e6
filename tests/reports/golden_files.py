"""What the sample report's files say, as text. `python -m tests.reports.golden_files` writes it anew."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from docx import Document
from docx.table import Table
from openpyxl import load_workbook

from fieldvisit.reports.word import document
from fieldvisit.reports.workbook import workbook
from tests.reports.sample import SAMPLE

GOLDEN = Path(__file__).parent / "golden"
WORD, WORKBOOK = GOLDEN / "report.docx.txt", GOLDEN / "report.xlsx.txt"


def words_of(content: bytes) -> str:
    """Return a document's paragraphs and rows, one a line; rows have bars between their cells."""
    lines: list[str] = []
    for block in Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(block, Table):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines) + "\n"


def cells_of(content: bytes) -> str:
    """Return a workbook's cells, each with its place, kind and number format."""
    return "\n".join(_cells_of(content)) + "\n"


def _cells_of(content: bytes) -> Iterator[str]:
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        yield f"== {sheet.title}"
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield f"{cell.coordinate} {cell.data_type} {cell.number_format} {cell.value!r}"


if __name__ == "__main__":
    WORD.write_text(words_of(document(SAMPLE, is_draft=True)), encoding="utf-8")
    WORKBOOK.write_text(cells_of(workbook(SAMPLE, is_draft=True)), encoding="utf-8")
