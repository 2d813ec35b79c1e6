"""Facts about the rules of visits."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fieldvisit.visits.models import VisitState
from fieldvisit.visits.rules import (
    ALLOWED,
    Save,
    Step,
    Stored,
    Verdict,
    is_due_day,
    is_visit_day,
    judge_save,
    may,
    missing,
)

TODAY = date(2026, 11, 24)
devices = st.sampled_from(["a", "b", "c"])
saves = st.lists(st.tuples(devices, st.integers(1, 6), st.text("xyz", max_size=2)), max_size=30)


def play(arrivals: list[tuple[str, int, str]]) -> tuple[Stored | None, str, list[tuple[str, int, str]]]:
    """Let saves arrive from pages that have seen nothing of each other; return card, text and what was displaced."""
    stored: Stored | None = None
    text = ""
    displaced: list[tuple[str, int, str]] = []
    for device, seq, words in arrivals:
        earlier = max((s for d, s, _ in displaced if d == device), default=0)
        verdict = judge_save(Save(device, seq), stored, earlier)
        if verdict is Verdict.IGNORE:
            continue
        if verdict is Verdict.APPLY_AND_KEEP_OTHER and stored:
            displaced.append((stored.device, stored.seq, text))
        stored, text = Stored(device, seq, (stored.revision if stored else 0) + 1), words
    return stored, text, displaced


@given(saves)
def test_an_old_save_of_one_phone_never_replaces_its_newer_one(arrivals: list[tuple[str, int, str]]) -> None:
    alone = [(d, s, w) for d, s, w in arrivals if d == "a"]
    stored, text, _ = play(alone)
    if alone:
        newest = max(s for _, s, _ in alone)
        assert stored is not None
        assert stored.seq == newest
        assert text == next(w for _, s, w in alone if s == newest)


@given(saves)
def test_a_save_that_arrives_twice_has_one_effect(arrivals: list[tuple[str, int, str]]) -> None:
    doubled = [arrival for arrival in arrivals for _ in range(2)]
    assert play(doubled) == play(arrivals)


@given(st.lists(st.tuples(devices, st.text("xyz", min_size=1, max_size=2)), max_size=30))
def test_the_last_words_of_every_phone_are_on_the_card_or_kept(order: list[tuple[str, str]]) -> None:
    numbers: dict[str, int] = {}
    arrivals = []
    for device, words in order:
        numbers[device] = numbers.get(device, 0) + 1
        arrivals.append((device, numbers[device], words))
    _, text, displaced = play(arrivals)
    last = {device: words for device, _, words in arrivals}
    for words in last.values():
        assert words == text or words in {kept for _, _, kept in displaced}


def test_going_on_with_what_another_phone_wrote_displaces_nothing() -> None:
    assert judge_save(Save("b", 1, seen_revision=4), Stored("a", 9, 4), 0) is Verdict.APPLY


def test_writing_over_what_one_has_not_seen_keeps_it() -> None:
    assert judge_save(Save("b", 1, seen_revision=3), Stored("a", 9, 4), 0) is Verdict.APPLY_AND_KEEP_OTHER


@given(st.dates(date(1900, 1, 1), date(3000, 1, 1)))
def test_a_visit_is_never_in_the_future_nor_older_than_a_year(day: date) -> None:
    assert is_visit_day(day, TODAY) == (timedelta(0) <= TODAY - day <= timedelta(days=365))


@given(st.dates(date(1900, 1, 1), date(3000, 1, 1)))
def test_a_commitment_falls_due_between_today_and_a_year_from_now(day: date) -> None:
    assert is_due_day(day, TODAY) == (timedelta(0) <= day - TODAY <= timedelta(days=366))


def test_missing_cards_keep_the_order_of_the_checklist() -> None:
    assert missing(["kitchen", "bedroom", "toilet"], {"bedroom"}) == ["kitchen", "toilet"]


def test_every_state_in_the_table_of_steps_is_a_state_of_visits() -> None:
    assert set().union(*ALLOWED.values()) <= {state.value for state in VisitState}


def test_a_reviewed_visit_takes_no_step_at_all() -> None:
    assert not any(may(step, VisitState.REVIEWED) for step in Step)
