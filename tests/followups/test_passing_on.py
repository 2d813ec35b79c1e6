"""Facts about what somebody leaves behind: it goes to who is tied to the household next, and that is on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts import administration
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from fieldvisit.followups import passing
from fieldvisit.followups.models import IndependentCheck
from fieldvisit.followups.rules import FollowUpState, Mark
from fieldvisit.households import pairing_actions
from fieldvisit.households.models import Household, Pairing
from tests.cards.making import Resident
from tests.factories import COUNTY, EVER, OTHER_VILLAGE, Factory
from tests.followups.making import AtTheDoor, fresh, promise, rounds
from tests.person import Person
from tests.visits.counting import queries_counted

DAY = timedelta(days=1)
TODAY = clock.today()


@pytest.fixture
def admin(make: Factory) -> Cadre:
    """Who changes pairings and accounts."""
    return make.cadre(Role.ADMINISTRATOR, unit=make.unit("区委社会工作部", division=COUNTY, villages=()))


@pytest.fixture
def leaver(make: Factory) -> Cadre:
    """Who promised something."""
    return make.cadre(name="王敏")


@pytest.fixture
def successor(make: Factory) -> Cadre:
    """Who comes next."""
    return make.cadre(name="赵磊")


@pytest.fixture
def household(make: Factory, leaver: Cadre) -> Household:
    """To whom it was promised."""
    return make.household("方守仁", paired=leaver)


def end(cadre: Cadre, household: Household, by: Cadre) -> None:
    """End a pairing yesterday."""
    pairing = db.session.query(Pairing).filter_by(cadre_id=cadre.id, household_id=household.id).one()
    pairing_actions.end_pairing(pairing, TODAY - DAY, by=by)
    db.session.commit()


def begin(cadre: Cadre, household: Household, by: Cadre) -> None:
    """Begin a pairing today."""
    pairing_actions.pair(cadre, household, TODAY, by=by)
    db.session.commit()


def deactivate(cadre: Cadre, by: Cadre, **changed: object) -> None:
    """Close somebody's account, or change something else of it."""
    was = administration.Particulars(cadre.user_name, cadre.name, cadre.phone or "", cadre.unit_id, cadre.roles)
    administration.change_cadre(by, cadre, replace(was, **(changed or {"active": False})))  # type: ignore[arg-type]  # fields
    db.session.commit()


@pytest.mark.parametrize("order", ["ended first", "begun first", "moved"])
def test_open_return_visits_go_with_the_pairing(
    app: Flask, admin: Cadre, leaver: Cadre, successor: Cadre, household: Household, order: str
) -> None:
    follow_up = promise(leaver, household, "修路灯")
    if order == "moved":
        pairing_actions.move_pairings(leaver, successor, TODAY, by=admin)
        db.session.commit()
    else:
        steps = [(end, leaver), (begin, successor)]
        for step, cadre in steps if order == "ended first" else reversed(steps):
            step(cadre, household, admin)
    row = fresh(follow_up)
    assert (row.cadre_id, row.taken_over_from) == (successor.id, leaver.id)
    page = AtTheDoor(Person(app, successor), household).page()
    assert "修路灯" in page
    assert "接手自王敏" in page
    assert Person(app, leaver).get(f"/households/{household.id}/followups").status_code == 404
    (event,) = db.session.query(AuditEvent).filter_by(action="follow_up_passed_on")
    assert (event.actor_id, event.subject_id) == (admin.id, str(follow_up))
    assert event.detail == {"from_cadre": leaver.id, "to_cadre": successor.id}


def test_whoever_takes_over_finishes_it(
    app: Flask, admin: Cadre, leaver: Cadre, successor: Cadre, household: Household
) -> None:
    follow_up = promise(leaver, household)
    AtTheDoor(Person(app, leaver), household).enter(follow_up, outcome="partly", note="办了一半")
    pairing_actions.move_pairings(leaver, successor, TODAY, by=admin)
    db.session.commit()
    door = AtTheDoor(Person(app, successor), household)
    assert "办了一半" in door.page()
    # Tests have one phone, whose saves are counted.
    door.seq = 1
    door.said(follow_up, "satisfied")
    assert fresh(follow_up).state is FollowUpState.DONE


def test_what_comes_late_from_the_phone_of_who_has_left_changes_nothing(
    app: Flask, admin: Cadre, leaver: Cadre, successor: Cadre, household: Household
) -> None:
    follow_up = promise(leaver, household)
    pairing_actions.move_pairings(leaver, successor, TODAY, by=admin)
    db.session.commit()
    assert AtTheDoor(Person(app, leaver), household).enter(follow_up, outcome="kept").status_code == 404


def test_the_page_of_what_one_has_promised_oneself_names_nobody(
    app: Flask, leaver: Cadre, household: Household
) -> None:
    promise(leaver, household)
    assert "接手自" not in AtTheDoor(Person(app, leaver), household).page()


