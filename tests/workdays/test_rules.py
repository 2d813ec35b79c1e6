"""Facts about which days are worked, and counting with them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.workdays.notice import shipped
from fieldvisit.workdays.rules import (
    Kind,
    SpecialDay,
    Table,
    add_working_days,
    festivals,
    half_of,
    is_working_day,
    missing_years,
    next_working_day,
    table_of,
    working_days_between,
)

OFFICIAL = table_of(shipped())
days = st.dates(date(2020, 1, 1), date(2035, 1, 1))
tables = st.dictionaries(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.sampled_from(Kind), max_size=60).map(
    lambda special: Table(special, frozenset({2026}))
)
around_the_table = st.dates(date(2025, 11, 1), date(2027, 2, 1))


def span(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-01", "2026-01-03"),
        ("2026-02-15", "2026-02-23"),
        ("2026-04-04", "2026-04-06"),
        ("2026-05-01", "2026-05-05"),
        ("2026-06-19", "2026-06-21"),
        ("2026-09-25", "2026-09-27"),
        ("2026-10-01", "2026-10-07"),
    ],
)
def test_nobody_works_on_the_official_days_off_of_2026(first: str, last: str) -> None:
    assert not any(is_working_day(day, OFFICIAL) for day in span(first, last))


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_these_weekend_days_of_2026_are_worked(day: str) -> None:
    assert is_working_day(date.fromisoformat(day), OFFICIAL)


def test_the_notices_of_2025_and_2026_have_as_many_days_as_published() -> None:
    kinds = [(entry.year, entry.kind) for entry in shipped()]
    assert kinds.count((2026, Kind.HOLIDAY)) == 33
    assert kinds.count((2026, Kind.WORKING)) == 6
    assert kinds.count((2025, Kind.HOLIDAY)) == 28
    assert kinds.count((2025, Kind.WORKING)) == 5


@given(days)
def test_without_a_table_monday_to_friday_are_worked(day: date) -> None:
    assert is_working_day(day, Table()) == (day.weekday() < 5)


@given(around_the_table, tables)
def test_the_next_working_day_is_worked_and_none_before_it_is(day: date, table: Table) -> None:
    found = next_working_day(day, table)
    assert found >= day
    assert is_working_day(found, table)
    assert not any(is_working_day(day + timedelta(days=n), table) for n in range((found - day).days))


@given(around_the_table, st.integers(1, 40), tables)
def test_adding_working_days_and_counting_them_agree(day: date, n: int, table: Table) -> None:
    found = add_working_days(day, n, table)
    assert is_working_day(found, table)
    assert working_days_between(day, found, table) == n


@given(around_the_table, st.integers(0, 20), st.integers(0, 20), tables)
def test_adding_in_two_steps_is_adding_at_once(day: date, n: int, more: int, table: Table) -> None:
    at_once = add_working_days(day, n + more, table)
    in_steps = add_working_days(add_working_days(day, n, table), more, table)
    # From a day off, no working day leads to the next worked day, which then does not count again.
    assert in_steps == at_once or (n == 0 and not is_working_day(day, table))


def test_a_negative_number_of_working_days_is_an_error() -> None:
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2026, 1, 1), -1, Table())


@given(days, days)
def test_backwards_there_are_no_working_days(one: date, other: date) -> None:
    assert working_days_between(max(one, other), min(one, other), OFFICIAL) == 0


def test_five_working_days_across_the_national_day_of_2026_end_on_the_worked_saturday_and_after() -> None:
    # From Tuesday 29 September: 30 September, 8, 9, 10 (a Saturday), 12 October.
    assert add_working_days(date(2026, 9, 29), 5, OFFICIAL) == date(2026, 10, 12)
    assert add_working_days(date(2026, 9, 29), 4, OFFICIAL) == date(2026, 10, 10)


@given(st.integers(0, 1000))
def test_half_the_time_is_at_least_a_day_and_never_less_than_half(days: int) -> None:
    assert half_of(days) >= 1
    assert days <= 2 * half_of(days) <= max(2, days + 1)


@given(days, st.frozensets(st.integers(2020, 2036)))
def test_a_missing_year_is_this_one_or_from_november_the_next(today: date, years: frozenset[int]) -> None:
    missing = missing_years(today, Table({}, years))
    assert not years & set(missing)
    assert (today.year in missing) == (today.year not in years)
    assert (today.year + 1 in missing) == (today.year + 1 not in years and today.month >= 11)


def test_in_october_the_next_year_is_not_missing_yet() -> None:
    assert missing_years(date(2026, 10, 31), OFFICIAL) == []
    assert missing_years(date(2026, 11, 1), OFFICIAL) == [2027]


def test_a_festivals_days_off_are_told_as_spans_with_the_days_worked_for_it() -> None:
    spring = next(found for found in festivals(e for e in shipped() if e.year == 2026) if found.name == "春节")
    assert spring.off == ((date(2026, 2, 15), date(2026, 2, 23)),)
    assert spring.worked == (date(2026, 2, 14), date(2026, 2, 28))


def test_days_off_with_a_gap_are_two_spans() -> None:
    entries = [SpecialDay(date(2027, 1, day), 2027, Kind.HOLIDAY) for day in (1, 2, 4)]
    assert festivals(entries)[0].off == ((date(2027, 1, 1), date(2027, 1, 2)), (date(2027, 1, 4), date(2027, 1, 4)))
