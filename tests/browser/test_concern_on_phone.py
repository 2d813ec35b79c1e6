"""A concern heard in a kitchen: two taps from the card, with a signal or without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from fieldvisit.concerns.models import Concern
from fieldvisit.extensions import db
from fieldvisit.visits.models import Visit
from tests.browser.faults import HAS_PAGE, Bench
from tests.browser.walk import Walk, wait_until

pytestmark = pytest.mark.browser
KITCHEN = "#card-kitchen"
DONE = f"{KITCHEN} [data-concern-done]"


@pytest.fixture
def walk(bench: Bench) -> Walk:
    """A visit in a household of the cadre."""
    return Walk(bench.make.household("李桂英", paired=bench.cadre).id, bench.photos)


def tell_of_the_water(page: Page) -> None:
    """Answer the kitchen's card: not good, the water."""
    page.locator(f"{KITCHEN} label:has-text('差')").first.tap()
    page.locator(f"{KITCHEN} label:has-text('饮水水质差')").tap()


def registered() -> list[Concern]:
    """Return what the ledger holds."""
    db.session.rollback()
    return db.session.query(Concern).order_by(Concern.id).all()


def test_two_taps_register_what_the_card_says(bench: Bench, walk: Walk) -> None:
    walk.open(bench.phone.page)
    page = bench.phone.page
    tell_of_the_water(page)
    page.locator(f"{KITCHEN} [data-concern-open]").tap()
    page.locator(f"{KITCHEN} .concern-form button:has-text('登记')").first.tap()
    expect(page.locator(DONE)).to_contain_text("已登记为诉求 繁-")
    [concern] = registered()
    assert (concern.words, concern.domain, concern.card) == ("饮水水质差", "0405", "kitchen")
    assert concern.visit_id == db.session.query(Visit).one().id
    walk.open(page)
    expect(page.locator(f"{KITCHEN} .concern-there")).to_contain_text(concern.number)
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(f"{KITCHEN} .concern-there button").tap()
    expect(page.locator(f"{KITCHEN} .concern-there")).to_have_count(0)
    assert registered()[0].outcome == "withdrawn"


def test_without_a_line_it_is_kept_shown_again_after_the_browser_died_and_arrives_once(
    bench: Bench, walk: Walk
) -> None:
    page = bench.phone.page
    path = f"/households/{walk.household_id}/visit"
    wait_until(page, f"async (path) => (Outbox.say({{ stockUp: 'now' }}), ({HAS_PAGE})(path))", path)
    walk.open(page)
    bench.line.down = True
    tell_of_the_water(page)
    page.locator(f"{KITCHEN} [data-concern-open]").tap()
    page.locator(f"{KITCHEN} .concern-form button:has-text('登记')").first.tap()
    expect(page.locator(DONE)).to_contain_text("存在手机上")
    bench.phone.kill()
    bench.phone.switch_on()
    walk.open(bench.phone.page)
    expect(bench.phone.page.locator(DONE)).to_contain_text("存在手机上")
    bench.line.down = False
    bench.wait_until_empty()
    assert [concern.words for concern in registered()] == ["饮水水质差"]
    expect(bench.phone.page.locator(DONE)).to_contain_text(registered()[0].number)


def test_what_is_refused_says_why_beside_the_words_and_holds_up_no_finish(bench: Bench, walk: Walk) -> None:
    walk.open(bench.phone.page)
    page = bench.phone.page
    tell_of_the_water(page)
    page.locator(f"{KITCHEN} [data-concern-open]").tap()
    page.locator(f"{KITCHEN} .concern-form textarea").fill("李桂英 34021119561105002X 要办低保")
    page.locator(f"{KITCHEN} .concern-form button:has-text('登记')").first.tap()
    form = page.locator(f"{KITCHEN} .concern-form")
    expect(form).to_contain_text("不收身份证号")
    expect(form.locator("textarea")).to_have_value("李桂英 34021119561105002X 要办低保")
    page.locator("[data-step-to=leave]").tap()
    page.locator("[data-finish] button").tap()
    expect(page.locator("#notice")).to_contain_text("还没有登记")
    page.locator(f"{KITCHEN} [data-concern-close]").tap()
    page.locator("[data-step-to=leave]").tap()
    page.locator("[data-finish] button").tap()
    page.locator("[data-go-on]").tap()
    expect(page).not_to_have_url(f"/households/{walk.household_id}/visit")
    wait_until(page, "() => !location.pathname.endsWith('/visit')")
    assert registered() == []


def test_a_concern_is_registered_from_the_household_s_page_too(bench: Bench, walk: Walk) -> None:
    page = bench.phone.page
    page.goto(f"/households/{walk.household_id}")
    page.locator("a:has-text('登记诉求')").tap()
    page.locator("[name=nature]").select_option("report")
    expect(page.locator("[data-secret-words]")).to_be_visible()
    page.locator("[name=nature]").select_option("help")
    expect(page.locator("[data-secret-words]")).to_be_hidden()
    page.locator("[name=words]").fill("村口的桥栏杆断了")
    page.locator("[name=domain]").select_option("0206")
    page.locator("button:has-text('登记')").tap()
    expect(page.locator("[data-concern-done]")).to_contain_text("繁-")
    page.locator("a:has-text('回到住户')").tap()
    expect(page.locator("main")).to_contain_text("村口的桥栏杆断了")