def test_what_has_its_end_stays_with_who_did_it(
    admin: Cadre, leaver: Cadre, successor: Cadre, household: Household
) -> None:
    done = promise(leaver, household, state=FollowUpState.DONE, mark=Mark.SATISFIED, closed_at=clock.now())
    pairing_actions.move_pairings(leaver, successor, TODAY, by=admin)
    assert fresh(done).cadre_id == leaver.id


def test_without_anybody_next_it_stays_until_there_is_somebody(
    admin: Cadre, leaver: Cadre, successor: Cadre, household: Household
) -> None:
    follow_up = promise(leaver, household)
    end(leaver, household, admin)
    assert fresh(follow_up).cadre_id == leaver.id
    begin(successor, household, admin)
    assert fresh(follow_up).cadre_id == successor.id


def test_a_second_cadre_of_a_household_takes_nothing_from_the_first(
    admin: Cadre, leaver: Cadre, successor: Cadre, household: Household
) -> None:
    follow_up = promise(leaver, household)
    begin(successor, household, admin)
    assert fresh(follow_up).cadre_id == leaver.id


def test_who_was_never_tied_to_a_household_keeps_what_they_promised_there(
    make: Factory, admin: Cadre, leaver: Cadre, successor: Cadre, household: Household
) -> None:
    guest = make.cadre()
    follow_up = promise(guest, household)
    pairing_actions.move_pairings(leaver, successor, TODAY, by=admin)
    db.session.commit()
    assert fresh(follow_up).cadre_id == guest.id


def test_other_households_are_left_alone(
    make: Factory, admin: Cadre, leaver: Cadre, successor: Cadre, household: Household
) -> None:
    other = promise(leaver, make.household("周家富", paired=leaver))
    end(leaver, household, admin)
    begin(successor, household, admin)
    assert fresh(other).cadre_id == leaver.id


@pytest.mark.parametrize("changed", [{"active": False}, {"roles": frozenset({Role.HANDLER})}], ids=["closed", "role"])
def test_what_was_open_with_a_closed_account_goes_to_who_is_tied_to_the_household(
    make: Factory, admin: Cadre, leaver: Cadre, successor: Cadre, household: Household, changed: dict[str, object]
) -> None:
    follow_up, guest = promise(leaver, household), make.household("周家富")
    alone = promise(leaver, guest)
    make.pairing(successor, household)
    deactivate(leaver, admin, **changed)
    assert (fresh(follow_up).cadre_id, fresh(follow_up).taken_over_from) == (successor.id, leaver.id)
    # Nobody is tied to that one yet.
    assert fresh(alone).cadre_id == leaver.id
    begin(successor, guest, admin)
    assert fresh(alone).cadre_id == successor.id


def test_a_changed_phone_number_passes_nothing_on(
    make: Factory, admin: Cadre, leaver: Cadre, successor: Cadre, household: Household
) -> None:
    follow_up = promise(leaver, household)
    make.pairing(successor, household)
    deactivate(leaver, admin, phone="13900001234")
    assert fresh(follow_up).cadre_id == leaver.id


def test_of_several_the_one_tied_to_it_last_takes_over_and_nobody_who_has_left(
    make: Factory, admin: Cadre, leaver: Cadre, successor: Cadre, household: Household
) -> None:
    follow_up = promise(leaver, household)
    for cadre, starts_on in ((make.cadre(), EVER), (successor, EVER + DAY), (make.cadre(active=False), TODAY)):
        make.pairing(cadre, household).starts_on = starts_on
    db.session.commit()
    end(leaver, household, admin)
    assert fresh(follow_up).cadre_id == successor.id


def test_a_pairing_of_a_later_day_takes_over_on_that_day_by_the_daily_sweep(
    admin: Cadre, leaver: Cadre, successor: Cadre, household: Household
) -> None:
    follow_up = promise(leaver, household)
    pairing_actions.move_pairings(leaver, successor, TODAY + 3 * DAY, by=admin)
    db.session.commit()
    for days, holder in ((0, leaver), (2, leaver), (3, successor)):
        with time_machine.travel(clock.now() + days * DAY):
            passing.of_everybody()
            db.session.commit()
        assert fresh(follow_up).cadre_id == holder.id
    (event,) = db.session.query(AuditEvent).filter_by(action="follow_up_passed_on")
    assert event.actor_id is None


def test_a_redo_of_what_somebody_did_who_has_left_is_the_next_ones(
    app: Flask, admin: Cadre, leaver: Cadre, successor: Cadre, household: Household
) -> None:
    follow_up = promise(leaver, household)
    resident = Resident(app, leaver, household)
    resident.judge(follow_up, "satisfied")
    pairing_actions.move_pairings(leaver, successor, TODAY, by=admin)
    db.session.commit()
    resident.judge(follow_up, "dissatisfied")
    assert [(row.cadre_id, row.taken_over_from) for row in rounds(follow_up)] == [
        (leaver.id, None),
        (successor.id, leaver.id),
    ]


