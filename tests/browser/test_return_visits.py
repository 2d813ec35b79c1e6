"""A return visit on a phone: without a line, and in the resident's hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from fieldvisit import clock
from fieldvisit.accounts.models import SignIn
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUpPhoto, Judgement
from fieldvisit.followups.rules import FollowUpState, Mark, Way
from tests.browser.faults import HAS_PAGE, Bench
from tests.browser.walk import wait_until
from tests.browser.watching import assert_accessible, take_picture
from tests.followups.making import promise, rounds

pytestmark = pytest.mark.browser
PIN = "2468"


@dataclass
class AtHome:
    """A household to which two things were promised, and its pages on the phone."""

    bench: Bench
    household_id: UUID
    promises: list[UUID]

    @property
    def page(self) -> Page:
        """Return the page on the phone as it is now."""
        return self.bench.phone.page

    @property
    def path(self) -> str:
        """Return the address of the return visit."""
        return f"/households/{self.household_id}/followups"

    def answer(self, number: int, label: str) -> None:
        """Tap an answer of one of the things."""
        item = self.page.locator(f"#item-{self.promises[number]}")
        item.locator(".answer", has_text=label).first.click()

    def hand_over(self) -> None:
        """Give the phone to the resident; the first time, four digits are set."""
        self.page.get_by_role("button", name="请住户自己评").click()
        self.page.locator("#pin-digits").fill(PIN)
        self.page.get_by_role("button", name="确定").click()
        self.page.wait_for_url("**/judge")

    def take_back(self, digits: str) -> None:
        """Give four digits to get the phone back."""
        self.page.locator("[data-take-back]:visible").first.click()
        self.page.locator("#pin-digits").fill(digits)
        self.page.get_by_role("button", name="确定").click()


@pytest.fixture
def home(bench: Bench) -> AtHome:
    """Two promises, one overdue, with all their pages on the phone."""
    household = bench.make.household("方守仁", paired=bench.cadre)
    yesterday = clock.today() - timedelta(days=1)
    promises = [
        promise(bench.cadre, household, "请水务部门取样化验", yesterday),
        promise(bench.cadre, household, "问清低保政策回话"),
    ]
    home = AtHome(bench, household.id, promises)
    bench.phone.page.goto("/")
    bench.phone.page.evaluate("Outbox.say({ stockUp: 'now' })")
    wait_until(bench.phone.page, HAS_PAGE, f"/households/{household.id}/judge")
    wait_until(bench.phone.page, HAS_PAGE, home.path)
    return home


def test_a_return_visit_made_offline_is_read_back_after_the_browser_was_killed_and_arrives(home: AtHome) -> None:
    home.bench.line.down = True
    home.page.goto(home.path)
    home.answer(0, "兑现了")
    home.page.locator("textarea[name=note]").first.fill("水样送到县里了")
    home.answer(0, "基本满意")
    home.answer(1, "还没兑现")
    home.answer(1, "未评价")
    home.page.locator(".chip", has_text="没人在家").last.click()
    home.page.locator(".chip", has_text="户主同意拍照").first.click()
    home.page.locator("[data-photo-input]").nth(1).set_input_files(home.bench.photos / "kitchen.jpg")
    expect(home.page.locator(".photo-kept")).to_have_count(1)
    expect(home.page.locator("#save-state")).to_contain_text("已存本机")
    home.bench.phone.kill()
    home.bench.phone.switch_on()
    home.page.goto(home.path)
    expect(home.page.locator("textarea[name=note]").first).to_have_value("水样送到县里了")
    expect(home.page.locator("[value=nobody_home]").last).to_be_checked()
    expect(home.page.locator(".photo-kept img")).to_be_visible()
    assert_accessible(home.page)
    take_picture(home.page, "return-visit-offline-phone")
    home.page.get_by_role("button", name="完成回访").click()
    expect(home.page.get_by_text("回访已记下，存在手机上")).to_be_visible()
    home.page.goto(home.path)
    expect(home.page.get_by_text("这次回访已经记下")).to_be_visible()
    home.page.goto("/")
    home.bench.line.down = False
    home.bench.wait_until_empty()
    (first,), (second,) = (rounds(promise) for promise in home.promises)
    assert (first.state, first.mark, first.done_note) == (
        FollowUpState.DONE,
        Mark.BASICALLY_SATISFIED,
        "水样送到县里了",
    )
    assert (second.state, second.tries) == (FollowUpState.OPEN, 1)
    (photo,) = db.session.query(FollowUpPhoto)
    assert photo.follow_up_id == first.id


def test_a_resident_judges_on_the_cadres_phone_and_can_go_nowhere_else(home: AtHome) -> None:
    home.page.goto(home.path)
    home.answer(0, "兑现了")
    home.page.locator("textarea[name=note]").first.fill("水样送到县里了")
    home.hand_over()
    home.bench.line.down = True
    assert_accessible(home.page)
    take_picture(home.page, "hand-over-phone")
    for elsewhere in ("/", f"/households/{home.household_id}", "/waiting"):
        home.page.goto(elsewhere)
        assert home.page.url.endswith("/judge")
    home.page.go_back()
    home.page.wait_for_url("**/judge")
    home.bench.phone.kill()
    home.bench.phone.switch_on()
    home.page.goto("/")
    home.page.wait_for_url("**/judge")
    home.page.locator(".face-choice:visible", has_text="不满意").click()
    home.page.locator("textarea:visible").fill("没人来过")
    home.page.get_by_role("button", name="提交评价").click()
    expect(home.page.get_by_text("问清低保政策回话")).to_be_visible()
    home.page.locator(".face-choice:visible").first.click()
    home.page.locator("button:visible", has_text="提交评价").click()
    expect(home.page.get_by_text("谢谢您")).to_be_visible()
    take_picture(home.page, "hand-over-thanks-phone")
    home.take_back("1111")
    expect(home.page.get_by_text("不对，请再试")).to_be_visible()
    assert_accessible(home.page)
    home.page.locator("#pin-digits").fill(PIN)
    home.page.get_by_role("button", name="确定").click()
    home.page.wait_for_url(f"**{home.path}")
    expect(home.page.get_by_text("住户已经自己评价").first).to_be_visible()
    assert "没人来过" not in home.page.content()
    home.bench.line.down = False
    home.bench.wait_until_empty()
    first, again = rounds(home.promises[0])
    assert (first.state, first.way, first.done_note) == (FollowUpState.REDO, Way.HANDED_OVER, "水样送到县里了")
    assert again.state is FollowUpState.OPEN
    said = {row.comment: row.is_hidden for row in db.session.query(Judgement)}
    assert said["没人来过"] is True


def test_five_wrong_digits_end_in_a_sign_out_that_gives_the_phone_back(home: AtHome) -> None:
    home.page.goto(home.path)
    home.hand_over()
    for digits in ("1111", "2222", "3333", "4444", "5555"):
        home.take_back(digits) if not home.page.locator("#pin").is_visible() else None
        home.page.locator("#pin-digits").fill(digits)
        home.page.get_by_role("button", name="确定").click()
        expect(home.page.locator("#pin-digits")).to_have_value("")
    home.page.locator("#pin-digits").fill(PIN)
    home.page.get_by_role("button", name="确定").click()
    expect(home.page.locator("#pin-digits")).to_have_value("")
    assert home.page.url.endswith("/judge")
    home.page.once("dialog", lambda dialog: dialog.accept())
    home.page.get_by_role("button", name="忘记了").click()
    home.page.wait_for_url(lambda url: "/sign-in" in url)
    home.bench.phone.sign_in(home.bench.session_of(home.bench.cadre))
    home.page.goto(home.path)
    expect(home.page.get_by_role("button", name="完成回访")).to_be_visible()


def test_a_session_that_ends_meanwhile_leads_no_resident_away_and_locks_nobody_out(home: AtHome) -> None:
    home.page.goto(home.path)
    home.hand_over()
    db.session.query(SignIn).update({"ended_at": clock.now()})
    db.session.commit()
    home.page.goto("/")
    expect(home.page.locator(".face-choice:visible").first).to_be_visible()
    assert home.page.url.endswith("/judge")
    home.page.locator(".face-choice:visible").first.click()
    home.page.locator("button:visible", has_text="提交评价").click()
    home.take_back(PIN)
    home.page.wait_for_url(lambda url: "/sign-in" in url)
    home.bench.phone.sign_in(home.bench.session_of(home.bench.cadre))
    home.page.goto("/")
    wait_until(home.page, "() => Outbox.works()")
    home.bench.wait_until_empty()
    assert rounds(home.promises[0])[0].way is Way.HANDED_OVER
