"""Facts about a report as a Word document, read from its XML."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import sys
from dataclasses import replace
from functools import cache
from typing import Any
from zipfile import ZipFile

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from fieldvisit.reports.drawing import MOST_BARS
from fieldvisit.reports.snapshot import Chart, Column, Kind, Row, Section, Snapshot, Table
from fieldvisit.reports.word import document
from fieldvisit.reports.word_layout import TEXT_WIDTH
from fieldvisit.reports.word_tables import grid, layout
from tests.reports.golden_files import WORD, words_of
from tests.reports.sample import DOMAIN, OUTCOME, OVERVIEW, SAMPLE, SCORES, SERIES, UNITS

# The settings of a page, by GB/T 9704: in twips, 1440 of which are an inch.
MM = 1440 / 25.4


@cache
def parts(is_draft: bool = False) -> dict[str, bytes]:
    return parts_of(document(SAMPLE, is_draft))


def parts_of(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def xml(name: str = "word/document.xml") -> Any:
    return parse_xml(parts()[name])


def value(element: Any, path: str, name: str = "w:val") -> str:
    (found,) = element.xpath(path)
    return str(found.get(qn(name)))


def style(name: str) -> Any:
    (found,) = xml("word/styles.xml").xpath(f'w:style[@w:styleId="{name}"]')
    return found


def with_table(table: Table) -> Snapshot:
    return replace(SAMPLE, sections=(Section("x", "节", "", (table,)),))


# What it says


def test_a_draft_reads_as_written_down() -> None:
    assert words_of(document(SAMPLE, is_draft=True)) == WORD.read_text(encoding="utf-8")


def test_only_a_draft_says_so() -> None:
    assert "草稿" not in words_of(document(SAMPLE, is_draft=False))


def test_the_same_report_is_the_same_bytes_at_another_time() -> None:
    made = document(SAMPLE, is_draft=True)
    with ZipFile(io.BytesIO(made)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert document(SAMPLE, is_draft=True) == made


def test_nobody_is_named_as_its_author_and_its_day_is_the_last_day_counted() -> None:
    core = parts()["docProps/core.xml"].decode()
    assert re.findall(r"<(dc:creator|cp:lastModifiedBy|dc:description)[^>]*>[^<]", core) == []
    assert "python-docx" not in core
    assert set(re.findall(r"20\d\d-\d\d-\d\dT[\d:]+Z", core)) == {"2026-07-31T00:00:00Z"}


def test_nothing_of_the_template_is_left_that_it_does_not_need() -> None:
    assert sorted(name for name in parts() if not name.startswith(("word/media/", "word/_rels"))) == [
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        "word/document.xml",
        "word/fontTable.xml",
        "word/footer1.xml",
        "word/footer2.xml",
        "word/settings.xml",
        "word/styles.xml",
        "word/theme/theme1.xml",
    ]


def test_hostile_words_stay_words_and_control_characters_go() -> None:
    hostile = [row.cells[0].text for row in _tables()[4].rows][2]
    assert hostile == '=1+1<w:p/>&amp;"'


def _tables() -> Any:
    from docx import Document

    return Document(io.BytesIO(document(SAMPLE, is_draft=False))).tables


@pytest.mark.parametrize("text", ["\x00\x01\x1f", "\ufffe\uffff", "\ud800", "a\tb\r\nc\x0bd\x85e\u2028f", "😀𠮷"])
def test_any_text_makes_a_whole_document(text: str) -> None:
    table = Table("x", text, text, (Column("y", text, Kind.TEXT),), (Row("1", text, (text,)),), note=text)
    odd = replace(with_table(table), title=text, settings={text: text, "basis": None})
    odd = replace(odd, sections=(replace(odd.sections[0], title=text, text=text),))
    for content in parts_of(document(odd, is_draft=True)).items():
        if content[0].endswith(".xml"):
            parse_xml(content[1])


def test_a_server_does_not_load_what_only_files_need() -> None:
    program = "import sys, fieldvisit.app; sys.exit(' '.join({'docx', 'lxml', 'openpyxl'} & {*sys.modules}) or None)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr.strip()) == (0, ""), f"Import it inside the function: {run.stderr}"


# The page


def test_the_page_is_a4_with_the_margins_of_official_papers() -> None:
    size, margins = xml().xpath("//w:pgSz")[0], xml().xpath("//w:pgMar")[0]
    assert [int(size.get(qn(f"w:{side}"))) / MM for side in ("w", "h")] == pytest.approx([210, 297], abs=0.1)
    inner = [int(margins.get(qn(f"w:{side}"))) / MM for side in ("top", "left", "bottom", "right")]
    assert inner == pytest.approx([37, 28, 35, 26], abs=0.01)


def test_a_page_holds_22_lines_of_28_characters() -> None:
    pitch = (
        value(style("BodyText"), "w:pPr/w:spacing", "w:line"),
        value(style("BodyText"), "w:pPr/w:spacing", "w:lineRule"),
    )
    assert pitch == ("579", "exact")
    height = (297 - 37 - 35) * MM
    assert 22 <= height / 579 < 23
    size, closer = value(style("BodyText"), "w:rPr/w:sz"), value(style("BodyText"), "w:rPr/w:spacing")
    assert 28 <= (210 - 28 - 26) * MM / (int(size) * 10 + int(closer)) < 29


@pytest.mark.parametrize(
    ("name", "font", "half_points"),
    [
        ("Title", "方正小标宋简体", 44),
        ("BodyText", "仿宋_GB2312", 32),
        ("Heading1", "黑体", 32),
        ("Heading2", "楷体_GB2312", 32),
        ("Footer", "宋体", 28),
    ],
)
def test_each_style_has_the_font_and_size_of_official_papers(name: str, font: str, half_points: int) -> None:
    assert value(style(name), "w:rPr/w:rFonts", "w:eastAsia") == font
    assert value(style(name), "w:rPr/w:sz") == str(half_points)


def test_every_run_of_words_names_its_chinese_font() -> None:
    for name in ("word/document.xml", "word/footer1.xml", "word/footer2.xml"):
        runs = xml(name).xpath("//w:r[w:t or w:instrText]")
        assert runs
        assert all(run.xpath("w:rPr/w:rFonts/@w:eastAsia") for run in runs)


def test_fonts_are_named_but_none_is_shipped() -> None:
    named = [font.get(qn("w:name")) for font in xml("word/fontTable.xml").iter(qn("w:font"))]
    assert named == ["方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "宋体", "黑体"]
    assert not [name for name in parts() if "font" in name.lower() and name != "word/fontTable.xml"]


def test_page_numbers_stand_right_on_odd_pages_and_left_on_even_ones() -> None:
    rels = xml("word/_rels/document.xml.rels")
    target = {one.get("Id"): one.get("Target") for one in rels}
    for kind, side in (("default", "right"), ("even", "left")):
        (reference,) = xml().xpath(f'//w:footerReference[@w:type="{kind}"]')
        footer = xml(f"word/{target[reference.get(qn('r:id'))]}")
        assert value(footer, "w:p/w:pPr/w:jc") == side
        assert "".join(footer.xpath("//w:t/text()")) == "— 1 —"
        assert footer.xpath("//w:instrText/text()") == [" PAGE "]
    assert xml("word/settings.xml").xpath("w:evenAndOddHeaders")


def test_sections_and_tables_are_numbered_in_chinese_and_one_table_alone_is_not() -> None:
    heads = [
        ("".join(one.xpath(".//w:t/text()")), value(one, "w:pPr/w:pStyle"))
        for one in xml().xpath('//w:p[starts-with(w:pPr/w:pStyle/@w:val, "Heading")]')
    ]
    assert [words for words, name in heads if name == "Heading1"][::5] == ["一、总体情况", "六、计算口径"]
    assert [words for words, name in heads if name == "Heading2"][1:5] == [
        "（二）近十三个月",
        "（一）按涉及领域",
        "（二）按乡镇化解成效",
        "责任单位当月化解成效",
    ]


# Tables


def test_heads_repeat_and_rows_stay_whole() -> None:
    for table in xml().xpath("//w:tbl"):
        rows = table.xpath("w:tr")
        assert all(row.xpath("w:trPr/w:cantSplit") for row in rows)
        assert [bool(row.xpath("w:trPr/w:tblHeader")) for row in rows] == [True] + [False] * (len(rows) - 1)


def test_numbers_stand_to_the_right_and_words_to_the_left() -> None:
    row = xml().xpath("//w:tbl")[4].xpath("w:tr")[1]
    assert row.xpath("w:tc/w:p/w:pPr/w:jc/@w:val") == ["left", "left", *["right"] * 9, "left"]


def test_all_units_stand_in_their_table_with_the_total() -> None:
    assert len(xml().xpath("//w:tbl")[4].xpath("w:tr")) == 1 + UNITS + 1


@pytest.mark.parametrize("table", [OVERVIEW, SERIES, DOMAIN, SCORES, OUTCOME])
def test_tables_fill_the_width_of_the_text(table: Table) -> None:
    _, widths = layout(grid(table, is_numbered=True))
    assert sum(widths) == TEXT_WIDTH


def test_a_wide_table_has_smaller_letters_and_room_for_most_units_names() -> None:
    size, widths = layout(grid(OUTCOME, is_numbered=False))
    assert size == 18
    assert widths[0] > len("第100号责任单位") * size * 10
    assert all(width > 2 * size * 10 for width in widths)


def test_a_table_that_is_far_too_wide_is_narrowed() -> None:
    columns = tuple(Column(str(nth), f"第{nth}列数字", Kind.COUNT) for nth in range(60))
    table = Table("x", "宽", "头", columns, (Row("1", "行", tuple(range(60))),))
    size, widths = layout(grid(table, is_numbered=False))
    assert (size, sum(widths)) == (15, TEXT_WIDTH)
    assert min(widths) > 0


# Pictures


def pictures(snapshot: Snapshot) -> list[bytes]:
    return [content for name, content in parts_of(document(snapshot, False)).items() if name.endswith(".png")]


def test_charts_are_pictures_as_wide_as_the_text_with_words_for_those_who_do_not_see_them() -> None:
    extents = xml().xpath("//wp:inline/wp:extent")
    assert [round(int(one.get("cx")) / 36000) for one in extents] == [156, 156, 156]
    described = [one.get("descr") for one in xml().xpath("//wp:docPr")]
    assert described == ["近十三个月：受理", "按涉及领域：本月受理", "按乡镇化解成效：得分"]


def test_a_picture_is_black_and_white() -> None:
    for png in pictures(SAMPLE):
        assert struct.unpack(">BB", png[24:26]) == (8, 0)


def test_rows_have_the_running_numbers_of_their_picture_and_others_have_none() -> None:
    assert [table.rows[0].cells[0].text for table in _tables()] == ["项目", "序号", "序号", "序号", "单位"]
    assert [row.cells[0].text for row in _tables()[2].rows] == ["序号", "1", "2", "3", "4", "5", ""]


def test_so_many_bars_that_they_fill_a_page_are_not_drawn_nor_numbered() -> None:
    many = replace(DOMAIN, rows=tuple(Row(str(nth), "村", ("", nth, nth)) for nth in range(MOST_BARS + 1)))
    assert pictures(with_table(many)) == []
    assert pictures(with_table(replace(many, rows=many.rows[:-1])))
    assert "序号" not in words_of(document(with_table(many), False))


@pytest.mark.parametrize("chart", [Chart.BARS, Chart.LINE])
@pytest.mark.parametrize("numbers", [(0,), (0, 0), (-3, -1), (None, 5), (99_999_999, -99_999_999)])
def test_any_numbers_can_be_drawn(chart: Chart, numbers: tuple[int | None, ...]) -> None:
    rows = tuple(Row(str(nth), "镇", (number,)) for nth, number in enumerate(numbers))
    table = Table("few", "少", "乡镇", (Column("n", "数", Kind.TENTHS),), rows, chart=chart)
    assert len(pictures(with_table(table))) == 1


def test_a_chart_without_numbers_is_not_drawn() -> None:
    table = replace(SCORES, rows=(Row("a", "繁阳镇", (None,)),))
    assert pictures(with_table(table)) == []
