"""What the residents of the demonstration said of what was promised to them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.demo.households import lot_id, words
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp, IndependentCheck, Judgement
from fieldvisit.followups.rules import FollowUpState, Mark, Outcome, Way, Why

# Of a hundred; the rest were satisfied.
SHARES = ((Mark.DISSATISFIED, 8), (Mark.UNRATED, 6), (Mark.BASICALLY_SATISFIED, 18))
REDO_DAYS = 5
CHECKS, CHECKS_TO_MAKE = 9, 2
OPEN: dict[str, Any] = {"state": FollowUpState.OPEN} | dict.fromkeys(
    ("mark", "way", "closed_at", "outcome", "reported_at")
)


def add_judgements(dice: Random, judged: list[dict[str, Any]], today: date) -> None:
    """Add a judgement of each of these follow-ups (rows that are done), and what followed from it."""
    found = _Judgements(dice, today)
    for row in judged:
        found.judge(row)
    db.session.execute(sa.insert(FollowUp), found.again)
    db.session.execute(sa.insert(Judgement), found.said)


def add_checks(dice: Random, judged: list[dict[str, Any]], asker: Cadre, today: date) -> None:
    """Let a cadre ask about what other units' cadres did: some answers are there, two calls are still to be made."""
    others = [row for row in judged if row["cadre_id"] != asker.id and row["due_on"] < today - timedelta(days=10)]
    said = words("words.json")["judgements"]
    rows = []
    for number, row in enumerate(dice.sample(others, min(CHECKS, len(others)))):
        at = clock.day_start(row["due_on"]) + timedelta(days=3, hours=9)
        mark = dice.choice((Mark.SATISFIED, Mark.SATISFIED, Mark.BASICALLY_SATISFIED, Mark.DISSATISFIED))
        is_open = number < CHECKS_TO_MAKE
        rows.append(
            {
                "id": lot_id(dice),
                "follow_up_id": row["id"],
                "asker_id": asker.id,
                "drawn_at": at,
                "mark": None if is_open else mark,
                "comment": "" if is_open else dice.choice(said[mark.value]),
                "closed_at": None if is_open else at + timedelta(days=1),
            }
        )
    db.session.execute(sa.insert(IndependentCheck), rows)


class _Judgements:
    def __init__(self, dice: Random, today: date) -> None:
        self.dice = dice
        self.today = today
        self.words = words("words.json")["judgements"]
        self.said: list[dict[str, Any]] = []
        self.again: list[dict[str, Any]] = []

    def judge(self, row: dict[str, Any]) -> None:
        """Judge a first round; what was judged badly is done again, and some of that badly again."""
        mark = self._mark()
        at = clock.day_start(min(row["due_on"], self.today - timedelta(days=1))) + timedelta(hours=10)
        changes = self._said(row["id"], mark, at) | {"state": FollowUpState.DONE}
        if mark is Mark.DISSATISFIED:
            changes["state"] = self._again(row, at)
        db.session.execute(sa.update(FollowUp).where(FollowUp.id == row["id"]).values(**changes))

    def _mark(self) -> Mark:
        draw = self.dice.randrange(100)
        for mark, share in SHARES:
            if draw < share:
                return mark
            draw -= share
        return Mark.SATISFIED

    def _said(self, follow_up_id: UUID, mark: Mark, at: datetime) -> dict[str, Any]:
        way = self.dice.choice((Way.AT_THE_DOOR, Way.AT_THE_DOOR, Way.HANDED_OVER, Way.BY_PHONE))
        if mark is Mark.UNRATED:
            way = Way.BY_PHONE
        row = {
            "id": lot_id(self.dice),
            "follow_up_id": follow_up_id,
            "mark": mark,
            "way": way,
            "why": Why.NO_ANSWER if mark is Mark.UNRATED else None,
            "comment": self.dice.choice(self.words[mark.value]),
            "is_hidden": way is Way.HANDED_OVER and self.dice.random() < 0.5,
            "stands": True,
            "at": at,
        }
        self.said.append(row)
        outcome = Outcome.PARTLY if mark is Mark.DISSATISFIED else Outcome.KEPT
        return {"mark": mark, "way": way, "closed_at": at, "outcome": outcome, "reported_at": at}

    def _again(self, row: dict[str, Any], at: datetime) -> FollowUpState:
        due_on = clock.local(at).date() + timedelta(days=REDO_DAYS)
        again = row | OPEN | {"id": lot_id(self.dice), "round_no": 2, "due_on": due_on, "scheduled_at": at}
        if due_on >= self.today:
            self.again.append(again)
            return FollowUpState.REDO
        later = clock.day_start(due_on) + timedelta(hours=15)
        mark = self.dice.choice((Mark.SATISFIED, Mark.DISSATISFIED))
        state = FollowUpState.DONE if mark is Mark.SATISFIED else FollowUpState.TO_DECIDE
        self.again.append(again | self._said(again["id"], mark, later) | {"state": state})
        return FollowUpState.REDONE
