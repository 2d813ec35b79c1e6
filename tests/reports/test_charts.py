"""Facts about the pictures on a report's page."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from flask import Flask

from fieldvisit.reports.charts import drawing_of
from fieldvisit.reports.snapshot import Chart, Column, Kind, Row, Table
from tests.reports.sample import CORRECTIONS, DOMAIN, HOSTILE, LONG_NAME, OVERVIEW, SCORES, SERIES

SVG = "{http://www.w3.org/2000/svg}"


def rendered(app: Flask, table: Table) -> str:
    template = app.jinja_env.from_string('{% from "macros/charts.html" import chart %}{{ chart(table) }}')
    return template.render(table=table)


def drawn(app: Flask, table: Table) -> ElementTree.Element:
    return ElementTree.fromstring(rendered(app, table).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))


def words(picture: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in picture.iter(f"{SVG}text")]


def test_each_row_has_a_bar_with_its_head_and_its_number(app: Flask) -> None:
    picture = drawn(app, DOMAIN)
    assert words(picture) == ["城乡建设41", "农业农村29", "劳动社保22", "生态环境18", "其他24"]
    assert [bar.get("width") for bar in picture.iter(f"{SVG}rect")] == ["100.0%", "70.73%", "53.66%", "43.9%", "58.54%"]


def test_a_total_is_no_bar(app: Flask) -> None:
    assert not any("合计" in text for text in words(drawn(app, DOMAIN)))


def test_negative_numbers_go_to_the_other_side_of_zero_and_unknown_ones_nowhere() -> None:
    drawing = drawing_of(SCORES)
    assert drawing
    assert [(bar.left, bar.width, bar.is_known) for bar in drawing.bars] == [
        (9.09, 90.91, True),
        (0.0, 9.09, True),
        (9.09, 0.0, False),
    ]
    assert drawing.zero == 9.09


def test_a_line_has_a_gap_where_nothing_is_known(app: Flask) -> None:
    drawing = drawing_of(SERIES)
    assert drawing
    assert (len(drawing.dots), len(drawing.strokes)) == (12, 10)


def test_a_line_says_the_numbers_of_its_ends_the_highest_and_the_lowest(app: Flask) -> None:
    assert words(drawn(app, SERIES)) == ["120", "98", "160", "134", "2025年7月", "2026年7月"]


def test_a_picture_is_told_to_those_who_do_not_see_it(app: Flask) -> None:
    picture = drawn(app, SERIES)
    title, text = picture[0], picture[1]
    assert (picture.get("role"), title.text) == ("img", "近十三个月：受理")
    assert picture.get("aria-labelledby") == f"{title.get('id')} {text.get('id')}"
    assert text.text
    assert text.text.startswith("2025年7月 120，2025年8月 98，2025年9月 —，")


@pytest.mark.parametrize("table", [OVERVIEW, CORRECTIONS, replace(CORRECTIONS, chart=Chart.BARS)])
def test_what_has_no_chart_or_no_number_is_not_drawn(app: Flask, table: Table) -> None:
    assert rendered(app, table).strip() == ""


@pytest.mark.parametrize("chart", [Chart.BARS, Chart.LINE])
@pytest.mark.parametrize("numbers", [(0,), (0, 0, 0), (-3, -1), (None, 5), (7,)])
def test_any_numbers_stay_within_the_picture(chart: Chart, numbers: tuple[int | None, ...]) -> None:
    rows = tuple(Row(str(nth), "镇", (number,)) for nth, number in enumerate(numbers))
    drawing = drawing_of(Table("few", "少", "乡镇", (Column("n", "数", Kind.TENTHS),), rows, chart=chart))
    assert drawing
    assert all(bar.left >= 0 and bar.left + bar.width <= 100.01 for bar in drawing.bars)
    assert all(0 <= dot.across <= 100 and 0 <= dot.down <= drawing.height for dot in drawing.dots)
    assert 0 <= drawing.zero <= 100


def test_long_heads_are_cut_and_hostile_ones_stay_text(app: Flask) -> None:
    rows = (Row("1", LONG_NAME, ("", 3, 1)), Row("2", "<script>1</script>", ("", 4, 2)))
    html = rendered(app, replace(DOMAIN, key='x"onload=', rows=rows))
    assert f"{LONG_NAME[:13]}…<" in html
    assert "<script" not in html
    assert 'x"onload' not in html
    assert HOSTILE[:4] not in html


def test_a_picture_has_no_style_of_its_own(app: Flask) -> None:
    for table in (SERIES, DOMAIN):
        assert not re.search(r"style|fill=|stroke=", rendered(app, table))
