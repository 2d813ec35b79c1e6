"""Facts about the figures of a month: the article's numbers, to the item."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from fieldvisit import clock
from fieldvisit.concerns.rules import Level, Outcome, State, Step
from fieldvisit.extensions import db
from fieldvisit.reports import actions, item_queries, rules
from fieldvisit.reports.hand_models import HandFigure
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import Came, Standing
from fieldvisit.reports.snapshot import Snapshot, shown
from fieldvisit.reports.tables import BREAKDOWNS
from tests.factories import COUNTY, Factory
from tests.reports.making import JULY, Place

AUGUST_5 = date(2026, 8, 5)


@pytest.fixture
def place(make: Factory) -> Place:
    """The county."""
    return Place(make)


@pytest.fixture
def july(place: Place) -> Snapshot:
    """The report of the article's month, drafted on the 5th of August."""
    place.july()
    for month, petitions in ((JULY, 65), (JULY.back(12), 100)):
        entered = {"updated_by": place.officer.id, "updated_at": clock.now()}
        db.session.add(HandFigure(county_code=COUNTY, month=month.first, petitions=petitions, **entered))
    db.session.commit()
    return actions.built(COUNTY, JULY, AUGUST_5).snapshot


def test_134_concerns_came_in_july_and_118_were_resolved(july: Snapshot) -> None:
    overview = july.table("overview")
    assert overview.row("received")["now"] == 134
    assert overview.row("resolved")["now"] == 118
    assert overview.row("unresolved")["now"] == 8
    assert overview.row("overdue")["now"] == 2
    assert overview.row("carried_in")["now"] == 0


def test_petitions_fell_by_35_per_cent_against_last_year(july: Snapshot) -> None:
    row = july.table("overview").row("petitions")
    assert (row["now"], row["year_before"], row["change"]) == (65, 100, None)
    assert row["year_change"] == -350


def test_the_market_office_has_its_village_two_of_a_both_closed_and_one_of_b(july: Snapshot, place: Place) -> None:
    row = july.table("lead").row(str(place.market.id))
    assert row["places"] == "缸窑村"
    assert (row["received_A"], row["closed_A"], row["received_B"], row["closed_B"]) == (2, 2, 1, 0)


def test_scores_are_as_in_the_article(july: Snapshot, place: Place) -> None:
    outcome = july.table("outcome")
    scores = {unit.name: outcome.row(str(unit.id))["score"] for unit in (place.building, place.market, place.trade)}
    assert scores == {"区建投公司": 30, "区市场监管局": 17, "区商务局": -3}
    assert outcome.row(str(place.building.id))["marks"] == "满意 3"


def test_units_stand_in_the_order_of_the_organisation_list(july: Snapshot) -> None:
    assert [row.label for row in july.table("outcome").rows] == ["区市场监管局", "区建投公司", "区商务局", "区住建局"]


def test_what_is_left_out_is_listed_and_counts_for_nobody(july: Snapshot, place: Place) -> None:
    assert len(july.table("left_out").rows) == 8
    row = july.table("outcome").row(str(place.housing.id))
    assert (row["resolved"], row["unresolved"], row["left_out"], row["score"]) == (113, 6, 8, 1130 - 18)


@pytest.mark.parametrize("table", sorted(BREAKDOWNS))
def test_each_table_adds_up_to_the_month(july: Snapshot, table: str) -> None:
    found = july.table(table)
    assert found.total is not None
    for column, total in zip(found.columns, found.total.cells, strict=True):
        if column.kind == "count":
            assert sum(v for v in found.values(column.key) if isinstance(v, int)) == total
    numbers = july.table(table).row("total")
    if "unresolved" in numbers:
        assert numbers["unresolved"] == 8


def test_a_confidential_concern_is_in_no_figure(place: Place) -> None:
    place.concern(place.market, restricted=True)
    place.concern(place.market)
    db.session.commit()
    assert actions.built(COUNTY, JULY, AUGUST_5).snapshot.table("overview").row("received")["now"] == 1


def test_a_month_without_data_has_noughts_and_dashes(place: Place) -> None:
    snapshot = actions.built(COUNTY, JULY, AUGUST_5).snapshot
    row = snapshot.table("overview").row("received")
    assert (row["now"], row["before"], row["change"]) == (0, None, None)
    assert snapshot.table("outcome").rows == ()


def test_what_was_closed_after_the_month_was_open_when_it_ended(place: Place) -> None:
    concern = place.concern(
        place.market, state=State.CLOSED, outcome=Outcome.RESOLVED, closed_on=date(2026, 8, 2), mark="satisfied"
    )
    db.session.commit()
    (item,) = item_queries.items_of(COUNTY, JULY)
    assert (item.id, item.shape.standing, item.mark) == (concern.id, Standing.OPEN, "")


