"""Facts about the states of a concern: every state, step and party, one by one."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.concerns import clocks, rules, suggesting
from fieldvisit.concerns.lists import read_lists
from fieldvisit.concerns.rules import OPEN, STAGE_OF, TRANSITIONS, Party, Stage, State, Step
from fieldvisit.workdays.due import Span, Unit
from fieldvisit.workdays.rules import Table, working_days_between

TABLE = Table()
DAYS = st.dates(date(2024, 1, 1), date(2030, 1, 1))
SPANS = st.builds(Span, st.integers(1, 400), st.sampled_from(Unit))

# The whole machine once more, as a table that a reader of the rules can check against the law: from each state, by
# each party, which steps. What is not here is refused.
OFFICE_DESK = "correct dispatch note redirect reject merge withdraw"
ALLOWED = {
    (State.REGISTERED, Party.OFFICE): f"accept {OFFICE_DESK}",
    (State.ACCEPTED, Party.OFFICE): f"supervise {OFFICE_DESK}",
    (State.RETURNED, Party.OFFICE): f"supervise {OFFICE_DESK}",
    (State.ASSIGNED, Party.OFFICE): "correct note extend merge withdraw supervise",
    (State.IN_PROGRESS, Party.OFFICE): "correct note extend merge withdraw supervise",
    (State.REDO, Party.OFFICE): "correct note extend withdraw supervise",
    (State.REPLIED, Party.OFFICE): "correct note close redo withdraw",
    (State.CLOSED, Party.OFFICE): "redo archive",
    (State.REDIRECTED, Party.OFFICE): "archive",
    (State.MERGED, Party.OFFICE): "archive",
    (State.REJECTED, Party.OFFICE): "archive",
    (State.REGISTERED, Party.HANDLER): "note",
    (State.ACCEPTED, Party.HANDLER): "note",
    (State.RETURNED, Party.HANDLER): "note",
    (State.ASSIGNED, Party.HANDLER): "take_up return extend note reply",
    (State.IN_PROGRESS, Party.HANDLER): "return extend note reply",
    (State.REDO, Party.HANDLER): "extend note reply",
    (State.REPLIED, Party.HANDLER): "note",
    **{(state, Party.CADRE): "withdraw" for state in OPEN},
    **{
        (state, Party.SUPERVISOR): "supervise"
        for state in (State.ACCEPTED, State.RETURNED, State.ASSIGNED, State.IN_PROGRESS, State.REDO)
    },
    (State.REPLIED, Party.RESIDENT): "close redo",
    (State.CLOSED, Party.RESIDENT): "redo",
}


@pytest.mark.parametrize(("state", "step", "party"), list(product(State, Step, Party)))
def test_exactly_the_steps_of_the_table_are_allowed(state: State, step: Step, party: Party) -> None:
    assert rules.is_allowed(step, state, {party}) == (step in ALLOWED.get((state, party), "").split())


def test_nobody_without_a_part_in_it_takes_any_step() -> None:
    assert not any(rules.is_allowed(step, state, ()) for step, state in product(Step, State))


def test_every_open_state_leads_to_an_end() -> None:
    ends = {state for state in State if STAGE_OF[state] is Stage.DONE}
    reached: set[State] = set(ends)
    while True:
        more = {
            state for state in State for step in TRANSITIONS
            if rules.is_allowed(step, state, set(Party)) and rules.state_after(step, state) in reached
        }  # fmt: skip
        if more <= reached:
            break
        reached |= more
    assert reached == set(State)


def test_nothing_leaves_the_archive() -> None:
    assert not any(rules.is_allowed(step, State.ARCHIVED, set(Party)) for step in Step)


def test_a_dissatisfied_resident_has_it_done_again_once_and_then_the_office_decides() -> None:
    answers = [rules.after_judgement(True, round_no) for round_no in (1, 2, 3)]
    assert answers == [Step.REDO, None, None]
    assert {rules.after_judgement(False, round_no) for round_no in (1, 2, 3)} == {Step.CLOSE}


@given(SPANS, DAYS, st.integers(0, 100), st.booleans())
def test_no_setting_puts_a_deadline_beyond_the_law(span: Span, accepted_on: date, later: int, extended: bool) -> None:
    due = clocks.due(span, accepted_on + timedelta(days=later), accepted_on, extended, TABLE)
    assert due <= accepted_on + timedelta(days=90 if extended else 60)


@given(SPANS, DAYS, st.integers(0, 60))
def test_no_extension_goes_beyond_thirty_more_days(span: Span, accepted_on: date, after: int) -> None:
    due_on = accepted_on + timedelta(days=after)
    assert clocks.furthest_extension(due_on, span, accepted_on, TABLE) <= accepted_on + timedelta(days=90)


@given(DAYS)
def test_a_dispatch_is_objected_to_until_the_fifth_working_day(dispatched_on: date) -> None:
    until = clocks.return_until(dispatched_on, TABLE)
    assert working_days_between(dispatched_on, until, TABLE) == 5
    assert clocks.may_return(dispatched_on, until, TABLE)
    assert not clocks.may_return(dispatched_on, until + timedelta(days=1), TABLE)


@given(st.lists(st.sampled_from(["繁昌区", "繁峙县", "繁", "无为市", "繁昌县"]), unique=True, min_size=1))
def test_no_two_counties_number_alike(names: list[str]) -> None:
    marks: list[str] = []
    for name in names:
        marks.append(rules.mark_for(name, marks))
    assert len(set(marks)) == len(names)


def test_a_number_says_county_month_and_place_in_it() -> None:
    assert rules.number_of("繁", "202607", 34) == "繁-202607-0034"


@pytest.mark.parametrize(
    ("words", "people", "nature", "level"),
    [
        ("院墙快倒塌了", 1, "help", "A"),
        ("路灯不亮", 45, "help", "A"),
        ("路灯不亮", 3, "help", "B"),
        ("希望修路到村口", 3, "help", "C"),
        ("多放两场电影", 3, "suggestion", "C"),
    ],
)
def test_a_level_is_suggested_by_danger_people_and_how_long_it_takes(
    words: str, people: int, nature: str, level: str
) -> None:
    assert suggesting.level(words, nature, people, read_lists().levels).code == level


@pytest.mark.parametrize(
    ("words", "within", "domain"),
    [
        ("饮水水质差", "04", "0405"),
        ("屋顶漏雨", "02", "0205"),
        ("被拖欠工资三个月", "06", "0601"),
        ("道路出行", "14", "0501"),
        ("说不清", "14", ""),
    ],
)
def test_a_domain_is_suggested_by_the_words_that_point_to_it(words: str, within: str, domain: str) -> None:
    assert suggesting.domain(words, read_lists().domains.items(), within) == domain


def test_every_tag_of_the_checklist_that_names_a_matter_points_to_a_domain() -> None:
    from fieldvisit.visits.checklist import DEFAULT_VERSION, Kind, checklist

    asked = [card for card in checklist(DEFAULT_VERSION).cards() if card.kind in (Kind.CONDITION, Kind.SITUATION)]
    lost = [tag for card in asked for tag in card.tags if not suggesting.domain(tag, read_lists().domains.items())]
    assert lost == []
