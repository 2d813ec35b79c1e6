"""Facts about the calendar of what is due, and about its secret link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import icalendar
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit import clock
from fieldvisit.accounts import administration
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from fieldvisit.followups import calendar_queries
from fieldvisit.followups.models import FollowUp
from fieldvisit.followups.rules import FollowUpState
from fieldvisit.visits.models import Commitment
from tests.factories import OTHER_VILLAGE, Factory
from tests.followups.making import promise
from tests.person import Person
from tests.visits.counting import queries_counted

TODAY = date(2026, 11, 24)
LINK = re.compile(r"http://localhost(/calendar/[0-9a-f]{40}\.ics)")


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    """It is a Tuesday noon."""
    with time_machine.travel("2026-11-24T04:00:00Z", tick=False):
        yield


def make_link(app: Flask, cadre: Cadre) -> str:
    """Make or renew a cadre's link as they do; return its path."""
    found = LINK.search(Person(app, cadre).post("/me/calendar").text)
    assert found is not None
    return found[1]


def events(answer: TestResponse) -> list[icalendar.Event]:
    """Return the events of an answer, read by the library as a calendar would."""
    return list(icalendar.Calendar.from_ical(answer.data).events)


def promised(app: Flask, make: Factory, days: int = 3) -> tuple[Cadre, str]:
    """Make a cadre with one promise and a calendar link."""
    cadre = make.cadre()
    household = make.household("李桂英", paired=cadre, door="云岭路 88 号")
    promise(cadre, household, "修好门前的路", TODAY + timedelta(days=days))
    return cadre, make_link(app, cadre)


def test_a_due_day_is_an_all_day_event_with_kind_and_village(app: Flask, make: Factory, anonymous: Person) -> None:
    _, link = promised(app, make)
    answer = anonymous.get(link)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    [event] = events(answer)
    assert event["summary"] == "回访承诺 · 繁阳镇 缸窑村"
    assert event.decoded("dtstart") == date(2026, 11, 27)
    assert event.decoded("dtend") == date(2026, 11, 28)
    assert b"DTSTART;VALUE=DATE:20261127\r\n" in answer.data


def test_nothing_in_it_tells_the_household_or_rings(app: Flask, make: Factory, anonymous: Person) -> None:
    cadre, link = promised(app, make)
    row = db.session.scalars(sa.select(FollowUp)).one()
    text = icalendar.Calendar.from_ical(anonymous.get(link).data).to_ical().replace(b"\r\n ", b"").decode()
    secret = ["李桂英", "云岭路", "88 号", "修好", cadre.name, cadre.phone or "", "ALARM", "DESCRIPTION", "LOCATION"]
    assert row.commitment_id
    ids = [row.id, row.household_id, row.commitment_id]
    for word in [*secret, *(str(identity) for identity in ids), *(str(identity).replace("-", "") for identity in ids)]:
        assert word not in text


def test_it_is_a_calendar_by_the_standard(app: Flask, make: Factory, anonymous: Person) -> None:
    _, link = promised(app, make)
    raw = anonymous.get(link).data
    calendar = icalendar.Calendar.from_ical(raw)
    assert calendar["version"] == "2.0"
    assert calendar["prodid"]
    assert all(event["uid"] and event["dtstamp"] for event in calendar.events)
    lines = raw.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert all(len(line) <= 75 for line in lines)


def test_an_event_keeps_its_name_when_its_day_moves_and_when_the_link_is_renewed(
    app: Flask, make: Factory, anonymous: Person
) -> None:
    cadre, link = promised(app, make)
    [before] = events(anonymous.get(link))
    row = db.session.scalars(sa.select(FollowUp)).one()
    row.due_on += timedelta(days=7)
    db.session.commit()
    [after] = events(anonymous.get(make_link(app, cadre)))
    assert before["uid"] == after["uid"]
    assert before.decoded("dtstart") != after.decoded("dtstart")


