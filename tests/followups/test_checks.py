"""Facts about the sample that somebody of another unit asks about once more."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.concerns.actions import correct
from fieldvisit.extensions import db
from fieldvisit.followups import rules
from fieldvisit.followups.models import IndependentCheck
from fieldvisit.followups.rules import Mark
from fieldvisit.households.models import Household, Resident
from tests.factories import COUNTY, OTHER_VILLAGE, Factory
from tests.followups.concerns_making import REPLY, WORDS, Asked
from tests.followups.making import AtTheDoor, promise, rounds
from tests.person import Person

FIXED = [UUID(int=number * 7919) for number in range(2000)]


@given(st.text(max_size=20), st.uuids(), st.integers(0, 100))
def test_a_draw_is_always_the_same_and_none_or_all_are_drawn_at_the_ends(
    seed: str, follow_up_id: UUID, percent: int
) -> None:
    assert rules.is_drawn(seed, follow_up_id, percent) == rules.is_drawn(seed, follow_up_id, percent)
    assert not rules.is_drawn(seed, follow_up_id, 0)
    assert rules.is_drawn(seed, follow_up_id, 100)


@pytest.mark.parametrize("percent", [5, 20, 50])
def test_about_as_many_are_drawn_as_the_setting_says_and_others_with_another_seed(percent: int) -> None:
    drawn = {seed: {one for one in FIXED if rules.is_drawn(seed, one, percent)} for seed in ("a", "b")}
    for found in drawn.values():
        assert abs(len(found) / len(FIXED) * 100 - percent) < 4
    assert drawn["a"] != drawn["b"]


@pytest.fixture
def app_that_draws_all(app: Flask) -> Flask:
    """The application, with everything in the sample."""
    app.extensions["fieldvisit"] = replace(app.extensions["fieldvisit"], sample_percent=100)
    return app


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """Who promised something."""
    return make.cadre(name="王敏")


@pytest.fixture
def household(make: Factory, cadre: Cadre) -> Household:
    """To whom; it has a phone."""
    household = make.household("方守仁", paired=cadre)
    db.session.query(Resident).filter_by(household_id=household.id).update({"phone": "13805530001"})
    db.session.commit()
    return household


@pytest.fixture
def door(app_that_draws_all: Flask, cadre: Cadre, household: Household) -> AtTheDoor:
    """The cadre's page there."""
    return AtTheDoor(Person(app_that_draws_all, cadre), household)


@pytest.fixture
def asker(app_that_draws_all: Flask, make: Factory) -> Person:
    """The one cadre of another unit of the county."""
    return Person(app_that_draws_all, make.cadre(unit=make.unit("区商务局", villages=(OTHER_VILLAGE,))))


def only_check() -> IndependentCheck:
    """Return the one check that there is, as it is now."""
    db.session.rollback()
    (row,) = db.session.query(IndependentCheck)
    return row


def test_somebody_of_another_unit_is_asked_and_is_not_told_what_was_said_before(
    door: AtTheDoor, asker: Person, cadre: Cadre, household: Household
) -> None:
    door.said(promise(cadre, household, "修路灯"), "basically_satisfied", comment="慢了点")
    assert only_check().asker_id == asker.cadre.id if asker.cadre else False
    assert "请您打电话问问住户" in asker.get("/").text
    page = asker.get(f"/checks/{only_check().id}").text
    assert "修路灯" in page
    assert "方守仁" in page
    for told in ("慢了点", "王敏", "13805530001"):
        assert told not in page


def test_both_answers_are_kept_and_the_office_sees_the_difference(
    door: AtTheDoor, asker: Person, make: Factory, app: Flask, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household, "修路灯")
    door.said(follow_up_id, "satisfied")
    asker.post(f"/checks/{only_check().id}", {"mark": "dissatisfied", "comment": "没人来过"})
    assert rounds(follow_up_id)[0].mark is Mark.SATISFIED
    assert only_check().mark is Mark.DISSATISFIED
    office = Person(app, make.cadre(Role.OFFICE, unit=make.unit("群众工作部", division=COUNTY, villages=())))
    page = office.get("/checks/results").text
    assert "两次不一样" in page
    assert "没人来过" in page
    assert "没人来过" not in door.person.get(f"/households/{household.id}").text


def test_who_is_not_reached_is_called_three_times(
    door: AtTheDoor, asker: Person, cadre: Cadre, household: Household
) -> None:
    door.said(promise(cadre, household), "satisfied")
    for tries in (1, 2):
        asker.post(f"/checks/{only_check().id}", {"mark": "unrated", "why": "no_answer"})
        assert (only_check().tries, only_check().closed_at) == (tries, None)
    asker.post(f"/checks/{only_check().id}", {"mark": "unrated"})
    assert only_check().mark is Mark.UNRATED
    assert only_check().closed_at is not None
    assert "没有要抽查的" in asker.get("/checks").text


def test_the_phone_is_shown_on_a_tap_that_the_audit_keeps(
    door: AtTheDoor, asker: Person, cadre: Cadre, household: Household
) -> None:
    door.said(promise(cadre, household), "satisfied")
    (resident,) = db.session.query(Resident).filter_by(household_id=household.id)
    answer = asker.post(f"/checks/{only_check().id}/people/{resident.id}")
    assert "138 0553 0001" in answer.text
    assert db.session.query(AuditEvent).filter_by(action="phone_shown").count() == 1
    assert asker.post(f"/checks/{only_check().id}/people/{uuid4()}").status_code == 404


