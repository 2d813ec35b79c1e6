"""When a return visit is due, how that is said, and what follows from what the residents say."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

# So often a household is tried that can't be reached; then nobody has judged, and that is how it counts.
MOST_TRIES = 3
# A return visit can be put off by as much.
FURTHEST_DAY = timedelta(days=60)
# A resident may change their mind about what is done for as long.
REVISABLE = timedelta(days=60)


class FollowUpState(enum.StrEnum):
    """Open until the resident has judged.

    Dissatisfied once, it is done again (a new follow-up, of a concern once the unit has replied again; redone, once
    that has its end); twice, the office decides, and what it has decided is not judged again. Withdrawn when its
    commitment was taken back by an amendment, or its concern ended otherwise; lapsed when the household moved away or
    the resident died.
    """

    OPEN = "open"
    DONE = "done"
    REDO = "redo"
    REDONE = "redone"
    TO_DECIDE = "to_decide"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Outcome(enum.StrEnum):
    """What became of a commitment, as the cadre tells it."""

    KEPT = "kept"
    PARTLY = "partly"
    NOT_KEPT = "not_kept"


class Mark(enum.StrEnum):
    """What the resident says of the result. Nobody reached, or nothing said, is never satisfied."""

    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    DISSATISFIED = "dissatisfied"
    UNRATED = "unrated"


class Way(enum.StrEnum):
    """How a mark was given: told to the cadre at the door or by phone, or by the resident's own hand."""

    AT_THE_DOOR = "at_the_door"
    BY_PHONE = "by_phone"
    HANDED_OVER = "handed_over"
    OWN_PHONE = "own_phone"


class Why(enum.StrEnum):
    """Why nobody judged."""

    NOBODY_HOME = "nobody_home"
    NO_ANSWER = "no_answer"
    UNWILLING = "unwilling"


class PhotoKind(enum.StrEnum):
    """What a picture of a return visit is; the words stand in addresses."""

    PHOTO = "photos"
    SIGNATURE = "signature"


class Ruling(enum.StrEnum):
    """What the office decides about what was judged badly twice."""

    REDO = "redo"
    EXPLAINED = "explained"
    UNREASONABLE = "unreasonable"


# How near a mark is to the resident: what the cadre notes, the phone that was handed over, their own phone.
NEARNESS = {Way.AT_THE_DOOR: 0, Way.BY_PHONE: 0, Way.HANDED_OVER: 1, Way.OWN_PHONE: 2}
# A report and photos made before the resident judged may arrive after.
TAKES_REPORTS = frozenset(
    {FollowUpState.OPEN, FollowUpState.DONE, FollowUpState.REDO, FollowUpState.REDONE, FollowUpState.TO_DECIDE}
)
# So often a return visit may be put off: at first, and when it is a redo.
MOST_PUT_OFF, MOST_REDO_PUT_OFF = 3, 1


def is_try(mark: Mark, why: Why | None) -> bool:
    """Say whether nobody was reached, so that it is to be tried again."""
    return mark is Mark.UNRATED and why is not Why.UNWILLING


def stands(way: Way, earlier: Way | None) -> bool:
    """Say whether a judgement takes the place of the one that stood: the later one, but for one thing.

    What a resident gave by their own hand is not changed by what the cadre, whose work it is about, reports; nor
    what they gave on their own phone by what is said to come from their hand on the cadre's.
    """
    return earlier is None or NEARNESS[way] >= NEARNESS[earlier]


def may_judge(state: FollowUpState, closed_on: date | None, today: date) -> bool:
    """Say whether a judgement is taken: while open, and for some time after the first that closed it."""
    if state is FollowUpState.DONE:
        return closed_on is not None and today <= closed_on + REVISABLE
    return state is FollowUpState.OPEN


def after_mark(mark: Mark, why: Why | None, tries: int, round_no: int) -> FollowUpState:
    """Return the state after a judgement that stands; `tries` counts those who were not reached, this one too."""
    if is_try(mark, why) and tries < MOST_TRIES:
        return FollowUpState.OPEN
    if mark is not Mark.DISSATISFIED:
        return FollowUpState.DONE
    return FollowUpState.REDO if round_no == 1 else FollowUpState.TO_DECIDE


class Settled(enum.StrEnum):
    """How a concern left the residents' table without their word."""

    CLOSED = "closed"
    GIVEN_UP = "given_up"
    AGAIN = "again"
    CONFIDENTIAL = "confidential"


def after_settling(state: FollowUpState, how: Settled) -> FollowUpState:
    """Return the state of a round of asking about a concern that was settled otherwise.

    What was judged badly and is given up goes to the office: dissatisfaction does not end by a cadre's hand.
    """
    if state is FollowUpState.OPEN:
        return FollowUpState.WITHDRAWN
    return _SETTLED.get((state, how), state)


_SETTLED = {
    (FollowUpState.REDO, Settled.CLOSED): FollowUpState.REDONE,
    (FollowUpState.REDO, Settled.GIVEN_UP): FollowUpState.TO_DECIDE,
    (FollowUpState.TO_DECIDE, Settled.CLOSED): FollowUpState.DECIDED,
    (FollowUpState.TO_DECIDE, Settled.AGAIN): FollowUpState.REDO,
    (FollowUpState.DONE, Settled.AGAIN): FollowUpState.REDONE,
}


def draw(seed: str, follow_up_id: UUID) -> int:
    """Return the number that a follow-up draws with a seed: always the same, and as if by chance."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{follow_up_id}".encode()).digest()[:8], "big")


def is_drawn(seed: str, follow_up_id: UUID, percent: int) -> bool:
    """Say whether a judged follow-up belongs to the sample that is asked about independently."""
    return draw(seed, follow_up_id) % 100 < percent


def furthest_day(round_no: int, due_on: date, scheduled_on: date, today: date) -> date:
    """Return the last day to which a return visit may be put off; a redo gets as much time again as it had."""
    if round_no == 1:
        return today + FURTHEST_DAY
    return max(due_on, today) + max(due_on - scheduled_on, timedelta(days=1))


def may_put_off(round_no: int, times: int) -> bool:
    """Say whether a return visit that was put off some times may be put off once more."""
    return times < (MOST_PUT_OFF if round_no == 1 else MOST_REDO_PUT_OFF)


class Urgency(enum.StrEnum):
    """How a due day stands to today."""

    OVERDUE = "overdue"
    TODAY = "today"
    LATER = "later"


def return_day(promised_for: date, finished_on: date) -> date:
    """Return the day of the return visit: the promised day, or the day of finishing if that came later."""
    return max(promised_for, finished_on)


def urgency(due_on: date, today: date) -> Urgency:
    """Say how a due day stands to today."""
    if due_on < today:
        return Urgency.OVERDUE
    return Urgency.TODAY if due_on == today else Urgency.LATER


@dataclass(frozen=True)
class DueWords:
    """A due day in two short lines, such as "3" and "天超期", or one, "今天"."""

    large: str
    small: str

    def __str__(self) -> str:
        return f"{self.large}{self.small}"


def due_words(due_on: date, today: date) -> DueWords:
    """Say in words how far a due day is: 3 天超期, 今天, 明天, 5 天后."""
    days = (due_on - today).days
    if days < 0:
        return DueWords(str(-days), "天超期")
    if days > 1:
        return DueWords(str(days), "天后")
    return DueWords("今天" if days == 0 else "明天", "")
