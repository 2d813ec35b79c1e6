"""The office pastes a table of five thousand rows in a real browser: looks at what it comes to, registers it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.importing import MOST_ROWS
from fieldvisit.concerns.models import Concern
from fieldvisit.extensions import db
from tests.browser.watching import assert_accessible, take_picture
from tests.concerns.making import Ledger
from tests.factories import Factory

pytestmark = pytest.mark.browser
PATIENCE_MS = 120_000
WORDS = "水管破了三天，三户老人吃水要到邻村去挑，请来看看，已经反映过两次"


HEADS = "编号\t内容\t村\t镇"


def paste(page: Page, rows: list[str]) -> None:
    """Put rows in place of what is in the field, from the clipboard; typed, they would take minutes."""
    page.evaluate("(text) => navigator.clipboard.writeText(text)", "\n".join([HEADS, *rows]))
    page.get_by_label("或者粘贴表格").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+v")
    page.get_by_role("button", name="先看一看").click()


def test_five_thousand_rows_are_pasted_looked_at_and_registered(
    make: Factory, desk: Page, enter: Callable[[Page, Cadre], None]
) -> None:
    enter(desk, Ledger(make).officer)
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    rows = [f"GD{n:05}\t“{n}组”{WORDS}\t缸窑村\t繁阳镇" for n in range(MOST_ROWS + 1)]
    desk.goto("/concerns")
    desk.get_by_role("link", name="导入").click()
    paste(desk, rows)
    expect(desk.get_by_text("这个表有 5001 行")).to_be_visible(timeout=PATIENCE_MS)
    paste(desk, rows[:-1])
    expect(desk.get_by_text("可以登记 5000 件")).to_be_visible(timeout=PATIENCE_MS)
    assert_accessible(desk)
    take_picture(desk, "concerns-pasted-desk")
    desk.get_by_role("button", name="登记这 5000 件").click()
    expect(desk.get_by_text("已登记 5000 件")).to_be_visible(timeout=PATIENCE_MS)
    db.session.rollback()
    assert db.session.query(Concern).count() == MOST_ROWS
