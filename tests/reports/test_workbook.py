"""Facts about a report as an Excel workbook."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from fieldvisit.reports.snapshot import Column, Kind, Row, Section, Table
from fieldvisit.reports.workbook import workbook
from tests.reports.golden_files import WORKBOOK, cells_of
from tests.reports.sample import HOSTILE, LONG_NAME, SAMPLE, UNITS

OUTCOME = "3.1 责任单位当月化解成效"


@cache
def made() -> bytes:
    return workbook(SAMPLE, is_draft=False)


def opened() -> Any:
    return load_workbook(io.BytesIO(made()))


def part(name: str) -> str:
    with ZipFile(io.BytesIO(made())) as packed:
        return packed.read(name).decode()


def test_a_drafts_cells_are_as_written_down() -> None:
    assert cells_of(workbook(SAMPLE, is_draft=True)) == WORKBOOK.read_text(encoding="utf-8")


def test_only_a_draft_says_so() -> None:
    assert "草稿" not in cells_of(made())


def test_the_same_report_is_the_same_bytes_at_another_time() -> None:
    with ZipFile(io.BytesIO(made())) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert workbook(SAMPLE, is_draft=False) == made()


def test_nobody_is_named_as_its_author_and_its_day_is_the_last_day_counted() -> None:
    core = part("docProps/core.xml")
    assert "creator" not in core
    assert "lastModifiedBy" not in core
    assert set(re.findall(r"20\d\d-\d\d-\d\dT[\d:]+Z", core)) == {"2026-07-31T00:00:00Z"}


def test_heads_stay_in_sight_and_are_printed_on_every_page() -> None:
    for sheet in opened().worksheets[1:]:
        assert sheet.freeze_panes == "B3"
        assert sheet.print_title_rows == "$1:$2"


def test_numbers_are_numbers_with_their_formats() -> None:
    book = opened()
    overview, scores = book["1.1 主要数字"], book["2.2 按乡镇化解成效"]
    assert [(cell.value, cell.number_format) for cell in overview[3][1:]] == [
        (134, "#,##0"),
        (146, "#,##0"),
        (-0.082, "+0.0%;-0.0%;0.0%"),
        (-0.35, "+0.0%;-0.0%;0.0%"),
        (0.93, "0.0%"),
    ]
    assert [(cell.value, cell.number_format) for cell in scores["B"][2:4]] == [(3.0, "0.0"), (-0.3, "0.0")]


def test_what_is_not_known_is_an_empty_cell() -> None:
    assert [cell.value for cell in opened()["1.1 主要数字"][5]] == ["信访量（件次）", None, None, None, None, None]


def test_all_units_are_there_with_the_total() -> None:
    heads = [cell.value for cell in opened()[OUTCOME]["A"]]
    assert heads[2] == LONG_NAME
    assert heads.index("合计") == 2 + UNITS


def test_a_table_without_rows_says_so() -> None:
    assert [cell.value for cell in opened()["4.1 本期更正"]["A"]] == [
        "本期更正　繁昌区2026年7月民情月报",
        "编号",
        "（无）",
    ]


def test_words_stay_words_whatever_they_begin_with() -> None:
    name, places = opened()[OUTCOME][4][:2]
    assert (name.value, name.data_type, name.quotePrefix) == ('=1+1<w:p/>&amp;"', "s", True)
    assert (places.value, places.data_type, places.quotePrefix) == ("+86", "s", True)


def test_no_sheet_has_a_formula() -> None:
    with ZipFile(io.BytesIO(made())) as packed:
        sheets = [packed.read(name).decode() for name in packed.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 7
    assert not any("<f>" in sheet for sheet in sheets)


def test_names_of_sheets_are_short_apart_and_without_what_excel_refuses() -> None:
    table = Table("x", "'" + HOSTILE + r"[a]:b*c?d/e\f" + "长" * 40 + "'", "头", (), ())
    book = load_workbook(
        io.BytesIO(workbook(replace(SAMPLE, sections=(Section("x", "", "", (table, table)),)), is_draft=False))
    )
    assert [len(name) for name in book.sheetnames] == [2, 31, 31]
    assert len(set(book.sheetnames)) == 3
    assert not any(re.search(r"[\\/*?:\[\]\x00]", name) for name in book.sheetnames)


@pytest.mark.parametrize("text", ["\x00\x1f", "\ufffe\uffff", "\ud800", "a\tb\r\nc\x0bd", "😀𠮷", ""])
def test_any_text_makes_a_whole_workbook(text: str) -> None:
    table = Table("x", text, text, (Column("y", text, Kind.TEXT),), (Row("1", text, (text,)),), note=text)
    odd = replace(SAMPLE, title=text, settings={text: text}, sections=(Section("x", text, text, (table,)),))
    load_workbook(io.BytesIO(workbook(odd, is_draft=True)))


def test_charts_show_the_first_numbers_with_a_title_and_without_the_total() -> None:
    charts = [part(f"xl/charts/chart{nth}.xml") for nth in (1, 2, 3)]
    titles = ["".join(re.findall(r"<a:t>(.*?)</a:t>", chart)) for chart in charts]
    assert titles == ["近十三个月：受理", "按涉及领域：本月受理", "按乡镇化解成效：得分"]
    assert "<lineChart>" in charts[0]
    assert "'2.1 按涉及领域'!$C$3:$C$7" in charts[1]
    assert '<barDir val="bar"/>' in re.sub(r"\s*/>", "/>", charts[1])


def test_columns_are_as_wide_as_their_words_within_reason() -> None:
    widths = {letter: one.width for letter, one in opened()[OUTCOME].column_dimensions.items()}
    assert widths["A"] == 48
    assert min(widths.values()) >= 9


def test_rows_are_high_enough_for_long_names() -> None:
    heights = opened()[OUTCOME].row_dimensions
    assert heights[3].height > 2 * heights[5].height - 10
