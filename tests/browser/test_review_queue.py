"""The review desk without a mouse: through the log, back with a reason, and hints away and back again."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from fieldvisit.accounts.models import Cadre, Role
from tests.browser.conftest import DESK, Devices
from tests.browser.serving import Server
from tests.factories import Factory
from tests.person import Person
from tests.visits.making import answer, make_visit

pytestmark = pytest.mark.browser
NEWEST_FIRST = ("迪丽努尔·阿卜杜热合曼·吐尔逊江", "陈大勇", "李桂英")


@pytest.fixture
def page(app: Flask, make: Factory, server: Server, opened: Devices) -> Page:
    """The desk of a supervisor, with three visits to read; the two newest say the same."""
    cadre: Cadre = make.cadre()
    visits = [make_visit(cadre, make.household(name)) for name in reversed(NEWEST_FIRST)]
    for visit in visits[1:]:
        answer(visit, "living", "concern", note="老人身体还好，就是夜里腿疼。")
    reader = Person(app, make.cadre(Role.SUPERVISOR))
    cookie = reader.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    page = opened.open(DESK, server)
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])
    page.goto("/reviews")
    return page


def test_a_row_marked_as_read_is_said_and_leads_to_the_next(page: Page) -> None:
    for name in NEWEST_FIRST[:2]:
        page.keyboard.press("j")
        expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()
    page.keyboard.press("r")
    expect(page.get_by_role("link", name=NEWEST_FIRST[2], exact=True)).to_be_focused()
    expect(page.locator("[data-said]")).to_have_text("陈大勇，已阅")
    page.keyboard.press("k")
    expect(page.get_by_role("link", name=NEWEST_FIRST[1], exact=True)).to_be_focused()


def test_a_visit_goes_back_with_a_reason_and_the_next_one_opens(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("b")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#send-back summary")).to_be_focused()
    page.keyboard.press("b")
    page.keyboard.type("请补充")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="陈大勇的走访")).to_be_visible()
    expect(page.locator("[data-said]")).to_have_text("上一户已退回，干部会在“今日”里看到原因。")


def test_a_hint_is_dismissed_and_taken_back_with_the_focus_where_it_was(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    hint = page.locator("#hint-words")
    hint.get_by_role("button", name="没有问题，不再提示").focus()
    page.keyboard.press("Enter")
    expect(hint.get_by_role("button", name="撤销")).to_be_focused()
    page.keyboard.press("Enter")
    expect(hint.get_by_role("button", name="没有问题，不再提示")).to_be_focused()
    expect(hint.get_by_role("link", name="走访陈大勇家")).to_be_visible()
