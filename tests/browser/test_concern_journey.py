"""One concern, tapped from a kitchen to a satisfied resident: by cadre, office, handler, supervisor and resident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.models import Concern, ConcernStep
from fieldvisit.concerns.rules import Outcome, State, Step
from fieldvisit.concerns.words import STEP_WORDS
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.followups.rules import FollowUpState, Mark, Way
from fieldvisit.visits.models import Photo, Visit
from tests.browser.conftest import DESK, PHONE, Devices
from tests.browser.faults import HAS_PAGE, Bench
from tests.browser.serving import Server
from tests.browser.walk import STEPS, Walk, wait_until
from tests.browser.watching import assert_accessible, take_picture
from tests.concerns.making import Ledger

pytestmark = pytest.mark.browser
PIN, KITCHEN = "2468", "#card-kitchen"
WORDS, REPLY = "饮水水质差", "已冲洗管道并更换入户阀门，水质化验合格。"
GIVEN, URGED = "请先取水样化验。", "老人行动不便，请本周办好。"
TAKEN = [Step.REGISTER, Step.DISPATCH, Step.TAKE_UP, Step.SUPERVISE, Step.REPLY, Step.CLOSE]
Sit = Callable[[Cadre, dict[str, Any]], Page]


@pytest.fixture
def sit(opened: Devices, server: Server, enter: Callable[[Page, Cadre], None]) -> Sit:
    """The function sit(person, device): opens a device of their own on which they are signed in."""

    def sit(who: Cadre, device: dict[str, Any]) -> Page:
        page = opened.open(device, server)
        enter(page, who)
        return page

    return sit


def tell_in_the_kitchen(bench: Bench) -> Concern:
    """Make a visit with photos on the phone; what is wrong in the kitchen is registered by two taps."""
    household = bench.make.household("方守仁", paired=bench.cadre)
    page, walk = bench.phone.page, Walk(household.id, bench.photos)
    walk.open(page)
    for step in STEPS:
        if step.name == "看厨房":
            page.locator(f"{KITCHEN} label:has-text('差')").first.tap()
            page.locator(f"{KITCHEN} label:has-text('{WORDS}')").tap()
            page.locator(f"{KITCHEN} [data-concern-open]").tap()
            page.locator(f"{KITCHEN} .concern-form button:has-text('登记')").first.tap()
            expect(page.locator(f"{KITCHEN} [data-concern-done]")).to_contain_text("已登记为诉求 繁-")
        else:
            walk.take(page, step)
    bench.wait_until_empty()
    visit = db.session.query(Visit).filter_by(household_id=household.id).one()
    assert db.session.query(Photo).filter_by(visit_id=visit.id, card="kitchen").count() == 1
    return db.session.query(Concern).filter_by(visit_id=visit.id).one()


def find_in_list(page: Page, chip: str) -> None:
    """Go by the navigation to the list of a chip, and open the concern there."""
    page.goto("/")
    page.get_by_role("link", name="诉求").first.click()
    page.locator(".chip", has_text=chip).first.click()
    page.get_by_role("link", name=WORDS).click()
    expect(page.get_by_role("heading", name="办理过程")).to_be_visible()


def open_notice(page: Page, words: str) -> None:
    """Open what the bell tells of."""
    page.goto("/")
    page.locator(".bell").click()
    page.get_by_role("link", name=words).first.click()
    expect(page.get_by_role("heading", name="办理过程")).to_be_visible()


def unfold(page: Page, step: Step) -> Locator:
    """Unfold the form of a step, and return it."""
    page.locator("#steps summary", has_text=STEP_WORDS[step]).click()
    form = page.locator(f"#step-{step.value}")
    expect(form).to_be_visible()
    return form


def send(page: Page, step: Step) -> None:
    """Take a step by its button, and read that it was taken."""
    page.locator(f"#step-{step.value}").get_by_role("button", name=STEP_WORDS[step], exact=True).click()
    expect(page.locator(".flash")).to_contain_text(f"已{STEP_WORDS[step]}：繁-")


def dispatch(office: Page) -> None:
    """Give the concern to another unit than the one suggested, with a word."""
    find_in_list(office, "待受理")
    form = unfold(office, Step.DISPATCH)
    form.get_by_label("承办单位").select_option(label="区住建局")
    form.get_by_label("交办说明").fill(GIVEN)
    assert_accessible(office)
    take_picture(office, "concern-dispatch-desk")
    send(office, Step.DISPATCH)


def take_up(handler: Page) -> None:
    """Take the concern up, as the bell tells."""
    open_notice(handler, "交给您单位承办")
    expect(handler.get_by_text(GIVEN)).to_be_visible()
    handler.get_by_role("link", name="办理", exact=True).click()
    send(handler, Step.TAKE_UP)


def urge(supervisor: Page) -> None:
    """Find the concern in the unit's list and urge who handles it."""
    find_in_list(supervisor, "办理中")
    unfold(supervisor, Step.SUPERVISE).get_by_label("督办要求").fill(URGED)
    send(supervisor, Step.SUPERVISE)
    take_picture(supervisor, "concern-urged-desk")


