"""Facts about what was written before and arrives after, and about dissatisfaction that nobody may end alone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.extensions import db
from fieldvisit.followups import actions, judging
from fieldvisit.followups.models import FollowUp, FollowUpPhoto, Judgement
from fieldvisit.followups.rules import FollowUpState, Mark, Way
from fieldvisit.households.models import Household
from fieldvisit.visits.models import Commitment, Visit
from tests.factories import COUNTY, Factory
from tests.followups.making import AtTheDoor, promise, rounds
from tests.followups.test_return_visit import agree, photograph
from tests.person import Person

TODAY = clock.today()
DAY_S = 24 * 3600


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """Who promised something."""
    return make.cadre()


@pytest.fixture
def household(make: Factory, cadre: Cadre) -> Household:
    """To whom."""
    return make.household("方守仁", paired=cadre)


@pytest.fixture
def door(app: Flask, cadre: Cadre, household: Household) -> AtTheDoor:
    """The cadre's page there."""
    return AtTheDoor(Person(app, cadre), household)


def judged_long_ago(door: AtTheDoor, follow_up_id: UUID, mark: str, days: int) -> TestResponse:
    """Let a judgement arrive that has lain on the phone for some days."""
    url = f"/followups/{follow_up_id}/judgements/{uuid4()}?household={door.household_id}"
    headers = {"Idempotency-Key": str(uuid4()), "X-Age": str(days * DAY_S)}
    return door.person.post(url, {"mark": mark}, fragment=True, headers=headers)


def own_phone(follow_up_id: UUID, mark: Mark) -> None:
    """Let the resident judge on their own phone."""
    judging.judge(db.session.get_one(FollowUp, follow_up_id), judging.Said(uuid4(), mark, Way.OWN_PHONE), None)
    db.session.commit()


@pytest.mark.parametrize("mark", ["satisfied", "dissatisfied"])
def test_photos_signature_and_report_are_taken_after_the_resident_has_judged(
    door: AtTheDoor, cadre: Cadre, household: Household, mark: str
) -> None:
    follow_up_id = promise(cadre, household)
    agree(door, follow_up_id, agreed="y")
    door.judged(follow_up_id, mark)
    assert photograph(door, follow_up_id).status_code == 200
    assert photograph(door, follow_up_id, "signature").status_code == 200
    assert door.enter(follow_up_id, outcome="kept", note="换了线路").status_code == 200
    assert rounds(follow_up_id)[0].done_note == "换了线路"
    assert db.session.query(FollowUpPhoto).count() == 2


def test_a_visit_whose_every_thing_was_judged_by_own_hand_can_be_finished(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    door.judged(promise(cadre, household), "satisfied")
    assert door.finish().status_code == 200


def test_a_judgement_that_lay_on_a_phone_does_not_replace_a_later_one(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    door.judged(follow_up_id, "basically_satisfied")
    assert judged_long_ago(door, follow_up_id, "satisfied", 3).status_code == 200
    assert rounds(follow_up_id)[0].mark is Mark.BASICALLY_SATISFIED
    assert db.session.query(Judgement).count() == 2


def test_what_is_said_to_come_from_the_residents_hand_does_not_replace_their_own_phone(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    own_phone(follow_up_id, Mark.BASICALLY_SATISFIED)
    door.judged(follow_up_id, "satisfied")
    assert rounds(follow_up_id)[0].mark is Mark.BASICALLY_SATISFIED


def test_the_same_judgement_under_another_key_is_still_one(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id, judgement_id = promise(cadre, household), uuid4()
    for _ in range(2):
        assert door.judged(follow_up_id, "dissatisfied", judgement_id).status_code == 200
    assert db.session.query(Judgement).count() == 1
    other = promise(cadre, household)
    assert door.judged(other, "satisfied", judgement_id).status_code == 404


def test_who_ends_a_redo_without_a_judgement_does_not_end_the_dissatisfaction(
    door: AtTheDoor, app: Flask, make: Factory, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household, "修路灯")
    door.judged(follow_up_id, "dissatisfied")
    assert door.lapse("其他原因，不用再回访").status_code == 200
    assert [row.state for row in rounds(follow_up_id)] == [FollowUpState.TO_DECIDE, FollowUpState.LAPSED]
    office = Person(app, make.cadre(Role.OFFICE, unit=make.unit("群众工作部", division=COUNTY, villages=())))
    assert "修路灯" in office.get("/dissatisfied").text
    assert office.post(f"/dissatisfied/{follow_up_id}", {"ruling": "redo", "reason": "请再去一次"}).status_code == 303
    assert [row.round_no for row in rounds(follow_up_id)] == [1, 2, 3]


def test_a_redo_is_put_off_once_and_not_for_long(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    door.judged(promise(cadre, household), "dissatisfied")
    redo = db.session.query(FollowUp).filter_by(round_no=2).one()
    assert door.put_off(redo.id, redo.due_on + timedelta(days=30), "太忙").status_code == 422
    assert door.put_off(redo.id, redo.due_on + timedelta(days=3), "等材料").status_code == 200
    assert door.put_off(redo.id, TODAY + timedelta(days=1), "再等等").status_code == 422


def test_a_promise_that_is_taken_back_while_it_is_redone_goes_to_the_office(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    door.judged(follow_up_id, "dissatisfied")
    commitment = db.session.get_one(Commitment, rounds(follow_up_id)[0].commitment_id)
    commitment.removed = True
    actions.schedule(db.session.get_one(Visit, commitment.visit_id))
    db.session.commit()
    assert [row.state for row in rounds(follow_up_id)] == [FollowUpState.TO_DECIDE, FollowUpState.WITHDRAWN]


def test_a_household_that_comes_back_has_its_redo_again(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id = promise(cadre, household)
    door.judged(follow_up_id, "dissatisfied")
    door.person.post(f"/households/{household.id}/leave", {"reason": "已搬走"})
    door.person.post(f"/households/{household.id}/restore")
    assert [row.state for row in rounds(follow_up_id)] == [FollowUpState.REDO, FollowUpState.OPEN]


def test_an_amendment_leaves_a_day_that_was_put_off(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id = promise(cadre, household)
    later = TODAY + timedelta(days=9)
    door.put_off(follow_up_id, later, "住户去外地了")
    commitment = db.session.get_one(Commitment, rounds(follow_up_id)[0].commitment_id)
    actions.schedule(db.session.get_one(Visit, commitment.visit_id))
    db.session.commit()
    assert rounds(follow_up_id)[0].due_on == later


def test_a_day_chosen_without_a_line_counts_from_when_it_was_chosen(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    yesterday = TODAY - timedelta(days=1)
    url = f"/followups/{follow_up_id}/put-off?household={household.id}"
    headers = {"Idempotency-Key": str(uuid4()), "X-Age": str(3 * DAY_S)}
    fields = {"day": yesterday.isoformat(), "reason": "住户去外地了"}
    assert door.person.post(url, fields, fragment=True, headers=headers).status_code == 200
    assert rounds(follow_up_id)[0].due_on == yesterday
