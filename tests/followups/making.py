"""Commitments with their return visits, for tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from werkzeug.test import TestResponse

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.households.models import Household
from fieldvisit.visits.models import Commitment
from tests.person import Person
from tests.visits.making import make_visit


def promise(
    cadre: Cadre, household: Household, text: str = "问清政策回话", due_on: date | None = None, **values: Any
) -> UUID:
    """Make a commitment, promised 14 days before it falls due (today), with its return visit; return the latter's id.

    The return visit has these values; it is open unless told otherwise.
    """
    due_on = due_on or clock.today()
    visit = make_visit(cadre, household, visited_on=due_on - timedelta(days=14))
    ids = {"visit_id": visit.id, "household_id": household.id}
    row = Commitment(id=uuid4(), text=text, due_on=due_on, device="d", seq=1, removed=False, **ids)
    db.session.add(row)
    db.session.flush()
    follow_up_id = uuid4()
    fields: dict[str, Any] = {
        "id": follow_up_id,
        "commitment_id": row.id,
        "household_id": household.id,
        "cadre_id": cadre.id,
        "unit_id": cadre.unit_id,
        "due_on": due_on,
        "scheduled_at": clock.now(),
    }
    db.session.add(FollowUp(**fields | values))
    db.session.commit()
    return follow_up_id


def fresh(follow_up_id: UUID) -> FollowUp:
    """Return a follow-up as it is now."""
    db.session.rollback()
    return db.session.get_one(FollowUp, follow_up_id)


def rounds(follow_up_id: UUID) -> list[FollowUp]:
    """Return all rounds of the commitment of a follow-up, the first one first, as they are now."""
    found = db.session.query(FollowUp).filter_by(commitment_id=fresh(follow_up_id).commitment_id)
    return sorted(found, key=lambda row: row.round_no)


class AtTheDoor:
    """A cadre's page of a return visit, without the browser."""

    def __init__(self, person: Person, household: Household) -> None:
        self.person = person
        self.household_id = household.id
        self.seq = 0

    def page(self) -> str:
        """Return the page."""
        answer = self.person.get(f"/households/{self.household_id}/followups")
        assert answer.status_code == 200
        return answer.text

    def enter(self, follow_up_id: UUID, **fields: str) -> TestResponse:
        """Save what the page says of one thing."""
        self.seq += 1
        return self._post(f"/followups/{follow_up_id}/entry", {"seq": str(self.seq)} | fields)

    def finish(self, way: str = "at_the_door") -> TestResponse:
        """Finish the return visit."""
        return self._post("/followups/finish", {"way": way})

    def said(self, follow_up_id: UUID, mark: str, way: str = "at_the_door", **fields: str) -> None:
        """Let the cadre note a mark, and finish."""
        assert self.enter(follow_up_id, outcome="kept", mark=mark, **fields).status_code == 200
        assert self.finish(way).status_code == 200

    def judged(self, follow_up_id: UUID, mark: str, judgement_id: UUID | None = None, **fields: str) -> TestResponse:
        """Let the resident judge on the phone that was handed over."""
        return self._post(f"/followups/{follow_up_id}/judgements/{judgement_id or uuid4()}", {"mark": mark} | fields)

    def put_off(self, follow_up_id: UUID, day: date, reason: str) -> TestResponse:
        """Put one thing off."""
        return self._post(f"/followups/{follow_up_id}/put-off", {"day": day.isoformat(), "reason": reason})

    def lapse(self, reason: str) -> TestResponse:
        """Close everything."""
        return self._post("/followups/lapse", {"reason": reason})

    def _post(self, path: str, fields: dict[str, Any]) -> TestResponse:
        url = f"{path}?household={self.household_id}"
        return self.person.post(url, fields, fragment=True, headers={"Idempotency-Key": str(uuid4())})