@pytest.mark.parametrize("state", [FollowUpState.DONE, FollowUpState.WITHDRAWN])
def test_what_is_no_longer_open_is_not_in_it(
    app: Flask, make: Factory, anonymous: Person, state: FollowUpState
) -> None:
    _, link = promised(app, make)
    db.session.execute(sa.update(FollowUp).values(state=state))
    db.session.commit()
    assert events(anonymous.get(link)) == []


def test_what_is_overdue_stays_on_its_day(app: Flask, make: Factory, anonymous: Person) -> None:
    _, link = promised(app, make, days=-9)
    assert events(anonymous.get(link))[0].decoded("dtstart") == date(2026, 11, 15)


@pytest.mark.parametrize(("days", "shown"), [(400, 1), (401, 0)])
def test_it_looks_400_days_ahead(app: Flask, make: Factory, anonymous: Person, days: int, shown: int) -> None:
    _, link = promised(app, make, days=days)
    assert len(events(anonymous.get(link))) == shown


def test_others_promises_are_not_in_it(app: Flask, make: Factory, anonymous: Person) -> None:
    _, _link = promised(app, make)
    other = make_link(app, make.cadre())
    assert events(anonymous.get(other)) == []


def test_it_holds_at_most_200_events_in_as_many_queries_as_for_one(
    app: Flask, make: Factory, anonymous: Person
) -> None:
    cadre, link = promised(app, make)
    with queries_counted() as for_one:
        anonymous.get(link)
    row = db.session.scalars(sa.select(FollowUp)).one()
    other = make.household(village_code=OTHER_VILLAGE)
    promise(cadre, other, "另一村的", TODAY)
    visit_id = db.session.scalars(sa.select(Commitment.visit_id)).first()
    _many_promises(cadre, row.household_id, visit_id, 220)
    with queries_counted() as for_many:
        answer = anonymous.get(link)
    assert len(events(answer)) == calendar_queries.MOST == 200
    assert len(for_many) == len(for_one) <= 3


def _many_promises(cadre: Cadre, household_id: UUID, visit_id: UUID | None, count: int) -> None:
    ids = [uuid4() for _ in range(count)]
    shared = {"household_id": household_id, "due_on": TODAY}
    commitments = [{"id": row, "visit_id": visit_id, "text": "x", "device": "d", "seq": 1, **shared} for row in ids]
    follow_ups = [
        {"id": uuid4(), "commitment_id": row, "cadre_id": cadre.id, "scheduled_at": clock.now(), **shared}
        for row in ids
    ]
    db.session.execute(sa.insert(Commitment), commitments)
    db.session.execute(sa.insert(FollowUp), follow_ups)
    db.session.commit()


