"""Reading photos: those of a visit, and which files are still needed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.visits.checklist import CONSENT
from fieldvisit.visits.models import Answer, Photo, Visit, VisitState

ANSWERS = Answer.metadata.tables[Answer.__tablename__]
PHOTOS = Photo.metadata.tables[Photo.__tablename__]


def is_named(sha256: str) -> bool:
    """Say whether a photo names this file that was not removed, in a visit that was not thrown away."""
    named = (
        sa.select(Photo.id)
        .join(Visit, Visit.id == Photo.visit_id)
        .where(Photo.sha256 == sha256, Photo.removed.is_(False), Visit.state != VisitState.DISCARDED)
        .limit(1)
    )
    return db.session.scalar(named) is not None


def photos(visit_id: UUID) -> dict[str, list[Photo]]:
    """Map card keys to their photos, oldest first; the signature is under "signature"."""
    kept: dict[str, list[Photo]] = {}
    statement = (
        sa.select(Photo).where(Photo.visit_id == visit_id, Photo.removed.is_(False)).order_by(Photo.added_at, Photo.id)
    )
    for row in db.session.scalars(statement):
        kept.setdefault(row.card, []).append(row)
    return kept


def photo_of(visit_id: UUID, photo_id: UUID) -> Photo:
    """Return a photo of this visit, or raise NotYours."""
    photo = db.session.get(Photo, photo_id)
    if photo is None or photo.visit_id != visit_id:
        raise NotYours
    return photo


def without_fingerprint(after: UUID | None, limit: int) -> Sequence[Photo]:
    """Return the next photos, by id, of which it is not known what they look like."""
    beyond = [Photo.id > after] if after else []
    return db.session.scalars(
        sa.select(Photo).where(Photo.dhash.is_(None), *beyond).order_by(Photo.id).limit(limit)
    ).all()


SAME_BYTES = sa.and_(
    Photo.visit_id == sa.bindparam("visit_id"),
    Photo.card == sa.bindparam("card"),
    Photo.source_sha256 == sa.bindparam("source_sha256"),
)
SAME_BYTES_OR_ID = sa.select(Photo).where(sa.or_(SAME_BYTES, Photo.id == sa.bindparam("photo_id")))


def earlier_photo(visit_id: UUID, card: str, source_sha256: str, photo_id: UUID) -> Photo | None:
    """Return the photo that the same bytes made on this card before, also a removed one.

    NotYours when the id that the new one would have is another photo's.
    """
    wanted = {"visit_id": visit_id, "card": card, "source_sha256": source_sha256}
    found = db.session.scalars(SAME_BYTES_OR_ID, {**wanted, "photo_id": photo_id}).all()
    same = [photo for photo in found if {name: getattr(photo, name) for name in wanted} == wanted]
    if found and not same:
        raise NotYours
    return same[0] if same else None


# One question, of the tables themselves, and built once: each photo asks it twice.
ROOM_FOR_PHOTO = sa.select(
    sa.select(ANSWERS.c.value)
    .where(ANSWERS.c.visit_id == sa.bindparam("visit_id", type_=sa.Uuid()), ANSWERS.c.card == CONSENT)
    .scalar_subquery(),
    sa.select(sa.func.count())
    .where(PHOTOS.c.visit_id == sa.bindparam("visit_id", type_=sa.Uuid()), PHOTOS.c.removed.is_(False))
    .scalar_subquery(),
)


def room_for_photo(visit_id: UUID) -> tuple[str | None, int]:
    """Return what a visit says about consent to photos, if anything, and how many photos stand there."""
    consent, photos = db.session.execute(ROOM_FOR_PHOTO, {"visit_id": visit_id}).one()
    return consent, photos
