"""Facts about who is told of a step: those whose turn it is, once, and nobody of what is confidential."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.concerns import actions, notifying
from fieldvisit.concerns.models import Concern
from fieldvisit.extensions import db
from fieldvisit.notifications.models import Notice, NotificationChannel, OutgoingMessage
from fieldvisit.notifications.rules import Kind
from tests.concerns.making import Ledger

DAY = timedelta(days=1)


def told(who: Cadre) -> list[str]:
    """Return what a person was told, the latest first, without the number."""
    rows = db.session.query(Notice).filter_by(cadre_id=who.id).order_by(Notice.id.desc())
    return [row.words.split("繁")[0].strip() + row.words[-4:] for row in rows]


def test_the_office_is_told_of_a_new_concern_and_the_handlers_of_one_given_to_them(ledger: Ledger) -> None:
    concern = ledger.register()
    assert [word[:3] for word in told(ledger.officer)] == ["新诉求"]
    ledger.dispatched(concern)
    [notice] = db.session.query(Notice).filter_by(cadre_id=ledger.handler.id)
    assert notice.path == f"/concerns/{concern.id}"
    assert concern.number in notice.words


def test_nobody_is_told_of_their_own_step(ledger: Ledger) -> None:
    ledger.register(ledger.officer)
    assert told(ledger.officer) == []


def test_whoever_registered_it_hears_of_the_reply(ledger: Ledger) -> None:
    ledger.replied()
    assert len(told(ledger.cadre)) == 1


def test_a_unit_without_a_handler_has_it_told_to_the_nearest_one_above(ledger: Ledger) -> None:
    below = ledger.make.unit("区住建局供水站", parent=ledger.lead, villages=())
    concern = ledger.register()
    actions.dispatch(ledger.officer, concern, concern.version, below.id)
    assert len(told(ledger.handler)) == 1


def test_of_what_is_confidential_nobody_it_is_about_is_told_and_nothing_goes_out(ledger: Ledger) -> None:
    address_of(ledger)
    colleague = ledger.make.cadre(Role.OFFICE, unit=ledger.office_unit)
    secret = ledger.register(nature="report", reported_cadre_id=ledger.officer.id)
    assert told(ledger.officer) == []
    assert len(told(colleague)) == 1
    actions.dispatch(colleague, secret, secret.version, ledger.lead.id)
    assert db.session.query(OutgoingMessage).count() == 0


def test_what_became_confidential_is_taken_back_from_the_notices(ledger: Ledger) -> None:
    concern = ledger.replied()
    actions.correct(ledger.officer, concern, concern.version, {"domain": "1401"})
    assert told(ledger.cadre) == []


def address_of(ledger: Ledger) -> None:
    """Give the department an e-mail address."""
    row = NotificationChannel(
        unit_id=ledger.lead.id, kind=Kind.MAIL, address="zhujian@example.org", made_at=clock.now(),
        made_by=ledger.officer.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()


def overdue(ledger: Ledger) -> Concern:
    """Return a concern that the department has had for too long."""
    concern = ledger.dispatched()
    concern.clock_on = concern.due_on = clock.today() - DAY
    db.session.commit()
    return concern


@pytest.mark.parametrize(("day", "number"), [("2026-11-24 02:00:00Z", 1), ("2026-11-28 02:00:00Z", 0)])
def test_a_unit_is_reminded_once_on_a_working_day_in_numbers_only(ledger: Ledger, day: str, number: int) -> None:
    with time_machine.travel(day):
        address_of(ledger)
        concern = overdue(ledger)
        db.session.query(OutgoingMessage).delete()
        notifying.remind_units()
        notifying.remind_units()
        rows = db.session.query(OutgoingMessage).all()
    assert len(rows) == number
    for row in rows:
        assert row.words == "您单位承办的诉求：1 件已超期。"
        assert concern.number not in row.words
