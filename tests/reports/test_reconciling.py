"""Every concern is in exactly the cells in which it should be."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldvisit.reports import corrections, packing, rules, tables
from fieldvisit.reports.corrections import Correction, Field
from fieldvisit.reports.months import Month
from fieldvisit.reports.rules import Basis, Came, Item, Shape, Standing, Weights
from fieldvisit.reports.tables import BREAKDOWNS, MARKS, Breakdown, Names

UNITS = st.integers(0, 4)
ITEMS = st.lists(
    st.builds(
        Item,
        id=st.integers(1, 10**9),
        number=st.text("繁-0123456789", max_size=20),
        shape=st.builds(Shape, st.sampled_from(Came), st.sampled_from("ABC"), st.sampled_from(Standing)),
        channel=st.sampled_from(("home_visit", "letter", "gone")),
        nature=st.sampled_from(("help", "gone")),
        domain=st.sampled_from(("0207", "0203", "0105", "77")),
        village_code=st.sampled_from(("340212100217", "340212100", "340212")),
        locality_unit=UNITS,
        lead_unit=UNITS,
        contact_unit=UNITS,
        handling_unit=UNITS,
        mark=st.sampled_from(("", *(mark for mark, _ in MARKS))),
    ),
    max_size=20,
    unique_by=lambda item: item.id,
)
WEIGHTS = st.builds(Weights, st.integers(-50, 50), st.integers(-50, 50), st.integers(-50, 50), st.sampled_from(Basis))
# A busy machine draws slowly.
unhurried = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Some codes have words, others come after them.
NAMES = Names(
    {key: {"home_visit": "走访入户", "02": "城乡建设", "1": "甲局", "0": "无"} for key in BREAKDOWNS}, "其他（{}）"
)


@unhurried
@given(ITEMS, st.sampled_from(sorted(BREAKDOWNS)))
def test_each_number_is_as_many_concerns_as_it_leads_to(items: list[Item], key: str) -> None:
    table = tables.plain(BREAKDOWNS[key], items, NAMES)
    for row in (*table.rows, table.total):
        assert row is not None
        for column, value in zip(table.columns, row.cells, strict=True):
            assert len(tables.traced(items, key, row.key, column.key)) == value


@unhurried
@given(ITEMS, st.sampled_from(list(BREAKDOWNS.values())))
def test_each_concern_is_in_one_row_and_rows_add_up(items: list[Item], breakdown: Breakdown) -> None:
    table = tables.plain(breakdown, items, NAMES)
    assert {row.key for row in table.rows} == {breakdown.row_of(item) for item in items}
    assert len({row.key for row in table.rows}) == len(table.rows)
    for place, _ in enumerate(table.columns):
        assert table.total is not None
        assert sum(int(row.cells[place] or 0) for row in table.rows) == table.total.cells[place]


@unhurried
@given(ITEMS)
def test_what_came_in_is_what_went_out_and_what_is_left(items: list[Item]) -> None:
    for item in items:
        shape = item.shape
        assert rules.received(shape) + rules.carried_in(shape) == 1
        assert rules.closed(shape) + rules.unresolved(shape) == 1
        assert rules.scored(shape) + rules.left_out(shape) == 1
        assert rules.resolved(shape) + rules.partly_resolved(shape) + rules.left_out(shape) == rules.closed(shape)
        assert not rules.overdue(shape) or rules.unresolved(shape)


@unhurried
@given(ITEMS, WEIGHTS)
def test_the_scores_of_units_add_up_to_the_total(items: list[Item], weights: Weights) -> None:
    table = tables.outcome(items, NAMES, {}, weights)
    assert table.total is not None
    assert table.row("total")["score"] == sum(int(row.cells[-2] or 0) for row in table.rows)
    for row in table.rows:
        own = [item for item in items if str(item.handling_unit) == row.key]
        if row.key == tables.NO_UNIT:
            assert row.cells[-2] is None
            continue
        counted = [item.shape.standing for item in own]
        against = sum(one in rules.UNRESOLVED for one in counted)
        if weights.basis is Basis.OVERDUE:
            against = counted.count(Standing.OVERDUE)
        assert row.cells[-2] == (
            counted.count(Standing.RESOLVED) * weights.resolved
            + counted.count(Standing.PARTLY_RESOLVED) * weights.partly_resolved
            + against * weights.unresolved
        )


@unhurried
@given(ITEMS, st.data())
def test_a_correction_moves_a_concern_and_loses_none(items: list[Item], data: st.DataObject) -> None:
    made = [
        Correction(data.draw(st.sampled_from(items)).id, field, value, "因为")
        for field, value in ((Field.LEVEL, "A"), (Field.STANDING, "merged"), (Field.HANDLING_UNIT, "3"))
        if items
    ]
    after = corrections.corrected(items, made)
    assert [item.id for item in after] == [item.id for item in items]
    by_id = {item.id: item for item in after}
    assert all(corrections.value_of(by_id[one.concern_id], one.field) == one.value for one in made)
    changed = {one.concern_id for one in made}
    assert all(by_id[item.id] == item for item in items if item.id not in changed)


@unhurried
@given(ITEMS)
def test_what_is_frozen_is_read_back(items: list[Item]) -> None:
    assert packing.unpacked(packing.packed(items)) == items


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(-30, 30))
def test_months_follow_each_other_without_gaps(day: date, back: int) -> None:
    month = Month.of(day)
    assert month.first <= day <= month.last
    assert month.last + timedelta(days=1) == month.back(-1).first
    assert month.back(back).back(-back) == month
    assert Month.read(str(month)) == month


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_rate_of_few_is_not_told(part: int, whole: int) -> None:
    found = rules.rate(min(part, whole), whole)
    assert (found is None) == (whole < rules.LEAST_FOR_A_RATE)
    assert found is None or 0 <= found <= 1000


@given(
    st.none() | st.dates(date(2026, 6, 1), date(2026, 9, 1)),
    st.none() | st.sampled_from([one.value for one in (*rules.LEFT_OUT, Standing.RESOLVED) if one != "merged"]),
    st.booleans(),
    st.none() | st.dates(date(2026, 6, 1), date(2026, 9, 1)),
)
def test_a_concern_stands_in_one_place(
    closed_on: date | None, outcome: str | None, is_merged: bool, due_on: date | None
) -> None:
    last = date(2026, 7, 31)
    found = rules.standing(closed_on, outcome, is_merged, due_on, last)
    assert (found in rules.UNRESOLVED) == (closed_on is None or closed_on > last)
    assert (found is Standing.OVERDUE) == (found in rules.UNRESOLVED and due_on is not None and due_on <= last)
