"""Facts about links, guesses and how a promise stands, from plain values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.addresses import network_of
from fieldvisit.cards import rules
from fieldvisit.cards.rules import Standing
from fieldvisit.followups.rules import FollowUpState

TODAY = date(2026, 11, 24)
WINDOW = int(rules.GUESS_WINDOW.total_seconds())
steps = st.lists(st.integers(0, 2 * WINDOW), max_size=120)


@given(steps)
def test_an_address_is_blocked_by_exactly_so_many_guesses_within_the_window(gaps: list[int]) -> None:
    kept: tuple[int, ...] = ()
    since_block: list[int] = []
    now = 1_000_000
    for gap in gaps:
        now += gap
        since_block.append(now)
        after = rules.after_guess(kept, now)
        within = sum(time > now - WINDOW for time in since_block)
        assert after.is_blocked == (within >= rules.MOST_GUESSES)
        kept = after.times
        if after.is_blocked:
            since_block.clear()


@given(steps)
def test_no_more_is_kept_of_an_address_than_what_counts(gaps: list[int]) -> None:
    kept: tuple[int, ...] = ()
    now = 1_000_000
    for gap in gaps:
        now += gap
        kept = rules.after_guess(kept, now).times
        assert len(kept) < rules.MOST_GUESSES
        assert all(now - WINDOW < time <= now for time in kept)


@given(st.integers(0, 40), st.integers(1, 400))
def test_a_link_sends_so_much_a_day_and_the_next_day_as_much_again(sent: int, days: int) -> None:
    after = rules.writes_after(TODAY, sent, TODAY)
    assert (after is None) == (sent >= rules.MOST_WRITES)
    assert rules.writes_after(TODAY - timedelta(days=days), sent, TODAY) == 1


def test_a_link_that_has_sent_nothing_may_send() -> None:
    assert rules.writes_after(None, 0, TODAY) == 1


@given(st.sampled_from(FollowUpState), st.integers(1, 3), st.integers(-90, 90), st.booleans(), st.integers(-90, 0))
def test_nothing_is_judged_before_its_day_unless_its_result_was_reported(
    state: FollowUpState, round_no: int, due_in: int, is_reported: bool, closed: int
) -> None:
    how = rules.standing(state, round_no, TODAY + timedelta(days=due_in), is_reported, TODAY)
    may = rules.may_judge_now(how, state, TODAY + timedelta(days=closed), TODAY)
    if state is FollowUpState.OPEN:
        assert may == (is_reported or due_in <= 0)
    else:
        assert may == (state is FollowUpState.DONE and closed >= -60)


@pytest.mark.parametrize(
    ("state", "round_no", "expected"),
    [
        (FollowUpState.OPEN, 1, Standing.WORKING),
        (FollowUpState.OPEN, 2, Standing.AGAIN),
        (FollowUpState.REDO, 1, Standing.AGAIN),
        (FollowUpState.DONE, 1, Standing.JUDGED),
        (FollowUpState.TO_DECIDE, 2, Standing.OFFICE),
        (FollowUpState.DECIDED, 2, Standing.OFFICE),
        (FollowUpState.LAPSED, 1, Standing.ENDED),
    ],
)
def test_a_state_stands_for_the_resident_as_this(state: FollowUpState, round_no: int, expected: Standing) -> None:
    assert rules.standing(state, round_no, TODAY + timedelta(days=1), False, TODAY) is expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::5", "2001:db8:1:3::5", False),
        ("", "", True),
        ("not an address", "another", False),
    ],
)
def test_one_line_counts_as_one_guesser(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_a_link_works_for_four_hundred_days() -> None:
    assert (rules.expires_on(TODAY) - TODAY).days == 400
