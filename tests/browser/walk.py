"""A whole visit with three photos, step by step, and what the database must hold afterwards: all of it, once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from playwright.sync_api import Error as PageLeft
from playwright.sync_api import Page, Response, expect

from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.visits.models import Answer, Commitment, Photo, Visit, VisitState

PATIENCE_S = 30
PROMISE = "帮助代办手续"
WISH = "村口装一盏路灯"
# What each card must say in the end.
SAID = {
    "photo_consent": "agreed",
    "kitchen": "good",
    "bedroom": "good",
    "toilet": "not_seen",
    "living": "fine",
    "work": "fine",
    "contact": "left",
}


def wait_until(page: Page, condition: str, argument: object = None) -> None:
    """Wait until a condition holds in the page; by asking, since the page's own policy forbids to wait inside it."""
    end = time.monotonic() + PATIENCE_S
    while not page.evaluate(condition, argument):
        assert time.monotonic() < end, f"never came true: {condition}"
        time.sleep(0.05)


@dataclass(frozen=True)
class Step:
    """One thing that a cadre does, in one of the three groups."""

    name: str
    group: str
    do: Callable[[Page, Path], None]


def _tap(selector: str) -> Callable[[Page, Path], None]:
    return lambda page, _photos: page.locator(selector).first.tap()


def _answer(card: str, label: str) -> Callable[[Page, Path], None]:
    return _tap(f"#card-{card} label:has-text('{label}')")


def _photo(card: str) -> Callable[[Page, Path], None]:
    def take(page: Page, photos: Path) -> None:
        page.locator(f"#card-{card} [data-photo-input]").first.set_input_files(photos / f"{card}.jpg")

    return take


def _wish(page: Page, _photos: Path) -> None:
    page.locator("#card-suggestions label:has-text('有情况')").first.tap()
    page.locator("#note-suggestions").fill(WISH)
    page.locator("#note-suggestions").blur()


STEPS = (
    Step("同意拍照", "look", _answer("photo_consent", "户主同意拍照")),
    Step("看厨房", "look", _answer("kitchen", "好")),
    Step("厨房照片", "look", _photo("kitchen")),
    Step("看卧室", "look", _answer("bedroom", "好")),
    Step("卧室照片", "look", _photo("bedroom")),
    Step("看厕所", "look", _answer("toilet", "没看")),
    Step("厕所照片", "look", _photo("toilet")),
    Step("问生活", "ask", _answer("living", "无特别情况")),
    Step("问就业", "ask", _answer("work", "无特别情况")),
    Step("问建议", "ask", _wish),
    Step("留承诺", "leave", _tap(f"[data-promise='{PROMISE}']")),
    Step("留联系方式", "leave", _answer("contact", "已留下")),
    Step("完成", "leave", _tap("[data-finish] button")),
)


def _is_kept(response: Response) -> bool:
    # Uploads that the page makes for the worker acknowledge an earlier step.
    request = response.request
    return request.method == "POST" and response.ok and "x-sent-by-page" not in request.headers


def _wait_until_left(page: Page) -> None:
    # Asked, not waited for: the answer to a repeated write may lead on while the page is already leaving.
    end = time.monotonic() + PATIENCE_S
    while page.url.endswith("/visit"):
        assert time.monotonic() < end, "the visit's page was never left"
        page.wait_for_timeout(50)
    with suppress(PageLeft):
        page.wait_for_load_state()


@dataclass
class Walk:
    """A visit in one household, made on a page; `open` opens it again, as after the browser's death."""

    household_id: UUID
    photos: Path

    def open(self, page: Page) -> None:
        """Open the visit's page."""
        page.goto(f"/households/{self.household_id}/visit")
        wait_until(page, "() => Outbox.works()")

    def take(self, page: Page, step: Step) -> None:
        """Do one step and wait until the page hears that it is kept: what is not acknowledged may be lost."""
        page.locator(f"[data-step-to={step.group}]").tap()
        if step.name == "完成":
            step.do(page, self.photos)
            # Words of care were left out: that is shown first.
            page.locator("[data-go-on]").tap()
            _wait_until_left(page)
            return
        with page.expect_response(_is_kept, timeout=PATIENCE_S * 1000):
            step.do(page, self.photos)
        expect(page.locator("#save-state")).not_to_have_text(re.compile("正在保存|没存上"))
        expect(page.locator(".photo-sending")).to_have_count(0)

    def assert_read_back(self, page: Page, done: list[Step]) -> None:
        """Assert that the page, opened again, shows every earlier step."""
        names = {step.name for step in done}
        page.wait_for_timeout(300)
        for name, selector in SHOWN.items():
            if name in names:
                expect(page.locator(selector).first, name).to_have_count(1)

    def found(self) -> Found:
        """Count what arrived."""
        db.session.rollback()
        visits = db.session.scalars(sa.select(Visit).where(Visit.household_id == self.household_id)).all()
        return Found(len(visits), [problem for visit in visits for problem in _problems(visit)])


SHOWN = {
    "看厨房": "#card-kitchen input[value=good]:checked",
    "厨房照片": "#card-kitchen .photo img",
    "看厕所": "#card-toilet input[value=not_seen]:checked",
    "问建议": "#card-suggestions input[value=concern]:checked",
    "留承诺": "[data-commitment] textarea",
    "留联系方式": "#card-contact input[value=left]:checked",
}


@dataclass(frozen=True)
class Found:
    """How many visits of the household arrived, and what is wrong with them."""

    visits: int
    problems: list[str]

    @property
    def is_whole(self) -> bool:
        """Say whether exactly the visit that was made is there."""
        return self.visits == 1 and not self.problems


def _problems(visit: Visit) -> list[str]:
    answers = {row.card: row for row in db.session.scalars(sa.select(Answer).where(Answer.visit_id == visit.id))}
    said = {card: answers[card].value if card in answers else None for card in SAID}
    found = [f"{card} says {said[card]}" for card in SAID if said[card] != SAID[card]]
    wish = answers.get("suggestions")
    if wish is None or wish.note != WISH:
        found.append("the wish is lost")
    return found + [f"{what}: {number}" for what, number in _counts(visit).items() if number != EXPECTED[what]]


EXPECTED = {
    "finished": 1, "photos": 3, "commitments": 1, "follow-ups": 1, "visit_begun": 1, "visit_finished": 1,
}  # fmt: skip


def _counts(visit: Visit) -> dict[str, int]:
    def count(model: type, *conditions: sa.ColumnElement[bool]) -> int:
        return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*conditions)) or 0

    told = {
        action: count(AuditEvent, AuditEvent.subject_id == str(visit.id), AuditEvent.action == action)
        for action in ("visit_begun", "visit_finished")
    }
    return {
        "finished": visit.revision if visit.state is VisitState.FINISHED else 0,
        "photos": count(Photo, Photo.visit_id == visit.id, Photo.removed.is_(False)),
        "commitments": count(Commitment, Commitment.visit_id == visit.id, Commitment.removed.is_(False)),
        "follow-ups": count(FollowUp, FollowUp.household_id == visit.household_id),
        **told,
    }
