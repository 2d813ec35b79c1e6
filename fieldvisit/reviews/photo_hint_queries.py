"""Photos that were in an earlier visit, too: the very same file, or the same picture made a little different."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
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


class Album:
    """Photos to look in: those of a visit, of a household, of a cadre in a season."""

    def __init__(self, photos: Iterable[Candidate]) -> None:
        self._of: defaultdict[UUID | int, list[Candidate]] = defaultdict(list)
        for photo in sorted(photos, key=_when):
            for place in (photo.visit_id, photo.household_id, photo.cadre_id):
                self._of[place].append(photo)

    def like_ones(self, visit: Subject, known: Collection[UUID]) -> Iterator[LikePhoto]:
        """Find the likest earlier photo of each of a visit's photos, but of the `known` ones."""
        own = [photo for photo in self._of[visit.id] if photo.id not in known]
        before = self._before(visit) if own else []
        bits = [other.bits for other in before]
        for photo in own:
            for place in rules.like_pictures(photo.bits, bits)[:1]:
                other = before[place]
                yield LikePhoto(photo.id, photo.card, other.id, other.visit_id, other.visited_on, exact=False)

    def _before(self, visit: Subject) -> list[Candidate]:
        theirs, household = self._of[visit.cadre_id], self._of[visit.household_id]
        begin = bisect_right(theirs, visit.finished_at - rules.LOOK_BACK, key=_when)
        season = theirs[begin : bisect_left(theirs, visit.finished_at, key=_when)]
        return season + household[: bisect_left(household, visit.finished_at, key=_when)]


def _when(photo: Candidate) -> datetime:
    return photo.finished_at


def like_photos(subjects: Sequence[Subject]) -> dict[UUID, list[LikePhoto]]:
    """Map visits to those of their photos that are like one of an earlier visit, each with its likest.

    The same file is looked for everywhere; a like picture among those that the cadre took in the season before and
    those of the household.
    """
    exact = _same_files(subjects)
    album = Album(_candidates(subjects))
    found: defaultdict[UUID, list[LikePhoto]] = defaultdict(list)
    for visit_id, like in exact:
        found[visit_id].append(like)
    known = {like.photo_id for _, like in exact}
    for visit in subjects:
        found[visit.id] += album.like_ones(visit, known)
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


# A signature is lines on white, and the same person's are alike.
CAN_BE_COMPARED = (Photo.removed.is_(False), Photo.dhash.is_not(None), Photo.card != SIGNATURE)


def _candidates(subjects: Sequence[Subject]) -> list[Candidate]:
    """Return the photos of the visits themselves and all that they are compared with."""
    ids = [visit.id for visit in subjects]
    showing = set(db.session.scalars(sa.select(Photo.visit_id).where(Photo.visit_id.in_(ids), *CAN_BE_COMPARED)))
    if not showing:
        return []
    looking = [visit for visit in subjects if visit.id in showing]
    households = {visit.household_id for visit in looking}
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
        .where(sa.or_(*seasons(looking).values(), Visit.household_id.in_(households)))
        .where(*CAN_BE_COMPARED, Visit.finished_at.is_not(None))
    )
    return [Candidate(row[0], row[1], rules.unsigned(row[2]), *row[3:]) for row in rows]


def seasons(subjects: Sequence[Subject]) -> dict[int, sa.ColumnElement[bool]]:
    """Map the cadres of some visits to the condition "finished by them in the season before or among these"."""
    times: defaultdict[int, list[datetime]] = defaultdict(list)
    for visit in subjects:
        times[visit.cadre_id].append(visit.finished_at)
    return {
        cadre_id: sa.and_(
            Visit.cadre_id == cadre_id,
            Visit.finished_at > min(finished) - rules.LOOK_BACK,
            Visit.finished_at <= max(finished),
        )
        for cadre_id, finished in times.items()
    }