def reply(handler: Page) -> None:
    """Read what was urged; reply, after having forgotten to say what became of it."""
    open_notice(handler, "被督办")
    expect(handler.get_by_text(URGED)).to_be_visible()
    form = unfold(handler, Step.REPLY)
    form.get_by_label("给住户的答复").fill(REPLY)
    form.get_by_role("button", name="答复").click()
    expect(form.get_by_text("请选择办理结果")).to_be_visible()
    expect(form.get_by_label("给住户的答复")).to_have_value(REPLY)
    assert_accessible(handler)
    take_picture(handler, "concern-reply-wrong-phone")
    form.locator(".chip", has_text="已化解").click()
    send(handler, Step.REPLY)


def go_to_ask(page: Page, concern: Concern) -> None:
    """Hear of the reply on the cadre's phone, and go from there to the return visit."""
    home = f"/households/{concern.household_id}"
    page.goto("/")
    page.evaluate("Outbox.say({ stockUp: 'now' })")
    wait_until(page, HAS_PAGE, f"{home}/judge")
    open_notice(page, "有答复了")
    assert_accessible(page)
    take_picture(page, "concern-replied-phone")
    page.get_by_role("link", name="办理", exact=True).tap()
    page.get_by_role("link", name="做回访").tap()
    page.wait_for_url(f"**{home}/followups")
    expect(page.get_by_text(REPLY)).to_be_visible()
    assert_accessible(page)
    take_picture(page, "return-visit-concern-phone")


def judge_by_own_hand(page: Page) -> None:
    """Hand the phone over, and let the resident judge on it."""
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


def assert_judged(concern: Concern) -> None:
    """Assert that every step was kept once, and the judgement with the hand that gave it."""
    db.session.rollback()
    (asked,) = db.session.query(FollowUp).filter_by(concern_id=concern.id)
    assert (asked.state, asked.mark, asked.way) == (FollowUpState.DONE, Mark.SATISFIED, Way.HANDED_OVER)
    db.session.refresh(concern)
    assert (concern.state, concern.outcome, concern.mark) == (State.CLOSED, Outcome.RESOLVED, "satisfied")
    steps = db.session.query(ConcernStep).filter_by(concern_id=concern.id).order_by(ConcernStep.nth)
    assert [row.step for row in steps] == TAKEN


def test_a_concern_goes_from_the_kitchen_to_a_satisfied_resident_through_five_roles(bench: Bench, sit: Sit) -> None:
    ledger = Ledger(bench.make)
    concern = tell_in_the_kitchen(bench)
    dispatch(sit(ledger.officer, DESK))
    handler = sit(ledger.handler, PHONE)
    take_up(handler)
    supervisor = sit(ledger.supervisor, DESK)
    urge(supervisor)
    reply(handler)
    go_to_ask(bench.phone.page, concern)
    judge_by_own_hand(bench.phone.page)
    bench.wait_until_empty()
    assert_judged(concern)
    find_in_list(supervisor, "办结")
    expect(supervisor.locator("#concern-record")).to_contain_text("满意")
    take_picture(supervisor, "concern-judged-desk")
    supervisor.get_by_role("link", name="方守仁").click()
    judged = supervisor.locator("section", has_text="住户评价过的").locator("li", has_text=WORDS)
    expect(judged).to_contain_text("满意")
    expect(judged).to_contain_text("诉求")
    take_picture(supervisor, "household-concern-judged-desk")
