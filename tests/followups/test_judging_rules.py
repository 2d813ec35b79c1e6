"""Facts about what follows from a judgement."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.concerns.rules import Step, after_judgement
from fieldvisit.followups import rules
from fieldvisit.followups.rules import FollowUpState, Mark, Settled, Way, Why

days = st.dates(date(2020, 1, 1), date(2035, 1, 1))
marks, ways, whys = st.sampled_from(Mark), st.sampled_from(Way), st.sampled_from([None, *Why])


@given(marks, whys, st.integers(1, 9), st.integers(1, 9))
def test_only_dissatisfaction_leads_to_a_redo_and_only_once(mark: Mark, why: Why | None, tries: int, at: int) -> None:
    after = rules.after_mark(mark, why, tries, at)
    assert (after is FollowUpState.REDO) == (mark is Mark.DISSATISFIED and at == 1)
    assert (after is FollowUpState.TO_DECIDE) == (mark is Mark.DISSATISFIED and at > 1)


@given(whys, st.integers(1, 9), st.integers(1, 9))
def test_who_is_not_reached_is_tried_three_times_and_then_nobody_has_judged(
    why: Why | None, tries: int, at: int
) -> None:
    after = rules.after_mark(Mark.UNRATED, why, tries, at)
    is_open = why is not Why.UNWILLING and tries < 3
    assert after is (FollowUpState.OPEN if is_open else FollowUpState.DONE)


@given(ways, st.none() | ways)
def test_the_later_judgement_stands_unless_the_earlier_one_is_nearer_to_the_resident(
    way: Way, earlier: Way | None
) -> None:
    nearer = {
        Way.OWN_PHONE: (Way.HANDED_OVER, Way.AT_THE_DOOR, Way.BY_PHONE),
        Way.HANDED_OVER: (Way.AT_THE_DOOR, Way.BY_PHONE),
    }
    assert rules.stands(way, earlier) == (earlier is None or way not in nearer.get(earlier, ()))


@given(st.sampled_from(FollowUpState), st.none() | days, days)
def test_only_what_is_open_or_lately_closed_is_judged(state: FollowUpState, closed: date | None, today: date) -> None:
    may = rules.may_judge(state, closed, today)
    if state is FollowUpState.OPEN:
        assert may
    elif state is FollowUpState.DONE:
        assert may == (closed is not None and (today - closed).days <= 60)
    else:
        assert not may


@given(days, st.integers(0, 60), st.integers(-60, 60))
def test_a_redo_is_put_off_by_as_much_again_as_it_had_and_a_first_round_by_sixty_days(
    scheduled: date, had: int, passed: int
) -> None:
    due, today = scheduled + timedelta(days=had), scheduled + timedelta(days=passed)
    assert rules.furthest_day(1, due, scheduled, today) == today + timedelta(days=60)
    furthest = rules.furthest_day(2, due, scheduled, today)
    assert furthest == max(due, today) + timedelta(days=max(had, 1))


def test_a_return_visit_is_put_off_three_times_and_a_redo_once() -> None:
    assert [rules.may_put_off(1, times) for times in range(4)] == [True, True, True, False]
    assert [rules.may_put_off(2, times) for times in range(2)] == [True, False]


LEDGER = {FollowUpState.DONE: Step.CLOSE, FollowUpState.REDO: Step.REDO, FollowUpState.TO_DECIDE: None}


@given(marks, whys, st.integers(1, 9), st.integers(1, 9))
def test_a_return_visit_and_the_ledger_agree_on_what_follows_from_a_judgement(
    mark: Mark, why: Why | None, tries: int, round_no: int
) -> None:
    after = rules.after_mark(mark, why, tries, round_no)
    if after is not FollowUpState.OPEN:
        assert after_judgement(mark is Mark.DISSATISFIED, round_no) is LEDGER[after]


@given(st.sampled_from(FollowUpState), st.sampled_from(Settled))
def test_what_was_settled_otherwise_is_asked_about_no_more_and_no_dissatisfaction_ends_by_giving_up(
    state: FollowUpState, how: Settled
) -> None:
    after = rules.after_settling(state, how)
    assert after is not FollowUpState.OPEN
    if state in (FollowUpState.REDO, FollowUpState.TO_DECIDE) and how is Settled.GIVEN_UP:
        assert after is FollowUpState.TO_DECIDE
    # Being told the same once more changes nothing.
    assert rules.after_settling(after, how) in (after, FollowUpState.REDO, FollowUpState.REDONE)
