"""One concern, from a kitchen to a satisfied resident: cadre, office, handler, resident and supervisor."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import actions
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.registering import register
from fieldvisit.concerns.rules import Outcome, State
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.followups.rules import FollowUpState, Mark, Way
from fieldvisit.visits.models import Photo, Visit
from tests.browser.faults import HAS_PAGE, Bench
from tests.browser.walk import STEPS, Walk, wait_until
from tests.browser.watching import assert_accessible, take_picture
from tests.concerns.making import Ledger

pytestmark = pytest.mark.browser
PIN = "2468"
WORDS, REPLY = "厨房自来水发黄，水压很小，做饭不便", "已冲洗管道并更换入户阀门，水质化验合格。"
Enter = Callable[[Page, Cadre], None]


def written_down(bench: Bench, ledger: Ledger) -> Concern:
    """Make a visit with photos on the phone, and write down what was found in the kitchen."""
    household = bench.make.household("方守仁", paired=bench.cadre)
    walk = Walk(household.id, bench.photos)
    walk.open(bench.phone.page)
    for step in STEPS:
        walk.take(bench.phone.page, step)
    bench.wait_until_empty()
    visit = db.session.query(Visit).filter_by(household_id=household.id).one()
    assert db.session.query(Photo).filter_by(visit_id=visit.id, card="kitchen").count() == 1
    entry = ledger.entry(household_id=household.id, visit_id=visit.id, card="kitchen", words=WORDS)
    concern = register(bench.cadre, uuid4(), entry)
    db.session.commit()
    return concern


def look(desk: Page, enter: Enter, who: Cadre, concern: Concern, state: str) -> None:
    """Let somebody at a desk see where the concern stands."""
    enter(desk, who)
    desk.goto(f"/concerns/{concern.id}")
    expect(desk.get_by_text(state).first).to_be_visible()


def judge_by_own_hand(bench: Bench, concern: Concern) -> None:
    """Make the return visit on the phone, and let the resident judge on it."""
    page, home = bench.phone.page, f"/households/{concern.household_id}"
    page.goto("/")
    page.evaluate("Outbox.say({ stockUp: 'now' })")
    wait_until(page, HAS_PAGE, f"{home}/judge")
    page.goto(f"{home}/followups")
    expect(page.get_by_text(REPLY)).to_be_visible()
    assert_accessible(page)
    take_picture(page, "return-visit-concern-phone")
    page.get_by_role("button", name="请住户自己评").click()
    page.locator("#pin-digits").fill(PIN)
    page.get_by_role("button", name="确定").click()
    page.wait_for_url("**/judge")
    expect(page.locator("section[data-judging]:visible")).to_have_count(1)
    asked = page.locator("section:visible", has_text=f"您反映的“{WORDS}”")
    while not asked.count():
        # The promise of the visit is asked about too.
        answer_face(page, Mark.BASICALLY_SATISFIED)
    expect(asked.get_by_text(f"区住建局答复：{REPLY}")).to_be_visible()
    assert_accessible(page)
    take_picture(page, "hand-over-concern-phone")
    answer_face(page, Mark.SATISFIED)


def answer_face(page: Page, mark: Mark) -> None:
    """Tap a face and send it; wait for the next question."""
    section = page.locator("section[data-judging]:visible")
    asked = section.get_attribute("data-judging")
    section.locator(f".face-choice:has([value={mark.value}])").click()
    section.get_by_role("button", name="提交评价").click()
    expect(page.locator(f"section[data-judging='{asked}']")).to_be_hidden()


def test_a_concern_goes_from_the_kitchen_to_a_satisfied_resident_through_five_roles(
    bench: Bench, desk: Page, enter: Enter
) -> None:
    ledger = Ledger(bench.make)
    concern = written_down(bench, ledger)
    actions.dispatch(ledger.officer, concern, concern.version, ledger.lead.id)
    db.session.commit()
    look(desk, enter, ledger.officer, concern, "已交办")
    actions.reply(ledger.handler, concern, concern.version, Outcome.RESOLVED, REPLY)
    db.session.commit()
    look(desk, enter, ledger.handler, concern, "已答复")
    judge_by_own_hand(bench, concern)
    bench.wait_until_empty()
    db.session.rollback()
    (asked,) = db.session.query(FollowUp).filter_by(concern_id=concern.id)
    assert (asked.state, asked.mark, asked.way) == (FollowUpState.DONE, Mark.SATISFIED, Way.HANDED_OVER)
    db.session.refresh(concern)
    assert (concern.state, concern.mark) == (State.CLOSED, "satisfied")
    look(desk, enter, ledger.supervisor, concern, "已办结")
    desk.goto(f"/households/{concern.household_id}")
    judged = desk.locator("section", has_text="住户评价过的").locator("li", has_text=WORDS)
    expect(judged).to_contain_text("满意")
    expect(judged).to_contain_text("诉求")
    take_picture(desk, "household-concern-judged-desk")
