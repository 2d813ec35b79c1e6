"""The office makes a month's report in a real browser: reads, traces, corrects, writes, issues, takes it along."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.rules import Level, Outcome, State
from fieldvisit.extensions import db
from fieldvisit.reports.months import Month
from tests.browser.watching import assert_accessible
from tests.factories import Factory
from tests.reports.making import Place

Picture = Callable[[Page, str], Path]


def downloaded(desk: Page, link: str) -> bytes:
    """Tap a link that sends a file; return the file."""
    with desk.expect_download() as waiting:
        desk.get_by_role("link", name=link).click()
    return Path(waiting.value.path()).read_bytes()


def test_a_month_is_read_traced_corrected_issued_and_taken_along(
    desk: Page, make: Factory, enter: Callable[[Page, Cadre], None], picture: Picture
) -> None:
    place, month = Place(make), Month.of(clock.today()).back(1)
    values = {"registered_on": month.first + timedelta(days=3), "closed_on": month.last}
    for level in (Level.A, Level.B):
        place.concern(place.market, level, State.CLOSED, Outcome.RESOLVED, mark="satisfied", **values)
    place.concern(place.trade, Level.B, registered_on=month.first)
    db.session.commit()

    enter(desk, place.officer)
    desk.goto("/")
    desk.get_by_role("link", name="民情月报").click()
    desk.get_by_role("link", name=month.label).click()
    outcome = desk.locator("#outcome")
    market = outcome.get_by_role("row").filter(has_text="区市场监管局")
    expect(market.get_by_role("cell").nth(9)).to_have_text("2.0")
    picture(desk, "report-draft")
    assert_accessible(desk)

    market.get_by_role("link", name="2").last.click()
    expect(desk.locator(".rows > li")).to_have_count(2)
    desk.get_by_role("link", name="更正").first.click()
    picture(desk, "report-correction")
    assert_accessible(desk)
    desk.get_by_label("月底结果应为").select_option(label="解释说明")
    desk.get_by_role("textbox", name="理由").fill("只是解释，没有办成")
    desk.get_by_role("button", name="更正").click()
    expect(market.get_by_role("cell").nth(9)).to_have_text("1.0")
    expect(desk.locator("#own_corrections")).to_contain_text("只是解释，没有办成")

    desk.get_by_role("link", name="写文字").click()
    desk.get_by_label("总体情况").fill("本月总体平稳。")
    desk.get_by_role("button", name="保存").click()
    expect(desk.get_by_text("本月总体平稳。")).to_be_visible()
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.get_by_role("button", name="定稿").click()
    expect(desk.get_by_text("校验码")).to_be_visible()
    expect(desk.get_by_role("link", name="写文字")).to_have_count(0)

    paper = Document(io.BytesIO(downloaded(desk, "下载 Word")))
    assert "本月总体平稳。" in [paragraph.text.strip() for paragraph in paper.paragraphs]
    book = load_workbook(io.BytesIO(downloaded(desk, "下载 Excel")))
    assert any(row[0].value == "区市场监管局" for sheet in book for row in sheet.iter_rows())

    desk.get_by_role("link", name="会议阅读").click()
    expect(desk.get_by_role("heading", name="四、化解成效")).to_be_visible()
    assert_accessible(desk)
