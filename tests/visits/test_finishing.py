"""Facts about finishing, amending and discarding visits."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.followups.rules import FollowUpState
from fieldvisit.visits.models import Visit, VisitRevision, VisitState
from tests.factories import Factory
from tests.person import Person
from tests.visits.phone import Phone

IN_A_WEEK = (clock.today() + timedelta(days=7)).isoformat()


def state(phone: Phone) -> VisitState:
    """Read the visit's state."""
    return db.session.get_one(Visit, phone.visit_id).state


def test_a_visit_with_nothing_filled_may_be_finished(phone: Phone) -> None:
    assert phone.finish().headers["HX-Redirect"] == f"/visits/{phone.visit_id}"
    assert state(phone) is VisitState.FINISHED


def test_what_is_missing_is_a_hint_afterwards(phone: Phone) -> None:
    phone.save("kitchen", "good")
    phone.finish()
    page = phone.person.get(f"/visits/{phone.visit_id}").text
    assert "不是必填" in page
    assert "看厨房没有填" not in page


def test_not_looked_at_is_a_full_answer(phone: Phone) -> None:
    for card, value in (
        ("kitchen", "not_seen"),
        ("bedroom", "not_seen"),
        ("toilet", "not_seen"),
        ("living", "not_asked"),
        ("work", "not_asked"),
        ("suggestions", "not_asked"),
        ("commitments", "none"),
        ("contact", "not_left"),
    ):
        assert phone.save(card, value).status_code == 200
    phone.save("care_words", tags=["有事随时打电话"])
    phone.finish()
    assert "不是必填" not in phone.person.get(f"/visits/{phone.visit_id}").text


def test_a_visit_without_photos_says_nothing_about_photos(phone: Phone) -> None:
    phone.save("kitchen", "good")
    phone.finish()
    assert "没有照片" not in phone.person.get(f"/visits/{phone.visit_id}").text


def test_a_finished_visit_takes_no_more_saves_and_says_how_to_change_it(phone: Phone) -> None:
    phone.finish()
    late = phone.save("kitchen", "good")
    assert late.status_code == 409
    assert "修改" in late.text


def test_an_amendment_needs_a_reason(phone: Phone) -> None:
    phone.finish()
    response = phone.person.post(f"/visits/{phone.visit_id}/amend", {"reason": "  "})
    assert response.status_code == 422
    assert "请填写修改原因" in response.text
    assert state(phone) is VisitState.FINISHED


def test_a_reason_that_is_too_long_is_refused_and_stays_in_the_field(phone: Phone) -> None:
    phone.finish()
    response = phone.person.post(f"/visits/{phone.visit_id}/amend", {"reason": "长" * 201})
    assert "最多 200 个字" in response.text
    assert "长" * 201 in response.text


def test_an_amended_visit_keeps_what_was_there_before(phone: Phone) -> None:
    phone.save("living", "concern", note="看病花费大")
    phone.promise("问清大病救助", IN_A_WEEK)
    phone.finish()
    phone.person.post(f"/visits/{phone.visit_id}/amend", {"reason": "写漏了"})
    phone.save("living", "concern", note="看病花费大，已申请救助")
    phone.finish()
    before = db.session.get_one(VisitRevision, (phone.visit_id, 1))
    assert before.reason == "写漏了"
    assert before.content["answers"]["living"]["note"] == "看病花费大"
    assert before.content["commitments"][0]["text"] == "问清大病救助"
    page = phone.person.get(f"/visits/{phone.visit_id}").text
    assert "写漏了" in page
    assert "看病花费大，已申请救助" in page


def test_every_step_of_a_visit_is_on_record(app: Flask, make: Factory, phone: Phone, cadre: Cadre) -> None:
    supervisor = Person(app, make.cadre(Role.SUPERVISOR))
    phone.save("kitchen", "good")
    phone.finish()
    back = {"decision": "sent_back", "reason": "请写清楚", "revision": 1}
    supervisor.post(f"/reviews/{phone.visit_id}", back)
    phone.person.post(f"/visits/{phone.visit_id}/amend", {"reason": "补充"})
    phone.finish()
    supervisor.post(f"/reviews/{phone.visit_id}", {"decision": "read", "revision": 2})
    events = db.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.subject_id == str(phone.visit_id)).order_by(AuditEvent.id)
    ).all()
    assert [event.action for event in events] == [
        "visit_begun",
        "visit_finished",
        "visit_sent_back",
        "visit_amended",
        "visit_finished",
        "visit_reviewed",
    ]
    assert "请写清楚" not in str([event.detail for event in events])


def test_two_taps_on_amend_open_it_once(phone: Phone) -> None:
    phone.finish()
    phone.person.post(f"/visits/{phone.visit_id}/amend", {"reason": "补充"})
    assert phone.person.post(f"/visits/{phone.visit_id}/amend", {"reason": "补充"}).status_code == 409
    assert db.session.query(VisitRevision).count() == 1


