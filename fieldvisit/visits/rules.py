"""What decides about visits, from plain values."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

OLDEST_VISIT = timedelta(days=365)
FURTHEST_DUE = timedelta(days=366)


class Verdict(enum.Enum):
    """What to do with a save of a card."""

    APPLY = "apply"
    APPLY_AND_KEEP_OTHER = "apply, and keep what another phone had written"
    IGNORE = "ignore: a newer save of the same phone is here already"


@dataclass(frozen=True)
class Save:
    """A save of one card: which device, its running number there, and the row's revision that its page had seen."""

    device: str
    seq: int
    seen_revision: int = 0


@dataclass(frozen=True)
class Stored:
    """What the card holds now: by which device's save, and the row's revision."""

    device: str
    seq: int
    revision: int


def judge_save(save: Save, stored: Stored | None, displaced_seq: int) -> Verdict:
    """Decide about a save.

    `displaced_seq` is the highest number of this device among the saves that others have displaced (0: none). Within
    one device the running number decides. Between devices the one that arrives later wins, and what it takes the
    place of is kept unless its writer had seen it.
    """
    if stored is None:
        return Verdict.APPLY
    newest = stored.seq if save.device == stored.device else displaced_seq
    if save.seq <= newest:
        return Verdict.IGNORE
    seen = save.device == stored.device or save.seen_revision == stored.revision
    return Verdict.APPLY if seen else Verdict.APPLY_AND_KEEP_OTHER


def is_visit_day(day: date, today: date) -> bool:
    """Say whether a visit may have been made on a day: not in the future, not more than a year ago."""
    return today - OLDEST_VISIT <= day <= today


def is_due_day(day: date, today: date) -> bool:
    """Say whether a commitment may fall due on a day: from today to about a year ahead."""
    return today <= day <= today + FURTHEST_DUE


def missing(cards: Iterable[str], answered: Collection[str]) -> list[str]:
    """Return the cards that have no answer yet, in the checklist's order; a hint, never a wall."""
    return [card for card in cards if card not in answered]


def is_answered(value: str, tags: Collection[str], note: str) -> bool:
    """Say whether a card has an answer: a choice, a tag or some words; "not looked at" is a full one."""
    return bool(value or tags or note)


class Step(enum.StrEnum):
    """What may be done with a visit."""

    CHANGE = "change"
    FINISH = "finish"
    DISCARD = "discard"
    AMEND = "amend"
    REVIEW = "review"


ALLOWED: dict[Step, frozenset[str]] = {
    Step.CHANGE: frozenset({"draft", "amending"}),
    Step.FINISH: frozenset({"draft", "amending"}),
    Step.DISCARD: frozenset({"draft"}),
    Step.AMEND: frozenset({"finished", "sent_back"}),
    Step.REVIEW: frozenset({"finished"}),
}


def may(step: Step, state: str) -> bool:
    """Say whether a step is allowed in a state (the names of VisitState)."""
    return state in ALLOWED[step]
