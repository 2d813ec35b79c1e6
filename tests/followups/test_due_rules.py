"""Facts about when return visits are due and how that is said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.followups.rules import Urgency, due_words, return_day, urgency

TODAY = date(2026, 11, 24)
days = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@given(days, days)
def test_a_return_visit_is_never_due_before_the_visit_was_finished(promised: date, finished: date) -> None:
    assert return_day(promised, finished) >= finished
    assert return_day(promised, finished) in (promised, finished)


@given(days)
def test_words_and_urgency_agree(due_on: date) -> None:
    words = str(due_words(due_on, TODAY))
    assert ("超期" in words) == (urgency(due_on, TODAY) is Urgency.OVERDUE)
    assert (words == "今天") == (urgency(due_on, TODAY) is Urgency.TODAY)


@pytest.mark.parametrize(("days", "words"), [(-3, "3天超期"), (-1, "1天超期"), (0, "今天"), (1, "明天"), (5, "5天后")])
def test_a_due_day_is_said_in_words(days: int, words: str) -> None:
    assert str(due_words(TODAY + timedelta(days=days), TODAY)) == words
