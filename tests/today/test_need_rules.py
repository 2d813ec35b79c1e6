"""Facts about why a household should be visited."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.today.rules import entitled_birth_month, greeting, need

TODAY = date(2026, 11, 24)


def test_a_household_never_visited_is_a_first_visit() -> None:
    assert need(None, 60, False, TODAY).reasons == ("首次走访",)


@pytest.mark.parametrize(
    ("days", "after_days", "reasons"),
    [(59, 60, ()), (60, 60, ("60 天未走访",)), (29, 30, ()), (30, 30, ("30 天未走访",))],
)
def test_a_household_waits_no_longer_than_it_may(days: int, after_days: int, reasons: tuple[str, ...]) -> None:
    assert need(TODAY - timedelta(days=days), after_days, False, TODAY).reasons == reasons


def test_reaching_the_age_of_the_card_is_a_reason_of_its_own() -> None:
    last_month = TODAY.replace(month=10)
    assert need(last_month, 60, True, TODAY).reasons == ("老年优待证本月到龄",)


def test_after_a_visit_this_month_the_card_is_no_reason_any_more() -> None:
    assert need(TODAY.replace(day=1), 60, True, TODAY).reasons == ()


@pytest.mark.parametrize(
    ("today", "month"), [(date(2026, 11, 1), "1956-11"), (date(2026, 11, 30), "1956-11"), (date(2027, 1, 9), "1957-01")]
)
def test_whoever_turns_70_this_month_was_born_in_this_month_70_years_ago(today: date, month: str) -> None:
    assert entitled_birth_month(today) == month


@given(st.integers(0, 900), st.integers(0, 900))
def test_who_waits_longer_never_comes_later(fewer: int, more: int) -> None:
    fewer, more = sorted((fewer, more))
    weights = [need(TODAY - timedelta(days=days), 60, False, TODAY).weight for days in (fewer, more)]
    assert weights == sorted(weights)


@pytest.mark.parametrize(
    ("hour", "words"), [(4, "晚上好"), (5, "上午好"), (11, "上午好"), (12, "中午好"), (14, "下午好"), (19, "晚上好")]
)
def test_greetings_follow_the_hour(hour: int, words: str) -> None:
    assert greeting(hour) == words
