"""The states of a concern, who may take which step from where, and what must be said with it."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass


class State(enum.StrEnum):
    """Where a concern stands. 延期 is no state of its own: an extended one is still being handled."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    REPLIED = "replied"
    CLOSED = "closed"
    ARCHIVED = "archived"
    RETURNED = "returned"
    REDO = "redo"
    REDIRECTED = "redirected"
    MERGED = "merged"
    REJECTED = "rejected"


class Stage(enum.StrEnum):
    """On whose table a concern lies: the office's (new, to dispatch), a unit's, the residents', nobody's."""

    NEW = "new"
    TO_DISPATCH = "to_dispatch"
    IN_HAND = "in_hand"
    REPLIED = "replied"
    DONE = "done"


class Level(enum.StrEnum):
    """How pressing a concern is."""

    A = "A"
    B = "B"
    C = "C"


class Outcome(enum.StrEnum):
    """What became of a concern. Closed is not always resolved."""

    RESOLVED = "resolved"
    PARTLY_RESOLVED = "partly_resolved"
    EXPLAINED = "explained"
    NOT_SUPPORTED = "not_supported"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"


class Party(enum.StrEnum):
    """As what somebody takes part in a concern. The resident judges; nobody signs in as one."""

    OFFICE = "office"
    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    CADRE = "cadre"
    RESIDENT = "resident"


class Step(enum.StrEnum):
    """What can be done with a concern; registering makes it."""

    REGISTER = "register"
    ACCEPT = "accept"
    DISPATCH = "dispatch"
    TAKE_UP = "take_up"
    RETURN = "return"
    EXTEND = "extend"
    NOTE = "note"
    REPLY = "reply"
    CLOSE = "close"
    REDO = "redo"
    ARCHIVE = "archive"
    REDIRECT = "redirect"
    MERGE = "merge"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    SUPERVISE = "supervise"
    CORRECT = "correct"


class Says(enum.StrEnum):
    """What a step must say: nothing, a reason for the file, or one that the resident reads too."""

    NOTHING = "nothing"
    REASON = "reason"
    TOLD = "told"


@dataclass(frozen=True)
class Transition:
    """A step: from which states, into which (None: it stays), by whom, and what must be said."""

    before: frozenset[State]
    after: State | None
    by: frozenset[Party]
    says: Says = Says.NOTHING


S, P = State, Party
AT_THE_OFFICE = frozenset({S.REGISTERED, S.ACCEPTED, S.RETURNED})
AT_A_UNIT = frozenset({S.ASSIGNED, S.IN_PROGRESS, S.REDO})
OPEN = AT_THE_OFFICE | AT_A_UNIT | {S.REPLIED}
STAGE_OF: Mapping[State, Stage] = {
    S.REGISTERED: Stage.NEW,
    S.ACCEPTED: Stage.TO_DISPATCH,
    S.RETURNED: Stage.TO_DISPATCH,
    S.ASSIGNED: Stage.IN_HAND,
    S.IN_PROGRESS: Stage.IN_HAND,
    S.REDO: Stage.IN_HAND,
    S.REPLIED: Stage.REPLIED,
    S.CLOSED: Stage.DONE,
    S.ARCHIVED: Stage.DONE,
    S.REDIRECTED: Stage.DONE,
    S.MERGED: Stage.DONE,
    S.REJECTED: Stage.DONE,
}


def _by(*parties: Party) -> frozenset[Party]:
    return frozenset(parties)


