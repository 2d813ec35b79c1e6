"""Photos that were in an earlier visit, too: the very same file, or the same picture made a little different."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from fieldvisit.extensions import db
from fieldvisit.reviews import rules
from fieldvisit.reviews.hints import LikePhoto, Subject
from fieldvisit.visits.checklist import SIGNATURE
from fieldvisit.visits.models import Photo, Visit

# The same file in more visits than this: what the page says of it is the same.
MOST_SAME = 2000


class Candidate(NamedTuple):
    """A photo of a finished visit that can be compared by what it looks like."""

    id: UUID
    card: str
    bits: int
    visit_id: UUID
    cadre_id: int
    household_id: UUID
    visited_on: date
    finished_at: datetime


def like_photos(subjects: Sequence[Subject]) -> dict[UUID, list[LikePhoto]]:
    """Map visits to those of their photos that are like one of an earlier visit, each with its likest.

    The same file is looked for everywhere; a like picture among those that the cadre took in the season before and
    those of the household.
    """
    exact = _same_files(subjects)
    candidates = _candidates(subjects)
    found: defaultdict[UUID, list[LikePhoto]] = defaultdict(list)
    for visit_id, like in exact:
        found[visit_id].append(like)
    known = {like.photo_id for _, like in exact}
    for visit in subjects:
        own = [photo for photo in candidates if photo.visit_id == visit.id and photo.id not in known]
        found[visit.id] += _like_ones(visit, own, candidates) if own else []
    for likes in found.values():
        likes.sort(key=lambda like: (not like.exact, -like.on.toordinal(), like.photo_id))
    return found


def _same_files(subjects: Sequence[Subject]) -> list[tuple[UUID, LikePhoto]]:
    this, earlier, mine, other = aliased(Visit), aliased(Visit), aliased(Photo), aliased(Photo)
    rows: Iterable[Any] = db.session.execute(
        sa.select(this.id, mine.id, mine.card, other.id, earlier.id, earlier.visited_on)
        .join(mine, mine.visit_id == this.id)
        .join(other, other.sha256 == mine.sha256)
        .join(earlier, earlier.id == other.visit_id)
        .where(this.id.in_([visit.id for visit in subjects]), mine.removed.is_(False), other.removed.is_(False))
        # A draft has no finishing time, so it is before nothing.
        .where(earlier.finished_at < this.finished_at)
        .limit(MOST_SAME)
    )
    latest: dict[UUID, tuple[UUID, LikePhoto]] = {}
    for visit_id, photo_id, card, other_id, earlier_id, on in rows:
        if photo_id not in latest or latest[photo_id][1].on < on:
            latest[photo_id] = visit_id, LikePhoto(photo_id, card, other_id, earlier_id, on, exact=True)
    return list(latest.values())


def _candidates(subjects: Sequence[Subject]) -> list[Candidate]:
    """Return the photos of the visits themselves and all that they are compared with."""
    rows: Iterable[Any] = db.session.execute(
        sa.select(
            Photo.id,
            Photo.card,
            Photo.dhash,
            Visit.id,
            Visit.cadre_id,
            Visit.household_id,
            Visit.visited_on,
            Visit.finished_at,
        )
        .join(Visit, Visit.id == Photo.visit_id)
        .where(sa.or_(sa.false(), *seasons(subjects), Visit.household_id.in_({v.household_id for v in subjects})))
        # A signature is lines on white, and the same person's are alike.
        .where(Photo.removed.is_(False), Photo.dhash.is_not(None), Photo.card != SIGNATURE)
        .where(Visit.finished_at.is_not(None))
    )
    return [Candidate(row[0], row[1], rules.unsigned(row[2]), *row[3:]) for row in rows]


def seasons(subjects: Sequence[Subject]) -> Iterator[sa.ColumnElement[bool]]:
    """Build, for each cadre of some visits, the condition "finished by them in the season before or among these"."""
    times: defaultdict[int, list[datetime]] = defaultdict(list)
    for visit in subjects:
        times[visit.cadre_id].append(visit.finished_at)
    for cadre_id, finished in times.items():
        first = min(finished) - rules.LOOK_BACK
        yield sa.and_(Visit.cadre_id == cadre_id, Visit.finished_at > first, Visit.finished_at <= max(finished))


def _like_ones(visit: Subject, own: list[Candidate], candidates: list[Candidate]) -> Iterator[LikePhoto]:
    since = visit.finished_at - rules.LOOK_BACK
    before = [
        other
        for other in candidates
        if other.finished_at < visit.finished_at
        and (
            other.household_id == visit.household_id or (other.cadre_id == visit.cadre_id and other.finished_at > since)
        )
    ]
    bits = [other.bits for other in before]
    for photo in own:
        for place in rules.like_pictures(photo.bits, bits)[:1]:
            other = before[place]
            yield LikePhoto(photo.id, photo.card, other.id, other.visit_id, other.visited_on, exact=False)
