"""Facts about how a county's reports score: bounded, on record, not changed behind anybody's back."""

from __future__ import annotations

import pytest
from flask import Flask

from fieldvisit.reports import hand_queries
from fieldvisit.reports.rules import Basis, Weights
from tests.factories import COUNTY, Factory
from tests.reports.hand_making import OTHER_COUNTY, Offices, audited
from tests.visits.counting import queries_counted

PAGE = "/reports/settings"
USUAL = "10 0 -3 unresolved"


@pytest.fixture
def offices(app: Flask, make: Factory) -> Offices:
    """Two counties with their offices."""
    return Offices(app, make)


def form(seen: str = USUAL, **values: str) -> dict[str, str]:
    """Return the form with the usual weights, or with other ones."""
    usual = {"resolved": "1.0", "partly_resolved": "0.0", "unresolved": "−0.3", "basis": "unresolved"}
    return usual | {"seen": seen} | values


def test_a_county_that_has_said_nothing_has_the_usual_weights_which_the_page_shows(offices: Offices) -> None:
    assert hand_queries.weights(COUNTY) == Weights(10, 0, -3, Basis.UNRESOLVED)
    page = offices.get(PAGE).text
    assert all(f'value="{text}"' in page for text in ("1.0", "0.0", "−0.3"))
    assert "月报会把这些分数和算法印在成效表旁边" in page


def test_weights_are_kept_in_tenths_for_the_county_alone(offices: Offices) -> None:
    sent = form(resolved="1.5", partly_resolved="+0.5", unresolved="-0.5", basis="overdue")
    assert offices.post(PAGE, sent).status_code == 303
    assert hand_queries.weights(COUNTY) == Weights(15, 5, -5, Basis.OVERDUE)
    assert hand_queries.weights(OTHER_COUNTY) == Weights()
    assert "最后由孙丽 今天" in offices.get(PAGE).text


@pytest.mark.parametrize(
    ("text", "tenths"), [("10", 100), ("-10.0", -100), ("−0.3", -3), ("－０．３", -3), ("0", 0), (" 2 ", 20)]
)
def test_points_are_taken_in_any_usual_spelling(offices: Offices, text: str, tenths: int) -> None:
    offices.post(PAGE, form(unresolved=text))
    assert hand_queries.weights(COUNTY).unresolved == tenths


@pytest.mark.parametrize("text", ["10.1", "-10.1", "99", "100", "1.25", "1,0", "x", "", "1e1", "٣", "--1", "NaN"])
def test_points_out_of_bounds_or_finer_than_tenths_are_refused(offices: Offices, text: str) -> None:
    answer = offices.post(PAGE, form(resolved=text))
    assert answer.status_code == 422
    assert "请填" in answer.text
    assert hand_queries.weights(COUNTY) == Weights()


@pytest.mark.parametrize("basis", ["", "both"])
def test_a_basis_that_there_is_not_is_refused(offices: Offices, basis: str) -> None:
    assert offices.post(PAGE, form(resolved="2", basis=basis)).status_code == 422
    assert hand_queries.weights(COUNTY) == Weights()


def test_a_change_is_on_record_and_no_change_is_not(offices: Offices) -> None:
    offices.post(PAGE, form())
    offices.post(PAGE, form(resolved="2"))
    # A second tap.
    assert offices.post(PAGE, form(resolved="2")).status_code == 303
    assert audited("report_weights_set") == [{"before": [10, 0, -3, "unresolved"], "after": [20, 0, -3, "unresolved"]}]


def test_who_opened_the_page_before_another_changed_it_is_told_and_loses_nothing(offices: Offices) -> None:
    offices.post(PAGE, form(unresolved="-0.5"))
    answer = offices.post(PAGE, form(resolved="2"), offices.colleague)
    assert answer.status_code == 409
    assert "孙丽改成了“化解 1.0，部分化解 0.0，没有办结 −0.5（月底没有办结的都算）”" in answer.text
    assert 'value="2"' in answer.text
    assert hand_queries.weights(COUNTY) == Weights(unresolved=-5)
    offices.post(PAGE, form(seen="10 0 -5 unresolved", resolved="2"), offices.colleague)
    assert hand_queries.weights(COUNTY) == Weights(resolved=20)


def test_weights_cost_one_query(offices: Offices) -> None:
    offices.post(PAGE, form(resolved="2"))
    with queries_counted() as statements:
        hand_queries.weights(COUNTY)
    assert len(statements) == 1
