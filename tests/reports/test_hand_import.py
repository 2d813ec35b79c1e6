"""Facts about figures out of a table: seen before they are taken, all or nothing, each wrong row told."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from fieldvisit.errors import Refused
from fieldvisit.reports import hand_importing, hand_queries
from fieldvisit.reports.months import Month
from tests.factories import COUNTY, Factory
from tests.reports.hand_making import Offices, audited, this_month

PAGE = "/reports/figures/import"
TODAY = date(2026, 9, 12)
Rows = list[list[Any]]


@pytest.fixture
def offices(app: Flask, make: Factory) -> Offices:
    """Two counties with their offices."""
    return Offices(app, make)


def workbook(rows: Rows) -> bytes:
    """Return a workbook of some rows."""
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(file)
    return file.getvalue()


def send(offices: Offices, content: bytes | Rows, **fields: str) -> TestResponse:
    """Upload a table."""
    data = workbook(content) if isinstance(content, list) else content
    form = fields | {"file": (io.BytesIO(data), "月报数据.xlsx")}
    return offices.post(PAGE, form, content_type="multipart/form-data", fragment=True)


def seal_in(answer: TestResponse) -> str:
    """Return what the preview sends along."""
    return answer.text.partition('name="seal" value="')[2][:64]


def take(offices: Offices, content: bytes | Rows) -> TestResponse:
    """Look at a table and take it."""
    return send(offices, content, step="take", seal=seal_in(send(offices, content)))


def kept(month: Month) -> tuple[int | None, int | None]:
    """Return a month's two figures."""
    row = hand_queries.figures(COUNTY, [month])[month]
    return row.petitions, row.agency


def errors_of(*rows: list[str]) -> list[tuple[int, str]]:
    """Return what is wrong with rows of month, petitions, agency."""
    return hand_importing.read([["月份", "信访量", "代办量"], *rows], TODAY).errors


def test_columns_come_in_any_order_and_others_are_passed_over(offices: Offices) -> None:
    month = this_month().back(1)
    answer = take(offices, [["备注", "代办量", " 月份 ", "信访量"], ["x", 340, str(month), 12]])
    assert answer.headers["HX-Redirect"] == f"/reports/figures?county={COUNTY}"
    assert kept(month) == (12, 340)
    assert audited("report_figures_set")[0]["figures"][0][0] == str(month)


def test_looking_changes_nothing_and_shows_what_would_change(offices: Offices) -> None:
    month = this_month()
    take(offices, [["月份", "信访量", "代办量"], [str(month), 9, 5]])
    answer = send(offices, [["月份", "信访量", "代办量"], [str(month), 12, 5]])
    assert "要改 1 个月的 1 个数" in answer.text
    assert "原来 9" in answer.text
    assert kept(month) == (9, 5)


def test_a_csv_of_a_chinese_spreadsheet_is_read(offices: Offices) -> None:
    take(offices, f"月份,代办量\n{this_month()},7\n".encode("gb18030"))
    assert kept(this_month()) == (None, 7)


def test_an_empty_cell_leaves_what_is_there(offices: Offices) -> None:
    take(offices, [["月份", "信访量", "代办量"], [str(this_month()), 9, 5]])
    take(offices, [["月份", "信访量", "代办量"], [str(this_month()), None, 6]])
    assert kept(this_month()) == (9, 6)