def test_what_nobody_judged_or_the_resident_judged_alone_is_not_asked_again(
    door: AtTheDoor, asker: Person, cadre: Cadre, household: Household
) -> None:
    door.said(promise(cadre, household), "unrated", why="unwilling")
    assert db.session.query(IndependentCheck).count() == 0


def test_a_thing_is_drawn_once_however_often_it_is_judged(
    door: AtTheDoor, asker: Person, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household)
    door.judged(follow_up_id, "satisfied")
    door.judged(follow_up_id, "basically_satisfied")
    assert db.session.query(IndependentCheck).count() == 1


def test_where_there_is_no_other_unit_nobody_is_asked(door: AtTheDoor, cadre: Cadre, household: Household) -> None:
    door.said(promise(cadre, household), "satisfied")
    assert db.session.query(IndependentCheck).count() == 0


def test_nobody_who_has_left_or_of_another_county_is_asked(
    door: AtTheDoor, make: Factory, cadre: Cadre, household: Household
) -> None:
    make.cadre(unit=make.unit("区商务局", villages=(OTHER_VILLAGE,)), active=False)
    make.cadre(Role.HANDLER, unit=make.unit("区商务局"))
    make.cadre(unit=make.unit("外县单位", villages=()))
    door.said(promise(cadre, household), "satisfied")
    assert db.session.query(IndependentCheck).count() == 0


@pytest.mark.parametrize("role", Role)
def test_a_check_is_for_the_one_who_was_chosen_alone(
    door: AtTheDoor, asker: Person, make: Factory, app: Flask, cadre: Cadre, household: Household, role: Role
) -> None:
    door.said(promise(cadre, household), "satisfied")
    (resident,) = db.session.query(Resident).filter_by(household_id=household.id)
    other = Person(app, make.cadre(role, unit=make.unit("群众工作部", division=COUNTY, villages=())))
    path = f"/checks/{only_check().id}"
    for person in (other, door.person):
        assert person.get(path).status_code == 404
        assert person.post(path, {"mark": "satisfied"}).status_code == 404
        assert person.post(f"{path}/people/{resident.id}").status_code == 404
    assert (other.get("/checks/results").status_code == 200) == (role is Role.OFFICE)
    assert only_check().closed_at is None


def test_the_results_of_another_county_are_not_shown(
    door: AtTheDoor, asker: Person, make: Factory, app: Flask, cadre: Cadre, household: Household
) -> None:
    door.said(promise(cadre, household, "修路灯"), "satisfied")
    asker.post(f"/checks/{only_check().id}", {"mark": "satisfied"})
    elsewhere = Person(app, make.cadre(Role.OFFICE, unit=make.unit("外县群众工作部", villages=())))
    assert "修路灯" not in elsewhere.get("/checks/results").text


@pytest.mark.parametrize(
    "fields",
    [{}, {"mark": "delighted"}, {"mark": "satisfied", "why": "busy"}, {"mark": "satisfied", "comment": "长" * 20_000}],
    ids=["nothing", "no such mark", "no such reason", "long"],
)
def test_a_wrong_answer_comes_back_as_it_was_and_ends_nothing(
    door: AtTheDoor, asker: Person, cadre: Cadre, household: Household, fields: dict[str, str]
) -> None:
    door.said(promise(cadre, household), "satisfied")
    answer = asker.post(f"/checks/{only_check().id}", fields)
    assert answer.status_code == 422
    assert fields.get("comment", "") in answer.text
    assert only_check().closed_at is None


def test_an_answer_sent_twice_counts_once(door: AtTheDoor, asker: Person, cadre: Cadre, household: Household) -> None:
    door.said(promise(cadre, household), "satisfied")
    path = f"/checks/{only_check().id}"
    assert asker.post(path, {"mark": "satisfied"}).status_code == 303
    assert asker.post(path, {"mark": "dissatisfied"}).status_code == 404
    assert only_check().mark is Mark.SATISFIED


def test_a_concern_is_asked_about_by_nobody_of_the_unit_that_handled_it_and_says_nothing_of_its_reply(
    app_that_draws_all: Flask, make: Factory
) -> None:
    asked = Asked(app_that_draws_all, make)
    make.cadre(unit=asked.ledger.lead)
    asker = make.cadre(unit=make.unit("区商务局", villages=(OTHER_VILLAGE,)))
    asked.reply()
    asked.judged("satisfied")
    assert only_check().asker_id == asker.id
    page = Person(app_that_draws_all, asker).get(f"/checks/{only_check().id}").text
    assert WORDS in page
    for told in (REPLY, "区住建局", "王敏"):
        assert told not in page
    Person(app_that_draws_all, asker).post(f"/checks/{only_check().id}", {"mark": "dissatisfied"})
    results = asked.office.get("/checks/results").text
    assert WORDS in results
    assert "两次不一样" in results


def test_a_concern_that_became_confidential_is_asked_about_no_more(app_that_draws_all: Flask, make: Factory) -> None:
    asked = Asked(app_that_draws_all, make)
    asker = Person(app_that_draws_all, make.cadre(unit=make.unit("区商务局", villages=(OTHER_VILLAGE,))))
    asked.reply()
    asked.judged("dissatisfied")
    assert "请您打电话问问住户" in asker.get("/").text
    concern = asked.now()
    correct(asked.ledger.officer, concern, concern.version, {"nature": "report"}, "实为举报")
    db.session.commit()
    assert "请您打电话问问住户" not in asker.get("/").text
    assert WORDS not in asker.get("/checks").text
    assert asker.get(f"/checks/{only_check().id}").status_code == 404
