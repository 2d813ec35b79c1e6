"""The article's figures, to the item, in each form in which the report is read."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest
from docx import Document
from openpyxl import load_workbook

from fieldvisit import clock
from fieldvisit.extensions import db
from fieldvisit.reports import actions, flat, word, workbook
from fieldvisit.reports.hand_models import HandFigure
from fieldvisit.reports.snapshot import Snapshot
from tests.factories import COUNTY, Factory
from tests.reports.making import JULY, Place

# Rows as they are read: the unit, and what must stand in its row, in this order.
OUTCOMES = {
    "区市场监管局": ["缸窑村", "2", "1", "0", "2", "0", "1", "0", "0", "1.7", "满意 2"],
    "区建投公司": ["柳墩村", "1", "2", "0", "3", "0", "0", "0", "0", "3.0", "满意 3"],
    "区商务局": ["", "0", "1", "0", "0", "0", "1", "0", "0", "−0.3", ""],
}


@pytest.fixture
def july(make: Factory) -> Snapshot:
    """The report of July 2026 as it is drafted on the 5th of August."""
    place = Place(make)
    place.july()
    for month, petitions in ((JULY, 65), (JULY.back(12), 100)):
        entered = {"updated_by": place.officer.id, "updated_at": clock.now()}
        db.session.add(HandFigure(county_code=COUNTY, month=month.first, petitions=petitions, **entered))
    db.session.commit()
    return actions.built(COUNTY, JULY, date(2026, 8, 5)).snapshot


def row_of(rows: list[list[str]], head: str, length: int) -> list[str]:
    """Return what follows a row's head, in the one row of so many cells that has it."""
    (found,) = [row[row.index(head) + 1 :] for row in rows if head in row and len(row) >= length]
    return found


def test_in_the_word_document(july: Snapshot) -> None:
    paper = Document(io.BytesIO(word.document(july, is_draft=False)))
    tables = [[[cell.text.strip() for cell in row.cells] for row in table.rows] for table in paper.tables]
    (overview,) = [
        table for table in tables if any("本月受理" in row for row in table) and any("上月" in table[0] for _ in [0])
    ]
    assert row_of(overview, "本月受理", 5)[0] == "134"
    assert row_of(overview, "其中化解", 5)[0] == "118"
    assert row_of(overview, "信访量（件次）", 5)[-1] == "−35%"
    (outcome,) = [table for table in tables if "得分" in table[0]]
    for unit, cells in OUTCOMES.items():
        assert row_of(outcome, unit, 5) == cells


def test_in_the_workbook(july: Snapshot) -> None:
    book = load_workbook(io.BytesIO(workbook.workbook(july, is_draft=False)))
    sheets = {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}
    rows = [row for sheet in sheets.values() for row in sheet]
    assert any(row[:2] == ["本月受理", 134] for row in rows)
    (outcome,) = [sheet for sheet in sheets.values() if any("得分" in row for row in sheet)]
    (place,) = [row.index("得分") for row in outcome if "得分" in row]
    scores = {row[0]: row[place] for row in outcome if row[0] in OUTCOMES}
    assert scores == {"区市场监管局": 1.7, "区建投公司": 3.0, "区商务局": -0.3}
    petitions = next(row for row in rows if row[0] == "信访量（件次）")
    assert petitions[5] == pytest.approx(-0.35)


def test_in_the_plain_tables(july: Snapshot) -> None:
    archive = zipfile.ZipFile(io.BytesIO(flat.archive(july)))
    rows = [
        row
        for name in archive.namelist()
        for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig")))
    ]  # fmt: skip
    assert ["本月受理", "134"] in [row[:2] for row in rows]


def test_no_form_holds_a_name_or_a_phone_number(july: Snapshot) -> None:
    paper = Document(io.BytesIO(word.document(july, is_draft=True)))
    text = "\n".join(
        [paragraph.text for paragraph in paper.paragraphs]
        + [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    )
    assert "孙丽" not in text
    assert "1380000" not in text