def test_one_wrong_row_and_nothing_is_taken(offices: Offices) -> None:
    rows: Rows = [["月份", "信访量"], [str(this_month()), 9], [str(this_month().back(1)), -1]]
    answer = send(offices, rows, step="take", seal="x")
    assert answer.status_code == 422
    assert "第 3 行：信访量“-1”不对：不能是负数。" in answer.text
    assert hand_queries.figures(COUNTY, this_month().up_to_this(13)) == {}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["2026年13月", "1", ""], "看不懂"),
        (["2026.7", "1", ""], "看不懂"),
        (["七月", "1", ""], "看不懂"),
        (["1999-12", "1", ""], "看不懂"),
        (["", "1", ""], "没有写月份"),
        (["2026-10", "1", ""], "2026年10月还没有到"),
        (["2026-07", "-1", ""], "信访量“-1”不对：不能是负数"),
        (["2026-07", "1.5", ""], "要填整数"),
        (["2026-07", "", "很多"], "代办量“很多”不对：请填数字"),
        (["2026-07", "", "True"], "请填数字"),
        (["2026-07", "", "#N/A"], "请填数字"),
        (["2026-07", "99999999999", ""], "数字太大"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_its_line(row: list[str], said: str) -> None:
    ((line, words),) = errors_of(row)
    assert line == 2
    assert said in words


def test_both_numbers_of_a_row_are_told_of_and_a_month_that_comes_twice() -> None:
    found = errors_of(["2026-07", "-1", "x"], ["", "", ""], ["2026年7月", "3", ""])
    assert [line for line, _ in found] == [2, 2, 4]
    assert found[2][1] == "和第 2 行是同一个月，请只留一行。"


@pytest.mark.parametrize(
    "text",
    ["2026-07", "2026/7", "2026年7月", "2026年07月", "202607", "２０２６年７月", "2026-07-01 00:00:00", "2026/7/1"],
)
def test_a_month_is_read_in_any_usual_spelling(text: str) -> None:
    told = hand_importing.read([["月份", "信访量"], [text, "3"]], TODAY)
    assert told.figures == {(Month(date(2026, 7, 1)), "petitions"): 3}


def test_a_month_that_a_spreadsheet_holds_as_a_date_is_read(offices: Offices) -> None:
    take(offices, [["月份", "信访量"], [this_month().first, 3]])
    assert kept(this_month()) == (3, None)


@pytest.mark.parametrize("heads", [[], ["月份"], ["信访量", "代办量"], ["月", "信访量"]])
def test_a_table_without_the_columns_is_refused_with_their_names(heads: list[str]) -> None:
    with pytest.raises(Refused, match="月份"):
        hand_importing.read([heads, ["2026-07", "1"]], TODAY)


def test_five_thousand_rows_are_read_and_one_more_is_refused() -> None:
    rows = [["月份", "信访量"], *([f"{year}-{month:02}", "x"] for year in range(2000, 2020) for month in range(1, 13))]
    rows += [["x", "1"]] * (5001 - len(rows))
    assert len(hand_importing.read(rows, TODAY).errors) == 5000
    with pytest.raises(Refused, match="5000"):
        hand_importing.read([*rows, ["x", "1"]], TODAY)


def test_of_very_many_faults_a_hundred_are_shown(offices: Offices) -> None:
    answer = send(offices, [["月份", "信访量"], *([f"x{number}", 1] for number in range(120))])
    assert "有 120 处不对" in answer.text
    assert answer.text.count("<li>") == 100
    assert "还有 20 处" in answer.text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nothing", b"\xff\xfe\xfd", "月份,信访量\n".encode()])
def test_a_file_that_says_nothing_is_told(offices: Offices, content: bytes) -> None:
    answer = send(offices, content)
    assert answer.status_code == 422
    assert "panel-red" in answer.text


def test_what_another_has_changed_since_the_look_is_shown_first(offices: Offices) -> None:
    rows: Rows = [["月份", "信访量"], [str(this_month()), 12]]
    seal = seal_in(send(offices, rows))
    offices.post("/reports/figures", {f"petitions-{this_month()}": "9"}, offices.colleague)
    answer = send(offices, rows, step="take", seal=seal)
    assert answer.status_code == 409
    assert "被人改过" in answer.text
    assert "原来 9" in answer.text
    assert kept(this_month()) == (9, None)
    send(offices, rows, step="take", seal=seal_in(answer))
    assert kept(this_month()) == (12, None)


def test_a_table_that_changes_nothing_says_so(offices: Offices) -> None:
    rows: Rows = [["月份", "信访量"], [str(this_month()), 12]]
    take(offices, rows)
    answer = send(offices, rows)
    assert "没有要改的" in answer.text
    assert 'value="take"' not in answer.text


def test_the_sample_has_the_last_months_with_their_figures_and_can_be_taken_back(offices: Offices) -> None:
    offices.post("/reports/figures", {f"petitions-{this_month()}": "9"})
    answer = offices.get("/reports/figures/sample.xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("月份", "信访量", "代办量")
    assert [row[0] for row in rows[1:]] == [str(month) for month in this_month().up_to_this(13)]
    assert rows[-1][1:] == (9, None)
    assert "没有要改的" in send(offices, answer.data).text
