"""Four months of visits up to today: answers, commitments, return visits, reviews."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.demo.households import Home, lot_id, words
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.followups.rules import FollowUpState
from fieldvisit.reviews.models import Decision, Review
from fieldvisit.visits.checklist import CONSENT, DEFAULT_VERSION, Card, Kind, checklist
from fieldvisit.visits.models import Answer, Commitment, Visit, VisitState

# A story's commitment that fell due longer ago has been looked after; the others wait, and some are overdue.
LOOKED_AFTER_DAYS = 5
CARDS_OF_A_DRAFT = 4
# Younger visits wait for their reader.
UNREAD_DAYS = 7


@dataclass
class Told:
    """One visit of a story, with what a story leaves out filled in."""

    home: Home
    id: UUID
    on: date
    state: VisitState
    started_at: datetime
    finished_at: datetime | None
    trouble: dict[str, dict[str, Any]]
    commitments: list[dict[str, Any]]
    photos: dict[str, str] = field(default_factory=dict)
    declined: bool = False
    reason: str = ""


class History:
    """Draws and adds the visits of all households; rows of one table go in together."""

    def __init__(self, dice: Random, cadres: dict[str, Cadre], today: date) -> None:
        self.dice = dice
        self.today = today
        self.words = words("words.json")
        self.checklist = checklist(DEFAULT_VERSION)
        self.device = str(lot_id(dice))
        self.readers = {cadre.unit_id: cadre.id for cadre in cadres.values() if cadre.has(Role.SUPERVISOR)}
        self.office = next(cadre.id for cadre in cadres.values() if cadre.has(Role.OFFICE))
        self.said: set[tuple[int, str]] = set()
        self.rows: dict[type, list[dict[str, object]]] = defaultdict(list)

    def add(self, homes: list[Home]) -> list[Told]:
        """Add everything; return the visits."""
        visits = [self._tell(home, entry) for home in homes for entry in self._story(home)]
        for visit in visits:
            self._visit(visit)
        for model in (Visit, Answer, Commitment, FollowUp, Review):
            db.session.execute(sa.insert(model), self.rows[model])
        return visits

    @property
    def looked_after(self) -> list[dict[str, Any]]:
        """Return the rows of return visits that were made."""
        return [row for row in self.rows[FollowUp] if row["state"] is FollowUpState.DONE]

    def _story(self, home: Home) -> list[dict[str, Any]]:
        if home.visits is not None:
            return home.visits
        # Most households were visited lately, a few not for long, some never.
        latest = self.dice.choice((*(range(2, 56),) * 8, range(60, 116), range(0)))
        days = [self.dice.choice(latest)] if latest else []
        if days and self.dice.random() < 0.4:
            days.append(self.dice.randint(days[0] + 3, 120))
        return [self._drawn_visit(home, ago) for ago in days]

    def _once(self, home: Home, note: str) -> str:
        """Return a note, or nothing when the cadre has written it before: nobody here copies."""
        if (home.cadre.id, note) in self.said:
            return ""
        self.said.add((home.cadre.id, note))
        return note

    def _drawn_visit(self, home: Home, ago: int) -> dict[str, Any]:
        entry: dict[str, Any] = {"ago": ago, "trouble": {}, "commitments": []}
        if self.dice.random() < 0.45:
            found = self.dice.choice(self.words["troubles"])
            entry["trouble"][found["card"]] = found | {"note": self._once(home, found["note"])}
            if self.dice.random() < 0.6:
                text = self.dice.choice(self.words["commitments"])
                days = self.dice.choice((3, 7))
                entry["commitments"].append({"text": text, "days": days, "in_time": True})
        entry["declined"] = self.dice.random() < 0.12
        if ago < UNREAD_DAYS:
            entry["state"] = VisitState.FINISHED
        return entry

    def _tell(self, home: Home, entry: dict[str, Any]) -> Told:
        on = self.today - timedelta(days=entry["ago"])
        hour = timedelta(hours=self.dice.choice((8, 9, 10, 14, 15, 16)), minutes=self.dice.randint(0, 59))
        started = clock.day_start(on) + hour
        if on == self.today:
            # Not in the future, however early in the day the demonstration starts.
            started = max(clock.day_start(on), clock.now() - timedelta(minutes=25))
        state = VisitState(entry.get("state", VisitState.REVIEWED))
        finished = None
        if state is not VisitState.DRAFT:
            minutes = self.dice.randint(16, 48)
            finished = started + timedelta(minutes=entry.get("minutes", minutes))
        return Told(
            home=home,
            id=lot_id(self.dice),
            on=on,
            state=state,
            started_at=started,
            finished_at=finished,
            trouble=entry.get("trouble", {}),
            commitments=entry.get("commitments", []),
            photos=entry.get("photos", {}),
            declined=entry.get("declined", False),
            reason=entry.get("reason", ""),
        )

    def _visit(self, visit: Told) -> None:
        answers = self._answers(visit)
        self.rows[Visit].append(
            {
                "id": visit.id,
                "household_id": visit.home.id,
                "cadre_id": visit.home.cadre.id,
                "unit_id": visit.home.cadre.unit_id,
                "village_code": visit.home.village_code,
                "state": visit.state,
                "visited_on": visit.on,
                "checklist_version": DEFAULT_VERSION,
                "started_at": visit.started_at,
                "ended_at": visit.finished_at,
                "finished_at": visit.finished_at,
                "sent_back_reason": visit.reason if visit.state is VisitState.SENT_BACK else "",
                "revision": 0 if visit.finished_at is None else 1,
            }
        )
        self.rows[Answer] += answers
        for number, commitment in enumerate(visit.commitments, len(answers) + 1):
            self._commitment(visit, number, commitment)
        self._review(visit)

    def _answers(self, visit: Told) -> list[dict[str, object]]:
        asked = [self.checklist.consent, *self.checklist.cards()]
        if visit.finished_at is None:
            asked = asked[:CARDS_OF_A_DRAFT]
        return [
            {
                "value": "",
                "tags": [],
                "note": "",
                **self._answer(visit, card),
                "visit_id": visit.id,
                "card": card.key,
                "seq": seq,
                "revision": 1,
                "device": self.device,
                "saved_at": visit.finished_at or visit.started_at,
            }
            for seq, card in enumerate(asked, 1)
        ]

    def _answer(self, visit: Told, card: Card) -> dict[str, object]:
        if card.key in visit.trouble:
            told = visit.trouble[card.key]
            return {name: told[name] for name in ("value", "tags", "note")}
        if card.key == CONSENT:
            return {"value": "agreed" if visit.photos else "declined"}
        if card.kind is Kind.WORDS:
            note = self.dice.choice(self.words["care_notes"])
            return {"tags": [self.dice.choice(self.words["care"])], "note": self._once(visit.home, note)}
        if card.kind is Kind.COMMITMENTS:
            return {"value": "" if visit.commitments else "none"}
        if visit.declined and card.key == "bedroom":
            return {"value": "not_seen", "note": self._once(visit.home, "家人在休息，没进屋看。")}
        return {"value": card.choices[0].value}

    def _commitment(self, visit: Told, seq: int, told: dict[str, Any]) -> None:
        row_id, due_on = lot_id(self.dice), visit.on + timedelta(days=told["days"])
        self.rows[Commitment].append(
            {
                "id": row_id,
                "visit_id": visit.id,
                "household_id": visit.home.id,
                "text": told["text"],
                "due_on": due_on,
                "seq": seq,
                "device": self.device,
            }
        )
        looked_after = due_on < self.today - timedelta(days=0 if "in_time" in told else LOOKED_AFTER_DAYS)
        self.rows[FollowUp].append(
            {
                "id": lot_id(self.dice),
                "commitment_id": row_id,
                "household_id": visit.home.id,
                "cadre_id": visit.home.cadre.id,
                "state": FollowUpState.DONE if looked_after else FollowUpState.OPEN,
                "due_on": due_on,
                "scheduled_at": visit.finished_at,
            }
        )

    def _review(self, visit: Told) -> None:
        if visit.state not in (VisitState.REVIEWED, VisitState.SENT_BACK) or visit.finished_at is None:
            return
        sent_back = visit.state is VisitState.SENT_BACK
        later = timedelta(hours=self.dice.randint(2, 50))
        self.rows[Review].append(
            {
                "visit_id": visit.id,
                "revision": 1,
                "supervisor_id": self.readers.get(visit.home.cadre.unit_id, self.office),
                "decision": Decision.SENT_BACK if sent_back else Decision.READ,
                "reason": visit.reason,
                "at": visit.finished_at + later,
            }
        )
