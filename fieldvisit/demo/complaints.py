"""A few invented complaints, so that the office's list is not empty."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.complaints import receipts, rules
from fieldvisit.complaints.models import Complaint, ComplaintAnswer, ComplaintCall, ComplaintMonth, Kind, State
from fieldvisit.demo.households import words
from fieldvisit.extensions import db
from fieldvisit.organisation import queries as organisation

NAMESPACE = UUID(int=20260901)
# One for all of them, so that looking up can be tried out; it guards invented words only.
DEMO_CODE = "FANCHANG"
MORNING = timedelta(hours=9, minutes=20)


def add_complaints(cadres: dict[str, Cadre], today: date) -> None:
    """Add the complaints, the oldest first, as their numbers go by month."""
    office = next(cadre for cadre in cadres.values() if cadre.has(Role.OFFICE))
    (county_code,) = (county.code for county in organisation.counties())
    counters: dict[str, ComplaintMonth] = {}
    for told in sorted(words("complaints.json"), key=lambda told: -int(told["days_ago"])):
        day = today - timedelta(days=told["days_ago"])
        month = rules.month_of(day)
        counter = counters.setdefault(month, ComplaintMonth(month=month, last=0))
        counter.last += 1
        _add(told, day, rules.number_of(month, counter.last), office, county_code)
    db.session.add_all(counters.values())


def _add(told: dict[str, Any], day: date, number: str, office: Cadre, county_code: str) -> None:
    complaint_id, at = uuid5(NAMESPACE, number), min(clock.day_start(day) + MORNING, clock.now())
    answers, calls, wished = told.get("answers", []), told.get("calls", []), told.get("call_back", False)
    complaint = Complaint(
        id=complaint_id,
        number=number,
        kind=Kind(told["kind"]),
        county_code=county_code,
        words=told["words"],
        place=told["place"],
        name=told.get("name", ""),
        phone=told.get("phone", ""),
        call_back=wished,
        code_sha256=receipts.code_digest(complaint_id, DEMO_CODE),
        filed_at=at,
        answer_by=rules.answer_by(day),
        state=State.ANSWERED if answers else State.OPEN,
        calling=rules.is_calling(wished, [call["reached"] for call in calls]),
    )
    db.session.add(complaint)
    db.session.flush()
    for nth, answer in enumerate(answers, 1):
        given = at + timedelta(days=2 * nth)
        db.session.add(ComplaintAnswer(complaint_id=complaint_id, nth=nth, words=answer, cadre_id=office.id, at=given))
    for nth, call in enumerate(calls, 1):
        called = at + timedelta(days=2, hours=nth)
        db.session.add(ComplaintCall(complaint_id=complaint_id, nth=nth, cadre_id=office.id, at=called, **call))
