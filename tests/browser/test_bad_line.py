"""What a cadre sees and keeps when the line is bad, taps twice, or goes on on another phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from fieldvisit.visits.models import Answer, Photo, Visit
from tests import photos_factory
from tests.browser.conftest import PHONE, Devices
from tests.browser.serving import Server
from tests.browser.walk import wait_until
from tests.factories import Factory

pytestmark = pytest.mark.browser
Enter = Callable[[Page, Cadre], None]


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """The cadre who visits."""
    return make.cadre(name="王敏")


@pytest.fixture
def household(make: Factory, cadre: Cadre) -> Household:
    """The household visited."""
    return make.household("李桂英", paired=cadre)


@pytest.fixture
def visiting(phone: Page, enter: Enter, cadre: Cadre, household: Household) -> Page:
    """The visit page of the household, open on a phone whose lost line is no defect of ours."""
    enter(phone, cadre)
    phone.goto(f"/households/{household.id}/visit")
    wait_until(phone, "() => Outbox.works()")
    return phone


@pytest.fixture
def without_outbox(opened: Devices, server: Server, enter: Enter, cadre: Cadre, household: Household) -> Page:
    """The same page in a browser that knows no service workers, as in some apps."""
    page = opened.open(PHONE, server, service_workers="block")
    opened.forgiven += ["Service Worker registration blocked"]
    enter(page, cadre)
    page.goto(f"/households/{household.id}/visit")
    return page


def stored(card: str) -> Answer | None:
    """Read what a card says in the database."""
    db.session.rollback()
    return db.session.scalars(sa.select(Answer).where(Answer.card == card)).one_or_none()


def lose_line(page: Page) -> None:
    """Let every request fail as without a signal; unlike real offline mode this leaves no console errors."""
    page.route("**/visits/**", lambda route: route.abort("internetdisconnected"))


def test_a_tap_without_signal_says_so_and_is_saved_when_the_signal_is_back(
    without_outbox: Page, picture: Callable[[Page, str], Path], opened: Devices
) -> None:
    opened.forgiven += ["ERR_INTERNET_DISCONNECTED", "htmx:error: Failed to fetch"]
    lose_line(without_outbox)
    without_outbox.locator("#card-kitchen .answer:has-text('差')").tap()
    expect(without_outbox.get_by_text("没有网络，这一处还没存上")).to_be_visible()
    expect(without_outbox.locator("#save-state")).to_have_text("1 处没存上")
    picture(without_outbox, "no-signal")
    without_outbox.unroute("**/visits/**")
    without_outbox.evaluate("window.dispatchEvent(new Event('online'))")
    expect(without_outbox.locator("#save-state")).to_contain_text("已保存")
    answer = stored("kitchen")
    assert answer is not None
    assert answer.value == "poor"


def test_finishing_waits_for_words_just_typed(visiting: Page, household: Household) -> None:
    visiting.locator("[data-step-to='ask']").tap()
    visiting.locator("#card-living label:has-text('有情况')").tap()
    visiting.locator("[data-step-to='leave']").tap()
    visiting.locator("[data-step-to='ask']").tap()
    visiting.locator("#note-living").press_sequentially("看病花费大")
    visiting.locator("[data-step-to='leave']").tap()
    visiting.locator("[data-finish] button").tap()
    visiting.locator("[data-go-on]").tap()
    visiting.wait_for_url("**/visits/*")
    expect(visiting.get_by_text("看病花费大")).to_be_visible()


def test_after_a_commitment_was_deleted_the_page_is_saved_and_can_be_finished(visiting: Page) -> None:
    visiting.locator("[data-step-to='leave']").tap()
    visiting.locator("[data-promise='帮助代办手续']").tap()
    expect(visiting.locator("#save-state")).to_contain_text("已保存")
    visiting.on("dialog", lambda dialog: dialog.accept())
    visiting.locator("[data-commitment] button", has_text="删掉").tap()
    expect(visiting.locator("[data-commitment]")).to_have_count(0)
    expect(visiting.locator("#save-state")).to_contain_text("已保存")
    visiting.locator("[data-finish] button").tap()
    visiting.locator("[data-go-on]").tap()
    visiting.wait_for_url("**/visits/*")


def test_a_future_day_is_refused_beside_the_field(visiting: Page) -> None:
    visiting.locator("[data-step-to='leave']").tap()
    visiting.locator("#visit-day").fill("2999-01-01")
    visiting.locator("#visit-day").blur()
    expect(visiting.get_by_text("走访日期不能在今天之后")).to_be_visible()


def test_the_same_suggestion_twice_is_one_commitment(visiting: Page) -> None:
    visiting.locator("[data-step-to='leave']").tap()
    for _ in range(2):
        visiting.locator("[data-promise='帮助代办手续']").tap()
    expect(visiting.locator("[data-commitment]")).to_have_count(1)


def test_no_commitment_can_not_be_said_beside_one(visiting: Page) -> None:
    visiting.locator("[data-step-to='leave']").tap()
    visiting.locator("[data-promise='帮助代办手续']").tap()
    visiting.locator("#card-commitments .chip", has_text="这次没有承诺").tap()
    expect(visiting.locator("#card-commitments input[value='none']")).not_to_be_checked()


def test_two_quick_taps_on_finish_finish_once(visiting: Page) -> None:
    visiting.locator("#card-kitchen label:has-text('好')").tap()
    visiting.locator("[data-step-to='leave']").tap()
    visiting.locator("[data-finish] button").dblclick()
    visiting.locator("[data-go-on]").dblclick()
    visiting.wait_for_url("**/visits/*")
    db.session.rollback()
    assert [visit.revision for visit in db.session.scalars(sa.select(Visit))] == [1]


def test_a_photo_that_did_not_get_through_stays_and_goes_on_a_tap(
    without_outbox: Page, tmp_path: Path, opened: Devices
) -> None:
    opened.forgiven += ["ERR_INTERNET_DISCONNECTED", "htmx:error: Failed to fetch"]
    path = tmp_path / "kitchen.jpg"
    path.write_bytes(photos_factory.phone_jpeg(width=1200, height=900))
    without_outbox.locator("#card-photo_consent label:has-text('户主同意拍照')").tap()
    expect(without_outbox.locator("#save-state")).to_contain_text("已保存")
    lose_line(without_outbox)
    without_outbox.locator("#card-kitchen [data-photo-input]").first.set_input_files(path)
    again = without_outbox.get_by_text("没传上，点这里再传")
    expect(again).to_be_visible()
    without_outbox.unroute("**/visits/**")
    again.tap()
    expect(without_outbox.locator("#card-kitchen img[src*='small.jpg']")).to_be_visible()
    db.session.rollback()
    assert len(db.session.scalars(sa.select(Photo)).all()) == 1


def test_a_refused_photo_says_why_at_its_card_until_it_is_removed(visiting: Page, tmp_path: Path) -> None:
    path = tmp_path / "letter.jpg"
    path.write_bytes(b"%PDF-1.7 this is no picture")
    visiting.locator("#card-photo_consent label:has-text('户主同意拍照')").tap()
    visiting.locator("#card-kitchen [data-photo-input]").first.set_input_files(path)
    expect(visiting.locator("#card-kitchen .error")).to_be_visible()
    expect(visiting.locator("#card-kitchen .photo")).to_contain_text("没收下")
    expect(visiting.locator("#save-state")).to_have_text("需处理 1")
    visiting.on("dialog", lambda dialog: dialog.accept())
    visiting.locator("#card-kitchen .photo-remove").tap()
    expect(visiting.locator("#card-kitchen .photo")).to_have_count(0)
    expect(visiting.locator("#save-state")).to_contain_text("已保存")


def test_another_phone_goes_on_where_the_first_one_was(
    visiting: Page, opened: Devices, server: Server, enter: Enter, cadre: Cadre
) -> None:
    visiting.locator("#card-kitchen .answer:has-text('一般')").tap()
    visiting.locator("#card-kitchen .chip", has_text="灶具老旧").tap()
    expect(visiting.locator("#save-state")).to_contain_text("已保存")
    other = opened.open(PHONE, server)
    enter(other, cadre)
    other.goto("/")
    other.get_by_role("link", name="李桂英", exact=True).first.tap()
    expect(other.locator("#card-kitchen input[value='fair']")).to_be_checked()
    expect(other.locator("#card-kitchen input[value='灶具老旧']")).to_be_checked()


def test_two_phones_on_one_card_lose_nobodys_words(
    visiting: Page,
    opened: Devices,
    server: Server,
    enter: Enter,
    cadre: Cadre,
    picture: Callable[[Page, str], Path],
) -> None:
    visiting.locator("#card-bedroom .answer:has-text('差')").tap()
    expect(visiting.locator("#save-state")).to_contain_text("已保存")
    other = opened.open(PHONE, server)
    enter(other, cadre)
    other.goto("/")
    other.get_by_role("link", name="李桂英", exact=True).first.tap()
    other.locator("#note-bedroom").fill("东间屋顶漏雨")
    other.locator("#note-bedroom").blur()
    expect(other.locator("#save-state")).to_contain_text("已保存")
    visiting.locator("#note-bedroom").fill("被褥单薄，送一床被子")
    visiting.locator("#note-bedroom").blur()
    expect(visiting.get_by_text("东间屋顶漏雨")).to_be_visible()
    picture(visiting, "two-phones")


def test_an_expired_sign_in_keeps_what_is_on_the_page(
    visiting: Page, enter: Enter, cadre: Cadre, server: Server
) -> None:
    visiting.context.clear_cookies()
    visiting.locator("#card-kitchen label:has-text('好')").tap()
    expect(visiting.get_by_text("登录已过期")).to_be_visible()
    expect(visiting.locator("#card-kitchen input[value='good']")).to_be_checked()
    enter(visiting, cadre)
    visiting.locator("#card-kitchen .answer:has-text('一般')").tap()
    expect(visiting.locator("#save-state")).to_contain_text("已保存")
    answer = stored("kitchen")
    assert answer is not None
    assert answer.value == "fair"
