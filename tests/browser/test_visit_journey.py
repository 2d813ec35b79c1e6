"""The main job, as people do it: a cadre visits, a supervisor sends back, the cadre amends, the supervisor accepts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from PIL import Image
from playwright.sync_api import Page, expect

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.config import Settings
from fieldvisit.households.models import Household
from tests import photos_factory
from tests.factories import Factory
from tests.person import Person

MOST_TAPS = 15

pytestmark = pytest.mark.browser


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """The cadre who visits."""
    return make.cadre(name="王敏")


@pytest.fixture
def supervisor(make: Factory, cadre: Cadre) -> Cadre:
    """Who reads the cadre's visits."""
    return make.cadre(Role.SUPERVISOR, name="赵磊")


@pytest.fixture
def household(make: Factory, cadre: Cadre) -> Household:
    """The household that the cadre looks after."""
    return make.household("李桂英", paired=cadre)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a phone takes it: 12 megapixels, lying on its side, with a position in its EXIF."""
    path = tmp_path / "phone.jpg"
    path.write_bytes(photos_factory.phone_jpeg(orientation=6, gps=True))
    with Image.open(path) as image:
        assert 0x8825 in image.getexif()
    return path


class Tapper:
    """Taps like a thumb, and counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, selector: str) -> None:
        """Tap what the selector finds first."""
        self.page.locator(selector).first.tap()
        self.taps += 1

    def answer(self, card: str, words: str) -> None:
        """Give a card one of its answers."""
        self.tap(f"#card-{card} label:has-text('{words}')")


def visit_where_all_is_well(page: Page, photo: Path) -> Tapper:
    """Make a whole visit from Today to the end, with one photo and one commitment."""
    thumb = Tapper(page)
    thumb.tap("a:has-text('开始')")
    thumb.answer("photo_consent", "户主同意拍照")
    for card in ("kitchen", "bedroom", "toilet"):
        thumb.answer(card, "好")
    with page.expect_file_chooser() as chooser:
        thumb.tap("#card-kitchen .photo-add:has-text('拍照')")
    chooser.value.set_files(photo)
    thumb.tap("[data-step-next]")
    for card in ("living", "work", "suggestions"):
        thumb.answer(card, "无特别情况")
    thumb.tap("[data-step-next]")
    thumb.answer("care_words", "有事随时打电话")
    thumb.tap("[data-promise='帮忙问清政策并回话']")
    thumb.answer("contact", "已留下")
    thumb.tap("[data-finish] button")
    page.wait_for_url("**/visits/*")
    expect(page.get_by_text("走访已完成")).to_be_visible()
    return thumb


def test_a_whole_visit_takes_at_most_15_taps_and_no_typing(
    phone: Page, enter: Callable[[Page, Cadre], None], cadre: Cadre, household: Household, photo: Path
) -> None:
    enter(phone, cadre)
    phone.goto("/")
    assert visit_where_all_is_well(phone, photo).taps <= MOST_TAPS
    expect(phone.get_by_text("没有填")).to_have_count(0)


def test_every_step_of_the_visit_shuts_nobody_out(
    phone: Page,
    enter: Callable[[Page, Cadre], None],
    axe: Callable[[Page], None],
    picture: Callable[[Page, str], Path],
    cadre: Cadre,
    household: Household,
) -> None:
    enter(phone, cadre)
    phone.goto(f"/households/{household.id}/visit")
    for card in ("kitchen", "bedroom", "toilet"):
        phone.locator(f"#card-{card} .answer:has-text('差')").tap()
    phone.locator("#card-photo_consent .answer:has-text('户主同意拍照')").tap()
    for step in ("look", "ask", "leave"):
        phone.locator(f"[data-step-to='{step}']").tap()
        if step == "leave":
            phone.locator("[data-promise='']").tap()
        axe(phone)
        picture(phone, f"visit-step-{step}")
    phone.locator("[data-finish] button").tap()
    expect(phone.locator("#missing")).to_be_visible()
    axe(phone)


def test_the_stored_photo_is_upright_small_and_says_nothing_about_the_place(
    phone: Page,
    enter: Callable[[Page, Cadre], None],
    cadre: Cadre,
    household: Household,
    photo: Path,
    settings: Settings,
) -> None:
    enter(phone, cadre)
    phone.goto("/")
    visit_where_all_is_well(phone, photo)
    stored = list(settings.photo_dir.rglob("*.jpg"))
    assert len(stored) == 2
    for path in stored:
        with Image.open(path) as image:
            assert dict(image.getexif()) == {}
            assert image.height > image.width
            assert max(image.size) in (1600, 320)


def test_the_return_visit_is_on_today_on_its_day(
    app: Flask, phone: Page, enter: Callable[[Page, Cadre], None], cadre: Cadre, household: Household, photo: Path
) -> None:
    enter(phone, cadre)
    phone.goto("/")
    visit_where_all_is_well(phone, photo)
    assert "帮忙问清政策并回话" not in Person(app, cadre).get("/").text
    with time_machine.travel(clock.now() + timedelta(days=7), tick=True):
        assert "帮忙问清政策并回话" in Person(app, cadre).get("/").text


def test_a_visit_goes_to_the_supervisor_and_back_and_is_accepted(
    phone: Page,
    desk: Page,
    enter: Callable[[Page, Cadre], None],
    picture: Callable[[Page, str], Path],
    cadre: Cadre,
    supervisor: Cadre,
    household: Household,
    photo: Path,
) -> None:
    enter(phone, cadre)
    phone.goto("/")
    visit_where_all_is_well(phone, photo)

    enter(desk, supervisor)
    desk.goto("/reviews")
    desk.get_by_role("link", name="李桂英", exact=True).click()
    expect(desk.locator("img[src*='small.jpg']").first).to_be_visible()
    picture(desk, "journey-review")
    desk.locator("summary", has_text="退回补充").click()
    desk.get_by_label("退回的原因").fill("请写清灶台用的什么气")
    desk.get_by_role("button", name="退回给").click()
    expect(desk.get_by_text("已退回")).to_be_visible()

    phone.goto("/")
    phone.get_by_role("link", name="李桂英", exact=True).first.tap()
    expect(phone.get_by_text("请写清灶台用的什么气")).to_be_visible()
    picture(phone, "journey-sent-back")
    phone.get_by_role("button", name="开始补充").tap()
    phone.locator("#card-kitchen .answer:has-text('一般')").tap()
    phone.locator("#note-kitchen").fill("用瓶装液化气，软管已提醒更换")
    phone.locator("[data-step-to='leave']").tap()
    phone.locator("[data-finish] button").tap()
    phone.wait_for_url("**/visits/*")

    desk.goto("/reviews")
    desk.get_by_role("link", name="李桂英", exact=True).click()
    expect(desk.get_by_text("用瓶装液化气")).to_be_visible()
    desk.get_by_role("button", name="已阅").click()
    # The button says the same words: only the emptied log shows that the decision has arrived.
    expect(desk.get_by_text("都看完了")).to_be_visible()
    phone.goto("/visits")
    expect(phone.get_by_text("已审阅")).to_be_visible()
