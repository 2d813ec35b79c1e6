"""Numbers, codes, days and bounds, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.addresses import network_of
from fieldvisit.complaints import rules

DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))
RUNNING = st.integers(1, 99_999)


def test_a_number_says_its_month_and_place_in_it() -> None:
    assert rules.number_of(rules.month_of(date(2026, 11, 24)), 7) == "投-202611-0007"


@given(DAYS, RUNNING)
def test_every_number_that_is_given_out_is_understood_when_typed(day: date, running: int) -> None:
    number = rules.number_of(rules.month_of(day), running)
    assert rules.typed_number(number) == number


@given(DAYS, RUNNING, st.sampled_from(["-", "－", "—", "–", " - ", "", " "]), st.sampled_from(["投", "", " 投 "]))
def test_a_number_is_understood_without_its_sign_and_with_any_dash(
    day: date, running: int, dash: str, sign: str
) -> None:
    month = rules.month_of(day)
    typed = f"{sign}{dash if sign else ''}{month}{dash}{running:04}"
    assert rules.typed_number(typed) == rules.number_of(month, running)


def test_full_width_digits_are_digits() -> None:
    assert rules.typed_number("投－２０２６１１－０００７") == "投-202611-0007"


@given(st.text(max_size=30))
def test_whatever_is_typed_gives_a_number_that_stays_itself_or_none(text: str) -> None:
    number = rules.typed_number(text)
    assert number is None or rules.typed_number(number) == number


@pytest.mark.parametrize(
    "text", ["", "投", "投-202613-0007", "投-202600-0007", "投-202611-007", "诉-202611-0007", "x" * 40]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert rules.typed_number(text) is None


@given(st.binary(min_size=32, max_size=32))
def test_a_code_has_eight_characters_that_nobody_confuses(secret: bytes) -> None:
    code = rules.code_from(secret)
    assert len(code) == 8
    assert not set(code) - set(rules.CODE_CHARACTERS)
    assert not set(code) & set("01OIL")


@given(st.binary(min_size=32, max_size=32))
def test_a_code_is_understood_in_small_letters_and_in_groups(secret: bytes) -> None:
    code = rules.code_from(secret)
    assert rules.typed_code(f" {code[:4].lower()} - {code[4:].lower()} ") == code


@given(DAYS)
def test_the_answer_is_due_on_the_fifteenth_day_and_late_on_the_sixteenth(day: date) -> None:
    due = rules.answer_by(day)
    assert due == day + timedelta(days=15)
    assert rules.days_over(due, due, is_answered=False) == 0
    assert rules.days_over(due, due + timedelta(days=1), is_answered=False) == 1


@given(DAYS, DAYS)
def test_what_is_answered_is_never_late(due: date, today: date) -> None:
    assert rules.days_over(due, today, is_answered=True) == 0


@given(st.lists(st.booleans(), max_size=6))
def test_a_call_is_owed_until_somebody_answers_or_the_third_attempt(reached: list[bool]) -> None:
    assert rules.is_calling(True, reached) == (not any(reached) and len(reached) < 3)
    assert not rules.is_calling(False, reached)


@pytest.mark.parametrize(
    ("one", "other"),
    [("203.0.113.5", "::ffff:203.0.113.5"), ("2001:db8::1", "2001:db8::ffff:2"), ("fe80::1%eth0", "fe80::2")],
)
def test_addresses_of_one_user_count_as_one(one: str, other: str) -> None:
    assert network_of(one) == network_of(other)


@pytest.mark.parametrize(("one", "other"), [("203.0.113.5", "203.0.113.6"), ("2001:db8::1", "2001:db8:0:1::1")])
def test_addresses_of_different_users_count_apart(one: str, other: str) -> None:
    assert network_of(one) != network_of(other)


@given(st.text(max_size=40))
def test_what_is_no_address_counts_too(text: str) -> None:
    assert isinstance(network_of(text), str)