def test_passing_on_costs_the_same_reads_however_much_it_is(
    make: Factory, admin: Cadre, leaver: Cadre, successor: Cadre
) -> None:
    costs: list[int] = []
    for _ in range(2):
        home = make.household(paired=leaver)
        make.pairing(successor, home)
        for number in range(4 if costs else 1):
            promise(leaver, home, f"第 {number} 件")
        with queries_counted() as statements:
            end(leaver, home, admin)
        costs.append(sum(statement.startswith("SELECT") for statement in statements))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("held", ["promised", "judged", "passed on"])
def test_nobody_oversees_what_was_once_their_own(
    app: Flask, make: Factory, admin: Cadre, leaver: Cadre, successor: Cadre, household: Household, held: str
) -> None:
    follow_up = promise(leaver, household, "修路灯")
    both = {"promised": leaver, "judged": successor, "passed on": successor}[held]
    last = make.cadre()
    pairing_actions.move_pairings(leaver, successor, TODAY, by=admin)
    db.session.commit()
    if held == "passed on":
        pairing_actions.move_pairings(successor, last, TODAY, by=admin)
        db.session.commit()
    Resident(app, leaver, household).judge(follow_up, "dissatisfied", comment="来的人态度不好")
    both.roles, both.unit_id = frozenset({Role.CADRE, Role.OFFICE}), make.unit("群众工作部", division=COUNTY).id
    office = make.cadre(Role.OFFICE, unit=make.unit("群众工作部"))
    db.session.commit()
    for row in rounds(follow_up):
        assert Person(app, both).get(f"/dissatisfied/{row.id}").status_code == 404
    assert "修路灯" not in Person(app, both).get("/dissatisfied?state=redo").text
    assert "来的人态度不好" in Person(app, office).get("/dissatisfied?state=redo").text


# Checks


@pytest.fixture
def all_drawn(app: Flask) -> None:
    """Draw everything into the sample."""
    app.extensions["fieldvisit"] = replace(app.extensions["fieldvisit"], sample_percent=100)


def only_check() -> IndependentCheck:
    """Return the one check that there is, as it is now."""
    db.session.rollback()
    (row,) = db.session.query(IndependentCheck)
    return row


@pytest.mark.usefixtures("all_drawn")
def test_a_check_whose_asker_has_left_is_given_to_another(
    app: Flask, make: Factory, admin: Cadre, leaver: Cadre, household: Household
) -> None:
    asker = make.cadre(unit=make.unit("区商务局", villages=(OTHER_VILLAGE,)))
    follow_up = promise(leaver, household)
    AtTheDoor(Person(app, leaver), household).said(follow_up, "satisfied")
    assert only_check().asker_id == asker.id
    other = make.cadre(unit=make.unit("区住建局", villages=(OTHER_VILLAGE,)))
    deactivate(asker, admin)
    assert only_check().asker_id == other.id
    assert "方守仁" in Person(app, other).get("/checks").text
    (event,) = db.session.query(AuditEvent).filter_by(action="check_passed_on")
    assert event.detail == {"from_cadre": asker.id, "to_cadre": other.id}


@pytest.mark.usefixtures("all_drawn")
def test_where_nobody_else_may_ask_a_check_waits_for_the_daily_sweep(
    app: Flask, make: Factory, admin: Cadre, leaver: Cadre, household: Household
) -> None:
    asker = make.cadre(unit=make.unit("区商务局", villages=(OTHER_VILLAGE,)))
    AtTheDoor(Person(app, leaver), household).said(promise(leaver, household), "satisfied")
    deactivate(asker, admin)
    assert only_check().asker_id == asker.id
    other = make.cadre(unit=make.unit("区住建局", villages=(OTHER_VILLAGE,)))
    assert passing.of_everybody() == 1
    db.session.commit()
    assert only_check().asker_id == other.id


@pytest.mark.usefixtures("all_drawn")
def test_a_check_that_has_its_end_stays_with_who_asked(
    app: Flask, make: Factory, admin: Cadre, leaver: Cadre, household: Household
) -> None:
    asker = make.cadre(unit=make.unit("区商务局", villages=(OTHER_VILLAGE,)))
    AtTheDoor(Person(app, leaver), household).said(promise(leaver, household), "satisfied")
    Person(app, asker).post(f"/checks/{only_check().id}", {"mark": "satisfied"})
    make.cadre(unit=make.unit("区住建局", villages=(OTHER_VILLAGE,)))
    deactivate(asker, admin)
    assert only_check().asker_id == asker.id