def test_a_discarded_draft_is_gone_from_lists_and_pages(phone: Phone) -> None:
    phone.save("kitchen", "good")
    phone.person.post(f"/visits/{phone.visit_id}/discard")
    assert phone.person.get(f"/visits/{phone.visit_id}").status_code == 404
    assert str(phone.visit_id) not in phone.person.get("/visits").text
    assert str(phone.visit_id) not in phone.person.get("/").text


def test_a_finished_visit_can_not_be_discarded(phone: Phone) -> None:
    phone.finish()
    assert phone.person.post(f"/visits/{phone.visit_id}/discard").status_code == 409


class TestReturnVisits:
    def open(self) -> list[FollowUp]:
        return [row for row in db.session.query(FollowUp) if row.state is FollowUpState.OPEN]

    def test_each_commitment_gets_its_return_visit_when_the_visit_is_finished(self, phone: Phone) -> None:
        phone.promise("修屋顶", IN_A_WEEK)
        phone.promise("问政策", clock.today().isoformat())
        assert self.open() == []
        phone.finish()
        assert sorted(row.due_on.isoformat() for row in self.open()) == [clock.today().isoformat(), IN_A_WEEK]

    def test_an_amendment_moves_and_withdraws_return_visits(self, phone: Phone) -> None:
        from uuid import uuid4

        kept, gone = uuid4(), uuid4()
        phone.promise("修屋顶", IN_A_WEEK, kept)
        phone.promise("问政策", IN_A_WEEK, gone)
        phone.finish()
        phone.person.post(f"/visits/{phone.visit_id}/amend", {"reason": "改期"})
        later = (clock.today() + timedelta(days=15)).isoformat()
        phone.promise("修屋顶", later, kept)
        phone.post(f"/commitments/{gone}/remove", {})
        phone.finish()
        assert [(row.commitment_id, row.due_on.isoformat()) for row in self.open()] == [(kept, later)]


class TestSentBack:
    @pytest.fixture
    def supervisor(self, app: Flask, make: Factory) -> Person:
        return Person(app, make.cadre(Role.SUPERVISOR))

    def send_back(self, supervisor: Person, phone: Phone, revision: int = 1) -> None:
        fields = {"decision": "sent_back", "reason": "请写清漏雨在哪间", "revision": revision}
        response = supervisor.post(f"/reviews/{phone.visit_id}", fields)
        assert response.status_code in (200, 303), response.text

    def test_it_comes_back_to_today_with_the_reason_and_goes_again(self, supervisor: Person, phone: Phone) -> None:
        phone.save("bedroom", "poor", tags=["屋顶漏雨"])
        phone.finish()
        self.send_back(supervisor, phone)
        assert "请写清漏雨在哪间" in phone.person.get("/").text
        phone.person.post(f"/visits/{phone.visit_id}/amend", {"reason": "按审阅意见补充"})
        phone.save("bedroom", "poor", tags=["屋顶漏雨"], note="东间")
        phone.finish()
        assert "请写清漏雨在哪间" not in phone.person.get("/").text
        assert state(phone) is VisitState.FINISHED

    def test_a_reviewed_visit_can_no_longer_be_amended(self, supervisor: Person, phone: Phone, cadre: Cadre) -> None:
        phone.finish()
        supervisor.post(f"/reviews/{phone.visit_id}", {"decision": "read", "revision": 1})
        assert state(phone) is VisitState.REVIEWED
        assert phone.person.post(f"/visits/{phone.visit_id}/amend", {"reason": "改"}).status_code == 409


def test_a_household_with_an_open_draft_offers_to_go_on(phone: Phone) -> None:
    address = f"/households/{phone.household.id}"
    assert "开始走访" in phone.person.get(address).text
    phone.save("kitchen", "good")
    assert "继续走访" in phone.person.get(address).text
    phone.finish()
    assert "开始走访" in phone.person.get(address).text


def ended_after(phone: Phone) -> timedelta:
    """Return how long after its first write a visit was ended."""
    visit = db.session.get_one(Visit, phone.visit_id)
    assert visit.ended_at is not None
    return visit.ended_at - visit.started_at


def aged(phone: Phone, monkeypatch: pytest.MonkeyPatch, age: timedelta) -> None:
    """Let what the phone sends from now on have lain on it for so long."""
    headers = phone.headers
    monkeypatch.setattr(phone, "headers", lambda key: headers(key) | {"X-Age": str(int(age.total_seconds()))})


def test_how_long_a_record_took_is_told_by_the_phone_and_not_by_when_it_arrived(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(clock.now(), tick=False):
        aged(phone, monkeypatch, timedelta(hours=5))
        phone.save("kitchen", "good")
        aged(phone, monkeypatch, timedelta(hours=4))
        phone.finish()
        visit = db.session.get_one(Visit, phone.visit_id)
        assert ended_after(phone) == timedelta(hours=1)
        assert visit.finished_at == clock.now()


def test_finishing_again_after_an_amendment_changes_nothing_about_how_long_it_took(phone: Phone) -> None:
    phone.save("kitchen", "good")
    phone.finish()
    took = ended_after(phone)
    phone.person.post(f"/visits/{phone.visit_id}/amend", {"reason": "写错了"})
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        phone.finish()
    assert ended_after(phone) == took
