"""Facts about a report as plain tables."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from zipfile import ZipFile

from fieldvisit.reports.flat import archive
from fieldvisit.reports.snapshot import Column, Kind, Row, Section, Table
from tests.reports.sample import LONG_NAME, SAMPLE, UNITS

OUTCOME = "03-01 责任单位当月化解成效.csv"


def files(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_every_table_is_a_file_by_its_number_and_title() -> None:
    assert list(files(archive(SAMPLE))) == [
        "00 说明.csv",
        "01-01 主要数字.csv",
        "01-02 近十三个月.csv",
        "02-01 按涉及领域.csv",
        "02-02 按乡镇化解成效.csv",
        OUTCOME,
        "04-01 本期更正.csv",
    ]


def test_spreadsheets_know_the_encoding_by_its_mark() -> None:
    assert all(content.startswith(b"\xef\xbb\xbf") for content in files(archive(SAMPLE)).values())


def test_numbers_are_written_for_programs_and_nothing_for_what_is_not_known() -> None:
    found = files(archive(SAMPLE))
    assert lines(found["01-01 主要数字.csv"]) == [
        ["项目", "本月", "上月", "比上月", "比去年同月", "满意率"],
        ["本月受理", "134", "146", "-8.2%", "-35.0%", "93.0%"],
        ["其中化解", "12345", "110", "7.3%", "", ""],
        ["信访量（件次）", "", "", "", "", ""],
    ]
    assert lines(found["02-02 按乡镇化解成效.csv"])[1:] == [["繁阳镇", "3.0"], ["孙村镇", "-0.3"], ["平铺镇", ""]]


def test_all_units_are_there_with_the_total() -> None:
    table = lines(files(archive(SAMPLE))[OUTCOME])
    assert len(table) == 1 + UNITS + 1
    assert (table[1][0], table[-1][0]) == (LONG_NAME, "合计")


def test_a_table_without_rows_has_its_heads() -> None:
    assert lines(files(archive(SAMPLE))["04-01 本期更正.csv"]) == [["编号", "理由"]]


def test_words_that_a_spreadsheet_takes_for_a_formula_are_made_harmless() -> None:
    hostile = lines(files(archive(SAMPLE))[OUTCOME])[2]
    assert hostile[:2] == ["'=1+1<w:p/>&amp;\"", "'+86"]
    assert hostile[-1] == "'@不满意"
    begins = ("-1", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠1")
    rows = tuple(Row(str(nth), begin, (begin,)) for nth, begin in enumerate(begins))
    table = Table("x", "甲", "=头", (Column("y", "+列", Kind.TEXT),), rows)
    made = lines(files(archive(replace(SAMPLE, sections=(Section("x", "", "", (table,)),))))["01-01 甲.csv"])
    assert made == [["'=头", "'+列"], *([f"'{begin}"] * 2 for begin in begins)]


def test_file_names_hold_nothing_that_a_folder_could_mistake() -> None:
    table = Table("x", '../a\\b:c*?"<>|\x00\n' + "长" * 99, "头", (), ())
    content = archive(replace(SAMPLE, sections=(Section("x", "", "", (table, replace(table, title=""))),)))
    names = list(files(content))
    assert names[1].startswith("01-01 ..abc长")
    assert len(names[1]) <= 70
    assert names[2] == "01-02 .csv"


def test_the_settings_are_told() -> None:
    assert lines(files(archive(SAMPLE))["00 说明.csv"]) == [
        ["标题", "繁昌区2026年7月民情月报"],
        ["月份", "2026-07"],
        ["统计截止", "数据截至2026年7月31日"],
        ["化解一件", "1.0分"],
        ["部分化解一件", "0.0分"],
        ["未化解一件", "−0.3分"],
        ["未化解的口径", "月底未办结的都扣"],
    ]


def test_the_same_report_is_the_same_bytes_at_another_time() -> None:
    made = archive(SAMPLE)
    with ZipFile(io.BytesIO(made)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert archive(SAMPLE) == made
