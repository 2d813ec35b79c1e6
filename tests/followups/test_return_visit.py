"""Facts about making a return visit: what is entered, what residents say, and what follows."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from fieldvisit.followups import photo_queries
from fieldvisit.followups.models import FollowUp, FollowUpEntry, FollowUpPhoto, Judgement
from fieldvisit.followups.rules import FollowUpState, Mark, Outcome, Way
from fieldvisit.households.models import Household
from tests import photos_factory
from tests.factories import Factory
from tests.followups.making import AtTheDoor, promise, rounds
from tests.person import Person
from tests.visits.counting import queries_counted

TODAY = clock.today()


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


def test_the_page_shows_everything_open_of_the_household_and_nothing_of_others(
    make: Factory, door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    promise(cadre, household, "问清低保")
    promise(cadre, household, "修路灯", TODAY - timedelta(days=3))
    promise(cadre, make.household(), "别家的事")
    promise(make.cadre(), household, "别人答应的")
    page = door.page()
    assert "问清低保" in page
    assert "3天超期" in page
    assert "别家的事" not in page
    assert "别人答应的" not in page


def test_nothing_follows_from_what_is_entered_before_the_visit_is_finished(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    door.enter(follow_up_id, outcome="kept", note="材料交了", mark="satisfied")
    assert [row.state for row in rounds(follow_up_id)] == [FollowUpState.OPEN]
    assert "材料交了" in door.page()


def test_a_finished_return_visit_has_a_report_and_a_judgement(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    door.said(follow_up_id, "basically_satisfied", "by_phone", note="材料交了", comment="慢了点")
    (row,) = rounds(follow_up_id)
    assert (row.state, row.outcome, row.done_note) == (FollowUpState.DONE, Outcome.KEPT, "材料交了")
    (judgement,) = db.session.query(Judgement)
    assert (judgement.mark, judgement.way, judgement.comment) == (Mark.BASICALLY_SATISFIED, Way.BY_PHONE, "慢了点")
    assert db.session.query(FollowUpEntry).count() == 0


def test_what_was_reported_but_not_judged_stays_open(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id = promise(cadre, household)
    door.enter(follow_up_id, outcome="partly", note="还差一份材料")
    door.finish()
    (row,) = rounds(follow_up_id)
    assert (row.state, row.outcome, row.mark) == (FollowUpState.OPEN, Outcome.PARTLY, None)
    assert "还差一份材料" in door.page()


def test_an_older_save_that_arrives_late_changes_nothing(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id = promise(cadre, household)
    door.enter(follow_up_id, note="新的", seq="9")
    door.enter(follow_up_id, note="旧的", seq="3")
    assert "新的" in door.page()
    assert "旧的" not in door.page()


def test_dissatisfied_leads_to_a_redo_with_half_the_time_and_satisfied_then_ends_it(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    door.said(follow_up_id, "dissatisfied", comment="没下文")
    first, second = rounds(follow_up_id)
    assert (first.state, second.state) == (FollowUpState.REDO, FollowUpState.OPEN)
    assert second.due_on == TODAY + timedelta(days=7)
    assert "没下文" in door.page()
    door.said(second.id, "satisfied")
    assert [row.state for row in rounds(follow_up_id)] == [FollowUpState.REDONE, FollowUpState.DONE]


def test_dissatisfied_again_is_for_the_office_to_decide(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id = promise(cadre, household)
    door.said(follow_up_id, "dissatisfied")
    door.said(rounds(follow_up_id)[1].id, "dissatisfied")
    assert [row.state for row in rounds(follow_up_id)] == [FollowUpState.REDONE, FollowUpState.TO_DECIDE]


def test_after_three_fruitless_tries_nobody_has_judged_and_that_is_not_satisfied(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    for tries in (1, 2):
        door.said(follow_up_id, "unrated", why="nobody_home")
        (row,) = rounds(follow_up_id)
        assert (row.state, row.mark, row.tries) == (FollowUpState.OPEN, None, tries)
    door.said(follow_up_id, "unrated", "by_phone")
    (row,) = rounds(follow_up_id)
    assert (row.state, row.mark) == (FollowUpState.DONE, Mark.UNRATED)


def test_who_does_not_want_to_judge_is_not_asked_again(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id = promise(cadre, household)
    door.said(follow_up_id, "unrated", why="unwilling")
    assert [row.state for row in rounds(follow_up_id)] == [FollowUpState.DONE]


def test_what_the_resident_gave_by_own_hand_is_not_changed_by_the_cadre(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    door.enter(follow_up_id, outcome="kept", note="办好了")
    assert door.judged(follow_up_id, "basically_satisfied", comment="要说实话", is_hidden="y").status_code == 200
    (row,) = rounds(follow_up_id)
    assert (row.state, row.mark, row.done_note) == (FollowUpState.DONE, Mark.BASICALLY_SATISFIED, "办好了")
    assert door.enter(follow_up_id, outcome="kept", note="办好了，灯也亮了", mark="satisfied").status_code == 200
    (row,) = rounds(follow_up_id)
    assert (row.mark, row.done_note) == (Mark.BASICALLY_SATISFIED, "办好了，灯也亮了")
    assert db.session.query(FollowUpEntry).count() == 0


def test_words_that_the_resident_hides_are_nowhere_on_the_cadres_pages(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    door.judged(follow_up_id, "dissatisfied", comment="他没来过", is_hidden="y")
    for page in (door.page(), door.person.get(f"/households/{household.id}").text, door.person.get("/followups").text):
        assert "他没来过" not in page
    assert "不满意" in door.page()


def test_judging_twice_keeps_both_and_the_later_one_stands(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id = promise(cadre, household)
    door.judged(follow_up_id, "satisfied")
    door.judged(follow_up_id, "basically_satisfied")
    stands = {row.mark: row.stands for row in db.session.query(Judgement)}
    assert stands == {Mark.SATISFIED: False, Mark.BASICALLY_SATISFIED: True}
    assert rounds(follow_up_id)[0].mark is Mark.BASICALLY_SATISFIED


def test_the_same_judgement_sent_again_is_one(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id, key = promise(cadre, household), str(uuid4())
    url = f"/followups/{follow_up_id}/judgements/{uuid4()}?household={household.id}"
    answers = [
        door.person.post(url, {"mark": "dissatisfied"}, fragment=True, headers={"Idempotency-Key": key})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert db.session.query(Judgement).count() == 1
    assert len(rounds(follow_up_id)) == 2


def test_what_is_being_redone_is_not_judged_meanwhile(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id = promise(cadre, household)
    door.judged(follow_up_id, "dissatisfied")
    answer = door.judged(follow_up_id, "satisfied")
    assert answer.status_code == 409
    assert "正在重办" in answer.text
    assert rounds(follow_up_id)[0].mark is Mark.DISSATISFIED


def test_a_return_visit_is_put_off_with_a_reason_that_stays(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    later = TODAY + timedelta(days=5)
    assert door.put_off(follow_up_id, later, "住户去外地了").status_code == 200
    assert rounds(follow_up_id)[0].due_on == later
    assert "住户去外地了" in door.page()
    assert door.put_off(follow_up_id, later, " ").status_code == 422
    assert door.put_off(follow_up_id, TODAY + timedelta(days=61), "以后再说").status_code == 422
    assert door.put_off(follow_up_id, TODAY - timedelta(days=1), "昨天").status_code == 422
    assert rounds(follow_up_id)[0].due_on == later


def test_where_somebody_died_or_moved_everything_ends_without_a_judgement(
    make: Factory, door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    mine, others = promise(cadre, household), promise(make.cadre(), household)
    assert door.lapse("老人已去世").status_code == 200
    assert (rounds(mine)[0].state, rounds(mine)[0].mark) == (FollowUpState.LAPSED, None)
    assert rounds(others)[0].state is FollowUpState.OPEN


def test_a_household_that_leaves_takes_its_return_visits_along_and_brings_them_back(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    door.person.post(f"/households/{household.id}/leave", {"reason": "已搬走"})
    assert rounds(follow_up_id)[0].state is FollowUpState.LAPSED
    door.person.post(f"/households/{household.id}/restore")
    assert rounds(follow_up_id)[0].state is FollowUpState.OPEN


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": "excellent"},
        {"mark": "delighted"},
        {"why": "busy"},
        {"note": "长" * 501},
        {"comment": "字" * 20_000},
        {"note": "身份证 340221195611037515"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_a_page_of_ours_would_not_send_is_refused_and_changes_nothing(
    door: AtTheDoor, cadre: Cadre, household: Household, fields: dict[str, str]
) -> None:
    follow_up_id = promise(cadre, household)
    assert door.enter(follow_up_id, **fields).status_code == 422
    assert db.session.query(FollowUpEntry).count() == 0


def test_finishing_needs_something_to_finish_and_a_way(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    promise(cadre, household)
    assert door.finish().status_code == 422
    assert door.finish("own_phone").status_code == 422


def test_a_hand_over_takes_no_unrated(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    assert door.judged(promise(cadre, household), "unrated").status_code == 422


@pytest.mark.parametrize("role", Role)
def test_what_another_cadre_promised_is_nobody_elses_to_look_after(
    make: Factory, app: Flask, cadre: Cadre, household: Household, role: Role
) -> None:
    follow_up_id = promise(cadre, household)
    other = AtTheDoor(Person(app, make.cadre(role, unit=make.unit("区委办", division="340212"))), household)
    assert other.person.get(f"/households/{household.id}/followups").status_code == 404
    assert other.person.get(f"/households/{household.id}/judge").status_code == 404
    assert other.enter(follow_up_id, outcome="kept").status_code == 404
    assert other.judged(follow_up_id, "satisfied").status_code == 404
    assert other.put_off(follow_up_id, TODAY, "不行").status_code == 404
    assert other.lapse("已搬走").status_code == 404
    assert rounds(follow_up_id)[0].state is FollowUpState.OPEN


@pytest.mark.parametrize("household_id", ["", "x", "0" * 36, "%00"])
def test_an_address_that_names_no_household_is_no_error(app: Flask, cadre: Cadre, household_id: str) -> None:
    person = Person(app, cadre)
    assert person.post(f"/followups/finish?household={household_id}", {"way": "by_phone"}).status_code in (404, 422)
    assert person.post(f"/followups/lapse?household={household_id}", {"reason": "已搬走"}).status_code == 404


def test_the_page_costs_the_same_for_one_promise_and_for_twenty(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    promise(cadre, household)
    with queries_counted() as one:
        door.page()
    for number in range(19):
        promise(cadre, household, f"第{number}件")
    with queries_counted() as twenty:
        door.page()
    assert len(one) == len(twenty)


def test_the_audit_knows_what_was_done_and_no_words(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id = promise(cadre, household)
    door.judged(follow_up_id, "dissatisfied", comment="他没来过")
    events = db.session.query(AuditEvent).filter_by(action="follow_up_judged").all()
    assert len(events) == 1
    assert "他没来过" not in str(events[0].detail)


def test_a_promise_that_an_amendment_took_back_needs_no_return_visit(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    db.session.get_one(FollowUp, follow_up_id).state = FollowUpState.WITHDRAWN
    db.session.commit()
    assert door.judged(follow_up_id, "satisfied").status_code == 409
    assert "没有等着回访的事了" in door.page()


def jpeg(number: int = 0) -> BytesIO:
    """Return a photo as a phone sends it."""
    return BytesIO(photos_factory.phone_jpeg(width=800 + number, height=600))


def photograph(door: AtTheDoor, follow_up_id: UUID, kind: str = "photos", number: int = 0) -> TestResponse:
    """Send a photo of what was done."""
    url = f"/followups/{follow_up_id}/{kind}/{uuid4()}?household={door.household_id}"
    return door.person.post(url, {"photo": (jpeg(number), "photo.jpg")}, fragment=True)


def agree(door: AtTheDoor, follow_up_id: UUID, **fields: str) -> None:
    """Let the householder agree to photos, or not."""
    url = f"/followups/{follow_up_id}/agreed?household={door.household_id}"
    assert door.person.post(url, fields, fragment=True).status_code == 200


def test_a_photo_needs_the_householders_agreement_and_no_return_visit_needs_a_photo(
    door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    refused = photograph(door, follow_up_id)
    assert refused.status_code == 422
    assert "户主同意" in refused.text
    agree(door, follow_up_id, agreed="y")
    assert photograph(door, follow_up_id).status_code == 200
    assert "/small.jpg" in door.page()
    agree(door, follow_up_id)
    assert photograph(door, follow_up_id, number=1).status_code == 422


def test_a_signature_takes_the_place_of_the_one_before(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    follow_up_id = promise(cadre, household)
    for number in (0, 1):
        assert photograph(door, follow_up_id, "signature", number).status_code == 200
    assert [row.removed for row in db.session.query(FollowUpPhoto).order_by(FollowUpPhoto.added_at)] == [True, False]


def test_photos_of_a_return_visit_are_seen_by_those_who_read_of_it_and_kept_by_the_sweep(
    door: AtTheDoor, app: Flask, make: Factory, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    agree(door, follow_up_id, agreed="y")
    photograph(door, follow_up_id)
    (photo,) = db.session.query(FollowUpPhoto)
    path = f"/followups/photos/{photo.id}/small.jpg"
    assert door.person.get(path).status_code == 200
    assert Person(app, make.cadre(Role.SUPERVISOR)).get(path).status_code == 200
    assert Person(app, make.cadre(Role.ADMINISTRATOR)).get(path).status_code == 404
    stranger = make.cadre(Role.SUPERVISOR, Role.CADRE, unit=make.unit("区档案馆", villages=()))
    assert Person(app, stranger).get(path).status_code == 404
    assert photo_queries.is_named(photo.sha256)
    url = f"/followups/{follow_up_id}/photos/{photo.id}/remove?household={household.id}"
    assert door.person.post(url, fragment=True).status_code == 200
    assert not photo_queries.is_named(photo.sha256)
    assert door.person.get(path).status_code == 404


def test_nobody_elses_follow_up_takes_a_photo(
    door: AtTheDoor, make: Factory, cadre: Cadre, household: Household
) -> None:
    others = promise(make.cadre(), household)
    assert photograph(door, others).status_code == 404
    assert photograph(door, others, "signature").status_code == 404


@pytest.mark.parametrize("body", [b"", b"no picture", b"\xff\xd8\xff\xe0broken"])
def test_what_is_no_photo_is_refused_in_words(door: AtTheDoor, cadre: Cadre, household: Household, body: bytes) -> None:
    follow_up_id = promise(cadre, household)
    url = f"/followups/{follow_up_id}/signature/{uuid4()}?household={household.id}"
    answer = door.person.post(url, {"photo": (BytesIO(body), "photo.jpg")}, fragment=True)
    assert answer.status_code in (413, 415, 422)
    assert db.session.query(FollowUpPhoto).count() == 0
