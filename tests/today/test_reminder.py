"""Facts about the one reminder of a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from fieldvisit.today.rules import may_remind, reminder_words
from fieldvisit.workdays.notice import shipped
from fieldvisit.workdays.rules import Kind, Table, is_working_day, table_of
from tests.factories import Factory
from tests.followups.making import promise
from tests.person import Person
from tests.visits.counting import queries_counted

OFFICIAL = table_of(shipped())
TUESDAY = date(2026, 11, 24)
PLACEHOLDER = 'data-reminder="/reminder"'
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 2, 1)).map(lambda m: m.replace(tzinfo=clock.CHINA))
tables = st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 2, 1)), st.sampled_from(Kind), max_size=40).map(Table)


@given(moments, st.none() | st.dates(date(2026, 1, 1), date(2027, 2, 1)), st.booleans(), tables)
def test_nobody_is_reminded_outside_working_hours_twice_a_day_or_muted(
    now: datetime, last_on: date | None, muted: bool, table: Table
) -> None:
    if may_remind(now, last_on, muted, table):
        assert not muted
        assert last_on is None or last_on < now.date()
        assert is_working_day(now.date(), table)
        assert time(8, 30) <= now.time() < time(17, 30)


@given(moments, tables)
def test_whoever_was_not_reminded_today_may_be_at_any_time_of_a_working_day(now: datetime, table: Table) -> None:
    noon = now.replace(hour=12)
    assert may_remind(noon, noon.date() - timedelta(days=1), False, table) == is_working_day(noon.date(), table)
    assert may_remind(noon, None, False, table) == is_working_day(noon.date(), table)


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        ("2026-11-24T08:29:59", False),
        ("2026-11-24T08:30:00", True),
        ("2026-11-24T17:29:59", True),
        ("2026-11-24T17:30:00", False),
        ("2026-11-22T10:00:00", False),
        ("2026-10-10T10:00:00", True),
        ("2026-10-07T10:00:00", False),
    ],
)
def test_working_hours_are_from_half_past_eight_to_half_past_five_of_working_days(moment: str, may: bool) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=clock.CHINA)
    assert may_remind(now, None, False, OFFICIAL) is may


@pytest.mark.parametrize(
    ("due", "overdue", "words"),
    [(2, 1, "今天有 2 件要回访，1 件超期"), (2, 0, "今天有 2 件要回访"), (0, 3, "有 3 件回访超期"), (0, 0, "")],
)
def test_a_reminder_says_what_is_due_and_what_is_overdue(due: int, overdue: int, words: str) -> None:
    assert reminder_words(due, overdue) == words


def travel(day: date, hour: int = 10) -> time_machine.travel:
    """Go to an hour of a Chinese day."""
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=clock.CHINA))


def with_promises(make: Factory, *days: int) -> tuple[Cadre, Household]:
    """Make a cadre who has promised something for so many days from TUESDAY."""
    cadre = make.cadre()
    household = make.household(paired=cadre)
    for ahead in days:
        promise(cadre, household, "修路", TUESDAY + timedelta(days=ahead))
    return cadre, household


@pytest.mark.parametrize("page", ["/", "/households", "/me"])
def test_the_first_page_of_the_day_brings_it_and_no_other_one_that_day(app: Flask, make: Factory, page: str) -> None:
    cadre, _ = with_promises(make, 0, 0, -2, 5)
    with travel(TUESDAY):
        person = Person(app, cadre)
        assert PLACEHOLDER in person.get(page).text
        assert "今天有 2 件要回访，1 件超期" in person.post("/reminder").text
        assert PLACEHOLDER not in person.get(page).text
        assert person.post("/reminder").text.strip() == ""
    with travel(TUESDAY + timedelta(days=1)):
        person = Person(app, cadre)
        assert PLACEHOLDER in person.get(page).text
        assert "有 3 件回访超期" in person.post("/reminder").text


def test_it_leads_to_what_is_due(app: Flask, make: Factory) -> None:
    cadre, _ = with_promises(make, 0)
    with travel(TUESDAY):
        assert 'href="/followups"' in Person(app, cadre).post("/reminder").text


def test_a_page_that_is_only_fetched_for_later_does_not_use_it_up(app: Flask, make: Factory) -> None:
    cadre, _ = with_promises(make, 0)
    with travel(TUESDAY):
        person = Person(app, cadre)
        for _ in range(3):
            person.get("/")
        assert "今天有 1 件要回访" in person.post("/reminder").text


@pytest.mark.parametrize(("day", "hour"), [(TUESDAY, 7), (TUESDAY, 18), (TUESDAY + timedelta(days=4), 10)])
def test_out_of_working_hours_there_is_none(app: Flask, make: Factory, day: date, hour: int) -> None:
    cadre, _ = with_promises(make, 0, 4)
    with travel(day, hour):
        person = Person(app, cadre)
        assert PLACEHOLDER not in person.get("/").text
        assert person.post("/reminder").text.strip() == ""


def test_with_nothing_due_there_is_none_and_the_day_is_not_used_up(app: Flask, make: Factory) -> None:
    cadre, household = with_promises(make, 3)
    with travel(TUESDAY):
        person = Person(app, cadre)
        assert PLACEHOLDER not in person.get("/").text
        person.post("/reminder")
        promise(cadre, household, "今天的", TUESDAY)
        assert "今天有 1 件要回访" in person.post("/reminder").text


def test_whoever_muted_reminders_gets_none_until_they_want_them_again(app: Flask, make: Factory) -> None:
    cadre, _ = with_promises(make, 0)
    with travel(TUESDAY):
        person = Person(app, cadre)
        assert person.post("/me/reminders/mute").location == "/me"
        assert "已关闭" in person.get("/me").text
        assert PLACEHOLDER not in person.get("/").text
        assert person.post("/reminder").text.strip() == ""
        person.post("/me/reminders/unmute")
        assert "今天有 1 件要回访" in person.post("/reminder").text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CADRE])
def test_only_cadres_are_reminded(app: Flask, make: Factory, role: Role) -> None:
    with travel(TUESDAY):
        person = Person(app, make.cadre(role))
        for route in ("/reminder", "/me/reminders/mute", "/me/reminders/unmute"):
            assert person.post(route).status_code == 404
        page = person.get("/me").text
        assert PLACEHOLDER not in page
        assert "每日提醒" not in page


def test_nobody_is_reminded_of_others_promises(app: Flask, make: Factory) -> None:
    with_promises(make, 0)
    with travel(TUESDAY):
        assert Person(app, make.cadre()).post("/reminder").text.strip() == ""


def test_signed_out_the_reminder_is_not_answered(anonymous: Person) -> None:
    assert anonymous.post("/reminder").status_code == 302


def test_who_was_reminded_is_not_on_record(app: Flask, make: Factory) -> None:
    cadre, _ = with_promises(make, 0)
    with travel(TUESDAY):
        Person(app, cadre).post("/reminder")
    assert set(db.session.scalars(sa.select(AuditEvent.action))) == {"signed_in"}


@pytest.mark.parametrize("hour", [7, 10])
def test_once_reminded_and_out_of_hours_pages_cost_no_query_more(app: Flask, make: Factory, hour: int) -> None:
    cadre, _ = with_promises(make, 0)
    with travel(TUESDAY, hour):
        person = Person(app, cadre)
        person.post("/reminder")
        with queries_counted() as statements:
            person.get("/me")
        assert not any("special_day" in statement or "follow_up" in statement for statement in statements)
