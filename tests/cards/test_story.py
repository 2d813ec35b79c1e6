"""One promise, from the visit to a satisfied household, on a calendar of its own."""

from __future__ import annotations

from datetime import date, datetime

import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.households.models import Household
from tests.cards.making import Resident
from tests.factories import Factory
from tests.followups.making import AtTheDoor
from tests.person import Person
from tests.visits.phone import Phone

VISITED, PROMISED, REDONE = date(2026, 3, 2), date(2026, 3, 16), date(2026, 3, 23)


def on(day: date) -> time_machine.travel:
    """Let it be ten in the morning of a day."""
    return time_machine.travel(datetime(day.year, day.month, day.day, 10, tzinfo=clock.CHINA))


def latest() -> FollowUp:
    """Return the latest round of the one promise that there is."""
    db.session.rollback()
    return db.session.query(FollowUp).order_by(FollowUp.round_no.desc()).limit(1).one()


def test_what_a_household_is_not_satisfied_with_is_done_again_until_it_is(
    app: Flask, make: Factory, cadre: Cadre, household: Household
) -> None:
    supervisor = make.cadre(Role.SUPERVISOR)
    with on(VISITED):
        phone = Phone(app, cadre, household)
        phone.promise("修好村口的路灯", PROMISED.isoformat())
        assert phone.finish().status_code == 200
        assert "修好村口的路灯" not in Person(app, cadre).get("/").text
    with on(PROMISED):
        assert "修好村口的路灯" in Person(app, cadre).get("/").text
        door = AtTheDoor(Person(app, cadre), household)
        door.enter(latest().id, outcome="kept", note="换了灯泡")
        door.finish()
        Resident(app, cadre, household).judge(latest().id, "dissatisfied", comment="还是不亮")
        assert latest().due_on == REDONE
        assert "修好村口的路灯" in Person(app, supervisor).get("/dissatisfied").text
    with on(REDONE):
        again = AtTheDoor(Person(app, cadre), household)
        page = again.page()
        assert "上次住户不满意" in page
        assert "还是不亮" not in page
        assert "住户的话已直接交给群众工作部" in page
        again.enter(latest().id, outcome="kept", note="换了线路")
        again.finish()
        Resident(app, cadre, household).judge(latest().id, "satisfied")
        assert "修好村口的路灯" not in Person(app, supervisor).get("/dissatisfied").text
        assert "没有等着回访的事了" in again.page()
