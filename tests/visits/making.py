"""Visits for tests: one with content, or very many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import current_app

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from fieldvisit.visits.checklist import DEFAULT_VERSION
from fieldvisit.visits.models import Answer, Commitment, Photo, Visit, VisitRevision, VisitState

ALL_WELL = {
    "photo_consent": "agreed",
    "kitchen": "good",
    "bedroom": "good",
    "toilet": "good",
    "living": "fine",
    "work": "fine",
    "suggestions": "fine",
    "contact": "left",
}
START = datetime(2026, 9, 1, 2, 0, tzinfo=clock.CHINA)
_numbers = count(1)


def make_visit(cadre: Cadre, household: Household, **values: Any) -> Visit:
    """Make a visit, finished a little later than the one before unless told otherwise."""
    finished_at = START + timedelta(minutes=next(_numbers))
    fields: dict[str, Any] = {
        "id": uuid4(),
        "household_id": household.id,
        "cadre_id": cadre.id,
        "unit_id": cadre.unit_id,
        "village_code": household.village_code,
        "state": VisitState.FINISHED,
        "visited_on": date(2026, 9, 1),
        "checklist_version": DEFAULT_VERSION,
        "started_at": finished_at,
        "finished_at": finished_at,
        "revision": 1,
    }
    fields |= values
    if fields["state"] in (VisitState.DRAFT, VisitState.DISCARDED):
        fields |= {"finished_at": None, "revision": 0}
    visit: Visit = _add(Visit(**fields))
    return visit


def answer(visit: Visit, card: str, value: str = "", tags: Sequence[str] = (), note: str = "") -> Answer:
    """Let a card of a visit say something."""
    saved: Answer = _add(
        Answer(
            visit_id=visit.id,
            card=card,
            value=value,
            tags=list(tags),
            note=note,
            device="phone",
            seq=1,
            revision=1,
            saved_at=clock.now(),
        )
    )
    return saved


def answer_all_well(visit: Visit) -> None:
    """Answer every card as when all is well, with one phrase of care and no commitment yet."""
    for card, value in ALL_WELL.items():
        answer(visit, card, value)
    answer(visit, "care_words", tags=["有事随时打电话"])


def commit_to(visit: Visit, text: str = "帮忙问清政策并回话", due_on: date = date(2026, 9, 19)) -> Commitment:
    """Add a commitment to a visit."""
    commitment: Commitment = _add(
        Commitment(
            id=uuid4(),
            visit_id=visit.id,
            household_id=visit.household_id,
            text=text,
            due_on=due_on,
            device="phone",
            seq=1,
            removed=False,
        )
    )
    return commitment


def photograph(visit: Visit, card: str = "kitchen", sha256: str = "", **values: Any) -> Photo:
    """Add a photo's row to a visit; each is another picture unless told otherwise."""
    sha256 = sha256 or f"{next(_numbers):064x}"
    photo: Photo = _add(
        Photo(
            id=uuid4(),
            visit_id=visit.id,
            card=card,
            sha256=sha256,
            source_sha256=f"{next(_numbers):064x}",
            width=1600,
            height=1200,
            added_at=clock.now(),
            **values,
        )
    )
    return photo


def store_files(photo: Photo, full: bytes = b"full", small: bytes = b"small") -> None:
    """Put some bytes where a photo's two pictures lie."""
    folder: Path = current_app.extensions["fieldvisit"].photo_dir / photo.sha256[:2]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{photo.sha256}.jpg").write_bytes(full)
    (folder / f"{photo.sha256}.320.jpg").write_bytes(small)


def earlier(visit: Visit, revision: int, content: dict[str, Any], reason: str = "写错了") -> VisitRevision:
    """Keep an earlier version of a visit, as an amendment does."""
    whole = {"answers": {}, "commitments": [], "photos": [], "visited_on": "2026-09-01"} | content
    kept: VisitRevision = _add(
        VisitRevision(visit_id=visit.id, revision=revision, reason=reason, amended_at=clock.now(), content=whole)
    )
    return kept


def many_visits(rows: Sequence[dict[str, Any]]) -> list[UUID]:
    """Insert very many visits at once; each row says what differs from a finished visit of its cadre."""
    if not rows:
        return []
    whole: list[dict[str, Any]] = [
        {
            "id": uuid4(),
            "state": VisitState.FINISHED,
            "visited_on": date(2026, 9, 1),
            "checklist_version": DEFAULT_VERSION,
            "started_at": START,
            "finished_at": START,
            "revision": 1,
        }
        | row
        for row in rows
    ]
    db.session.execute(sa.insert(Visit), whole)
    db.session.commit()
    return [row["id"] for row in whole]


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row
