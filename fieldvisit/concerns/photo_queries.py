"""Reading the photos of concerns."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.models import Concern, ConcernPhoto
from fieldvisit.concerns.seat_queries import visible
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db


def is_named(sha256: str) -> bool:
    """Say whether a photo of a concern names this file and was not removed."""
    named = sa.select(ConcernPhoto.id).where(ConcernPhoto.sha256 == sha256, ConcernPhoto.removed.is_(False))
    return db.session.scalar(named.limit(1)) is not None


def earlier_photo(concern_id: int, source_sha256: str, photo_id: UUID) -> ConcernPhoto | None:
    """Return the photo that has this id, or the same bytes."""
    photo = db.session.get(ConcernPhoto, photo_id)
    if photo is not None:
        if photo.concern_id != concern_id:
            raise NotYours
        return photo
    return db.session.scalars(
        sa.select(ConcernPhoto).where(
            ConcernPhoto.concern_id == concern_id, ConcernPhoto.source_sha256 == source_sha256
        )
    ).one_or_none()


def photo_of(concern_id: int, photo_id: UUID) -> ConcernPhoto:
    """Return a photo of this concern, or raise NotYours."""
    photo = db.session.get(ConcernPhoto, photo_id)
    if photo is None or photo.concern_id != concern_id:
        raise NotYours
    return photo


def readable_sha256(who: Cadre, photo_id: UUID) -> str:
    """Return the SHA-256 that names a photo's files, or raise NotYours; a removed photo is nobody's."""
    sha256 = db.session.scalars(
        sa.select(ConcernPhoto.sha256)
        .join(Concern, Concern.id == ConcernPhoto.concern_id)
        .where(ConcernPhoto.id == photo_id, ConcernPhoto.removed.is_(False), visible(who))
    ).one_or_none()
    if sha256 is None:
        raise NotYours
    return sha256
