"""Filing complaints as a browser does, and reading what comes back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from werkzeug.test import TestResponse

from fieldvisit import clock
from fieldvisit.audit.models import AuditEvent
from fieldvisit.complaints import receipts, rules
from fieldvisit.complaints.models import Complaint, Kind, State
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Division
from tests.factories import COUNTY
from tests.person import Person

WORDS = "村口的路灯坏了两个月，晚上看不见路。"
PHONE = "13905530009"


class Receipt(NamedTuple):
    """What somebody takes home."""

    number: str
    code: str


def receipt_of(answer: TestResponse) -> Receipt:
    """Read a receipt page."""
    assert answer.status_code == 200, answer.text
    number, code = re.findall(r'<dd class="secret">(.+?)</dd>', answer.text)
    return Receipt(number, code)


class Filer:
    """Fills the form in a browser."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def filled(self, **typed: Any) -> dict[str, Any]:
        """Open the form and fill it in."""
        page = self.person.get("/complaints").text
        word = re.search(r'name="word" value="([0-9a-f]{32})"', page)
        assert word is not None
        return {"word": word[1], "kind": "complaint", "words": WORDS} | typed

    def send(self, data: dict[str, Any], **options: Any) -> TestResponse:
        """Send a filled form."""
        return self.person.post("/complaints", data, **options)

    def file(self, **typed: Any) -> Receipt:
        """Open, fill and send."""
        return receipt_of(self.send(self.filled(**typed)))

    def look_up(self, number: str, code: str, **options: Any) -> TestResponse:
        """Ask what has become of one."""
        return self.person.post("/complaints/look-up", {"number": number, "code": code}, **options)


def complaints() -> list[Complaint]:
    """Return all complaints by number."""
    return list(db.session.scalars(sa.select(Complaint).order_by(Complaint.number)))


def the_one() -> Complaint:
    """Return the only complaint."""
    (found,) = complaints()
    return found


def audited(action: str) -> list[AuditEvent]:
    """Return the audit rows of an action."""
    return list(db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == action)))


def make_complaint(days_ago: int = 0, **values: Any) -> Complaint:
    """Make a complaint without filing it; each with a number and an age of its own."""
    complaint_id: UUID = uuid4()
    filed_at = clock.now() - timedelta(days=days_ago)
    fields: dict[str, Any] = {
        "id": complaint_id,
        "number": f"投-202001-{db.session.scalar(sa.select(sa.func.count()).select_from(Complaint)):04}",
        "kind": Kind.COMPLAINT,
        "county_code": COUNTY if db.session.get(Division, COUNTY) else None,
        "words": WORDS,
        "place": "",
        "name": "",
        "phone": "",
        "call_back": False,
        "code_sha256": receipts.code_digest(complaint_id, "ABCD2345"),
        "filed_at": filed_at,
        "answer_by": rules.answer_by(clock.local(filed_at).date()),
        "state": State.OPEN,
        "calling": False,
    }
    complaint = Complaint(**fields | values)
    db.session.add(complaint)
    db.session.commit()
    return complaint
