"""How long a link lasts, what may be judged by it, how much may be sent, and when guessing ends."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fieldvisit.followups.rules import REVISABLE, FollowUpState, may_judge

# A card hangs on a wall for a year; the rest is for the visit that brings the next one.
LINK_LASTS = timedelta(days=400)
# The most that one link sends in a day, whatever it is.
MOST_WRITES = 20
# So many links that are none, within so long, and for how long nothing more is looked up.
MOST_GUESSES = 30
GUESS_WINDOW = timedelta(minutes=10)
BLOCKED_FOR = timedelta(minutes=10)
CARDS_PER_SHEET = 10
MOST_CARDS = 100


def expires_on(made_on: date) -> date:
    """Return the last day on which a link works."""
    return made_on + LINK_LASTS


def writes_after(written_on: date | None, written: int, today: date) -> int | None:
    """Return how much a link has sent today once it has sent one thing more; None when that would be too much."""
    count = written + 1 if written_on == today else 1
    return count if count <= MOST_WRITES else None


@dataclass(frozen=True)
class Guesses:
    """The wrong links of one address that still count (epoch seconds), and whether they are too many."""

    times: tuple[int, ...]
    is_blocked: bool


def after_guess(times: Sequence[int], now: int) -> Guesses:
    """Return what is known of an address after one more wrong link at `now` (epoch seconds).

    As many as are allowed, within the window, block; what a block was set off by counts no more after it.
    """
    start = now - int(GUESS_WINDOW.total_seconds())
    counted = (*(time for time in times if time > start), now)
    return Guesses((), True) if len(counted) >= MOST_GUESSES else Guesses(counted, False)


class Standing(enum.StrEnum):
    """How a promise stands for the resident: what they are told, and whether they are asked to judge."""

    WORKING = "working"
    AGAIN = "again"
    ASKED = "asked"
    JUDGED = "judged"
    OFFICE = "office"
    ENDED = "ended"


def standing(state: FollowUpState, round_no: int, due_on: date, is_reported: bool, today: date) -> Standing:
    """Return how the latest round of a promise stands; `is_reported`: the cadre has said what came of it."""
    if state is FollowUpState.OPEN:
        if is_reported or due_on <= today:
            return Standing.ASKED
        return Standing.WORKING if round_no == 1 else Standing.AGAIN
    if state in (FollowUpState.REDO, FollowUpState.REDONE):
        return Standing.AGAIN
    if state is FollowUpState.DONE:
        return Standing.JUDGED
    return Standing.OFFICE if state in (FollowUpState.TO_DECIDE, FollowUpState.DECIDED) else Standing.ENDED


def may_judge_now(how: Standing, state: FollowUpState, closed_on: date | None, today: date) -> bool:
    """Say whether the resident is let judge: what is due or reported, and for some time what they have judged."""
    return how in (Standing.ASKED, Standing.JUDGED) and may_judge(state, closed_on, today)


def revisable_until(closed_on: date) -> date:
    """Return the last day on which a judgement can be changed."""
    return closed_on + REVISABLE