TRANSITIONS: Mapping[Step, Transition] = {
    Step.ACCEPT: Transition(frozenset({S.REGISTERED}), S.ACCEPTED, _by(P.OFFICE)),
    Step.DISPATCH: Transition(AT_THE_OFFICE, S.ASSIGNED, _by(P.OFFICE)),
    Step.TAKE_UP: Transition(frozenset({S.ASSIGNED}), S.IN_PROGRESS, _by(P.HANDLER)),
    Step.RETURN: Transition(frozenset({S.ASSIGNED, S.IN_PROGRESS}), S.RETURNED, _by(P.HANDLER), Says.REASON),
    Step.EXTEND: Transition(AT_A_UNIT, None, _by(P.HANDLER, P.OFFICE), Says.TOLD),
    Step.NOTE: Transition(OPEN, None, _by(P.OFFICE, P.HANDLER), Says.REASON),
    Step.REPLY: Transition(AT_A_UNIT, S.REPLIED, _by(P.HANDLER), Says.TOLD),
    Step.CLOSE: Transition(frozenset({S.REPLIED}), S.CLOSED, _by(P.OFFICE, P.RESIDENT)),
    Step.REDO: Transition(frozenset({S.REPLIED, S.CLOSED}), S.REDO, _by(P.OFFICE, P.RESIDENT), Says.REASON),
    Step.ARCHIVE: Transition(
        frozenset({S.CLOSED, S.REDIRECTED, S.MERGED, S.REJECTED}), S.ARCHIVED, _by(P.OFFICE)
    ),
    Step.REDIRECT: Transition(AT_THE_OFFICE, S.REDIRECTED, _by(P.OFFICE), Says.TOLD),
    Step.MERGE: Transition(
        AT_THE_OFFICE | {S.ASSIGNED, S.IN_PROGRESS}, S.MERGED, _by(P.OFFICE), Says.REASON
    ),
    Step.REJECT: Transition(AT_THE_OFFICE, S.REJECTED, _by(P.OFFICE), Says.TOLD),
    Step.WITHDRAW: Transition(OPEN, S.CLOSED, _by(P.OFFICE, P.CADRE), Says.REASON),
    Step.SUPERVISE: Transition(
        AT_A_UNIT | {S.ACCEPTED, S.RETURNED}, None, _by(P.OFFICE, P.SUPERVISOR), Says.REASON
    ),
    Step.CORRECT: Transition(OPEN, None, _by(P.OFFICE)),
}  # fmt: skip
# A redo that the resident asks for by their judgement, and one more that the office may decide.
MOST_ROUNDS = 3


def is_allowed(step: Step, state: State, parties: Collection[Party]) -> bool:
    """Say whether somebody who takes part as any of `parties` may take a step in a state; deadlines come on top."""
    transition = TRANSITIONS.get(step)
    return transition is not None and state in transition.before and not transition.by.isdisjoint(parties)


def state_after(step: Step, state: State) -> State:
    """Return the state in which an allowed step leaves a concern."""
    return TRANSITIONS[step].after or state


def is_settled(before: State, after: State) -> bool:
    """Say whether a step ended or reopened what lies with the residents, is done again or was closed."""
    return before in (State.REPLIED, State.REDO, State.CLOSED) and after in {State.REDO, State.CLOSED} - {before}


def after_judgement(is_dissatisfied: bool, round_no: int) -> Step | None:
    """Return what a resident's judgement of a reply leads to; None: the office decides, for it was done twice."""
    if not is_dissatisfied:
        return Step.CLOSE
    return Step.REDO if round_no == 1 else None


# --- numbers ---------------------------------------------------------------------------------------------------------


def number_of(mark: str, month: str, nth: int) -> str:
    """Return the number of the nth concern of a county's month: 繁-202607-0034."""
    return f"{mark}-{month}-{nth:04}"


NUMBER = re.compile(r"([^-]{1,12}?)-?(20\d{2}(?:0[1-9]|1[0-2]))-?(\d{4,9})")
DASHES = re.compile(r"[‐-―−ー]")


def typed_number(text: str) -> str | None:
    """Return the number that somebody means who types it without dashes or with spaces, or None."""
    plain = DASHES.sub("-", "".join(unicodedata.normalize("NFKC", text).split()))
    found = NUMBER.fullmatch(plain)
    return None if found is None else number_of(found[1], found[2], int(found[3]))


def mark_for(county_name: str, taken: Collection[str]) -> str:
    """Return the mark of a county's numbers: the shortest beginning of its name that no other county has."""
    for length in range(1, len(county_name) + 1):
        if county_name[:length] not in taken:
            return county_name[:length]
    return next(mark for n in range(2, len(taken) + 3) if (mark := f"{county_name[0]}{n}") not in taken)