def test_what_was_reopened_after_the_month_was_closed_when_it_ended(place: Place) -> None:
    concern = place.concern(place.market, state=State.REDO, round_no=2)
    place.step(concern, Step.CLOSE, State.CLOSED, date(2026, 7, 28))
    place.step(concern, Step.REDO, State.REDO, date(2026, 8, 3), outcome=["resolved", None])
    db.session.commit()
    (item,) = item_queries.items_of(COUNTY, JULY)
    assert item.shape.standing is Standing.RESOLVED
    (later,) = item_queries.items_of(COUNTY, JULY.back(-1))
    assert (later.shape.came, later.shape.standing) == (Came.CARRIED_IN, Standing.OPEN)


def test_what_was_carried_in_counts_until_it_is_closed(place: Place) -> None:
    place.concern(place.market, registered_on=date(2026, 5, 3))
    closed: dict[str, Any] = {"state": State.CLOSED, "outcome": Outcome.RESOLVED}
    place.concern(place.market, registered_on=date(2026, 5, 4), closed_on=date(2026, 6, 30), **closed)
    place.concern(place.market, registered_on=date(2026, 6, 4), closed_on=date(2026, 7, 1), **closed)
    db.session.commit()
    shapes = [item.shape for item in item_queries.items_of(COUNTY, JULY)]
    assert shapes == [
        (Came.CARRIED_IN, "B", Standing.OPEN),
        (Came.CARRIED_IN, "B", Standing.RESOLVED),
    ]


def test_a_unit_dissolved_in_the_month_keeps_its_row(place: Place) -> None:
    place.concern(place.trade)
    place.trade.active = False
    db.session.commit()
    assert [row.label for row in actions.built(COUNTY, JULY, AUGUST_5).snapshot.table("outcome").rows] == [
        "区商务局（已撤并）"
    ]


def test_a_correction_of_an_earlier_months_concern_is_told_in_the_month_in_which_it_was_made(place: Place) -> None:
    concern = place.concern(place.market, registered_on=date(2026, 6, 4), domain="0105")
    place.step(concern, Step.CORRECT, State.IN_PROGRESS, date(2026, 7, 3), domain=["0207", "0105"])
    db.session.commit()
    (row,) = actions.built(COUNTY, JULY, AUGUST_5).snapshot.table("later_changes").rows
    assert row.label == concern.number
    assert "供水排水" in str(row.cells[2])
    assert actions.built(COUNTY, JULY.back(1), AUGUST_5).snapshot.table("later_changes").rows == ()


def test_what_no_unit_has_yet_is_nobodys_score(app: Flask, place: Place) -> None:
    place.concern(None, Level.A, State.REGISTERED)
    db.session.commit()
    row = actions.built(COUNTY, JULY, AUGUST_5).snapshot.table("outcome").row("0")
    assert (row["unresolved"], row["score"]) == (1, None)


def test_numbers_are_written_as_they_are_read() -> None:
    assert [shown(17, "tenths"), shown(-3, "tenths"), shown(-350, "change"), shown(None, "share")] == [
        "1.7", "−0.3", "−35%", "—",
    ]  # fmt: skip


def test_a_month_is_read_from_its_address_alone() -> None:
    assert Month.read("2026-07") == JULY
    assert [Month.read(text) for text in ("2026-13", "2026-7", "x", "")] == [None] * 4
    assert JULY.last == date(2026, 7, 31)


def test_what_cadres_found_stands_apart_from_what_people_brought(place: Place) -> None:
    for channel in ("home_visit", "forum", "letter"):
        place.concern(place.market, channel=channel)
    db.session.commit()
    origin = actions.built(COUNTY, JULY, AUGUST_5).snapshot.table("origin")
    assert [(row.label, row.cells[0]) for row in origin.rows] == [("干部走访发现", 2), ("群众反映", 1)]


def test_growth_from_next_to_nothing_is_not_told_in_per_cent() -> None:
    assert [rules.change(7, before) for before in (None, 0, 1, 4, 5)] == [None, None, None, None, 400]


def test_nobody_is_asked_about_what_no_unit_has_answered(place: Place) -> None:
    place.concern(None, state=State.REJECTED, outcome=Outcome.NOT_SUPPORTED)
    place.concern(place.market, state=State.CLOSED, outcome=Outcome.EXPLAINED)
    db.session.commit()
    row = actions.built(COUNTY, JULY, AUGUST_5).snapshot.table("satisfaction").row("concerns")
    assert row["unrated"] == 1