def test_what_has_not_changed_is_not_sent_again(app: Flask, make: Factory, anonymous: Person) -> None:
    _, link = promised(app, make)
    first = anonymous.get(link)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = anonymous.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    db.session.execute(sa.update(FollowUp).values(due_on=TODAY))
    db.session.commit()
    assert anonymous.get(link, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_days_stay_the_same_bytes_from_one_day_to_the_next(app: Flask, make: Factory, anonymous: Person) -> None:
    _, link = promised(app, make)
    before = anonymous.get(link).data
    with time_machine.travel("2026-11-25T04:00:00Z", tick=False):
        assert anonymous.get(link).data == before


# The link


def test_only_the_links_digest_is_stored_and_it_is_shown_once(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    link = make_link(app, cadre)
    token = link.removeprefix("/calendar/").removesuffix(".ics")
    assert len(bytes.fromhex(token)) * 8 == 160
    stored = db.session.scalars(sa.select(Cadre.calendar_sha256)).all()
    assert stored != [None]
    assert token not in str(stored)
    person = Person(app, cadre)
    assert token not in person.get("/me").text
    assert token not in person.get("/me/calendar").text
    details = db.session.scalars(sa.select(AuditEvent.detail)).all()
    assert token not in str(details)


def test_a_link_carries_the_public_address_where_it_is_set(app: Flask, make: Factory, public_url: str) -> None:
    assert f"{public_url}/calendar/" in Person(app, make.cadre()).post("/me/calendar").text


def test_a_renewed_link_ends_the_one_before(app: Flask, make: Factory, anonymous: Person) -> None:
    cadre = make.cadre()
    old, new = make_link(app, cadre), make_link(app, cadre)
    assert anonymous.get(old).status_code == 404
    assert anonymous.get(new).status_code == 200


def test_a_revoked_link_is_not_found(app: Flask, make: Factory, anonymous: Person) -> None:
    cadre = make.cadre()
    link = make_link(app, cadre)
    assert Person(app, cadre).post("/me/calendar/revoke").location == "/me"
    assert anonymous.get(link).status_code == 404
    assert anonymous.get(link, headers={"If-None-Match": "*"}).status_code == 404


@pytest.mark.parametrize("token", ["0" * 40, "x", "%00", "..%2f", "a" * 5000, "' or 1=1 --"])
def test_a_link_that_nobody_made_is_not_found(anonymous: Person, token: str) -> None:
    assert anonymous.get(f"/calendar/{token}.ics").status_code == 404


@pytest.mark.parametrize(("active", "roles"), [(False, frozenset({Role.CADRE})), (True, frozenset({Role.SUPERVISOR}))])
def test_a_link_dies_with_the_account_or_the_role_and_does_not_come_back(
    app: Flask, make: Factory, anonymous: Person, active: bool, roles: frozenset[Role]
) -> None:
    by, cadre = make.cadre(Role.ADMINISTRATOR), make.cadre()
    link = make_link(app, cadre)
    for is_on, has in ((active, roles), (True, frozenset({Role.CADRE}))):
        entered = administration.Particulars(cadre.user_name, cadre.name, cadre.phone or "", cadre.unit_id, has, is_on)
        administration.change_cadre(by, cadre, entered)
        db.session.commit()
        assert anonymous.get(link).status_code == 404


@pytest.mark.parametrize("change", [{"active": False}, {"roles": frozenset({Role.OFFICE})}])
def test_a_link_is_worth_nothing_however_the_account_was_closed(
    app: Flask, make: Factory, anonymous: Person, change: dict[str, object]
) -> None:
    cadre = make.cadre()
    link = make_link(app, cadre)
    db.session.execute(sa.update(Cadre).values(change))
    db.session.commit()
    assert anonymous.get(link).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CADRE])
def test_only_cadres_have_a_calendar(app: Flask, make: Factory, role: Role) -> None:
    person = Person(app, make.cadre(role))
    assert person.get("/me/calendar").status_code == 404
    assert person.post("/me/calendar").status_code == 404
    assert person.post("/me/calendar/revoke").status_code == 404
    assert "日历订阅" not in person.get("/me").text


def test_whoever_is_signed_out_makes_no_link(anonymous: Person) -> None:
    assert anonymous.post("/me/calendar").status_code == 302


def test_making_renewing_and_revoking_are_on_record(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    make_link(app, cadre)
    make_link(app, cadre)
    person = Person(app, cadre)
    person.post("/me/calendar/revoke")
    person.post("/me/calendar/revoke")
    told = db.session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.action.startswith("calendar_")).order_by(AuditEvent.id)
    )
    assert list(told) == ["calendar_link_made", "calendar_link_renewed", "calendar_link_revoked"]


def test_ones_own_page_says_whether_there_is_a_link(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    assert "未开启。开启后，手机日历" in Person(app, cadre).get("/me").text
    make_link(app, cadre)
    assert "已开启：手机日历" in Person(app, cadre).get("/me").text
    assert "换新链接" in Person(app, cadre).get("/me/calendar").text
