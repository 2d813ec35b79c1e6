"""Facts about the page of hotspots: what is counted, and who reads it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Role
from fieldvisit.extensions import db
from fieldvisit.hotspots import queries
from tests.concerns.making import Ledger
from tests.factories import COUNTY, TOWN, Factory
from tests.person import Person
from tests.visits.counting import queries_counted


@pytest.fixture
def ledger(make: Factory) -> Ledger:
    """A county with the people who work on a concern."""
    return Ledger(make)


def come(ledger: Ledger, number: int, *, days_ago: int = 0, one_household: bool = False, **values: Any) -> None:
    """Let so many concerns come, each of a household of its own unless told otherwise."""
    household = None
    for _ in range(number):
        if household is None or not one_household:
            household = ledger.make.household("李桂英")
        concern = ledger.register(household_id=household.id, **values)
        concern.registered_on = clock.today() - timedelta(days=days_ago)
    db.session.commit()


def found(area: str = COUNTY) -> list[tuple[str, str, int, int, int]]:
    """Return the hotspots of the last 30 days."""
    spots = queries.hotspots_in(area, queries.last_days(clock.today(), 30))
    return [(s.cell.town_code, s.cell.domain, s.cell.now, s.cell.before, s.cell.households) for s in spots]


def test_what_many_households_of_a_town_ask_for_at_once_is_a_hotspot_with_its_numbers(ledger: Ledger) -> None:
    come(ledger, 7)
    come(ledger, 2, days_ago=100)
    come(ledger, 1, domain="0501")
    assert found() == [(TOWN, "0207", 7, 2, 7)]
    assert found(TOWN) == [(TOWN, "0207", 7, 2, 7)]


def test_what_comes_always_is_none(ledger: Ledger) -> None:
    come(ledger, 5)
    for months in range(1, 12):
        come(ledger, 5, days_ago=months * 31)
    assert found() == []


def test_one_household_alone_makes_none_nor_does_one_caller(ledger: Ledger) -> None:
    come(ledger, 9, one_household=True)
    for _ in range(9):
        ledger.register(ledger.officer, domain="0501", asker_phone="13800000000")
        ledger.register(ledger.officer, domain="0601")
    assert found() == []


def test_confidential_concerns_never_count(ledger: Ledger) -> None:
    come(ledger, 9, nature="report")
    assert found() == []


def test_it_asks_as_much_for_fifty_concerns_as_for_ten(app: Flask, ledger: Ledger) -> None:
    def asked() -> int:
        with queries_counted() as statements:
            found()
        return len(statements)

    come(ledger, 10)
    first = asked()
    come(ledger, 40)
    assert asked() == first


def test_the_office_and_whoever_oversees_an_area_read_it_and_nobody_else(app: Flask, ledger: Ledger) -> None:
    come(ledger, 7)
    for who in (ledger.officer, ledger.mayor):
        page = Person(app, who).get("/hotspots").text
        assert "繁阳镇 · 城乡建设 · 供水排水" in page
        assert "7 件" in page
    for who in (ledger.supervisor, ledger.cadre, ledger.handler, ledger.make.cadre(Role.ADMINISTRATOR)):
        assert Person(app, who).get("/hotspots").status_code == 404


def test_a_quiet_month_says_so(app: Flask, ledger: Ledger) -> None:
    assert "没有热点" in Person(app, ledger.officer).get("/hotspots").text
