"""Reading the photos of return visits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp, FollowUpPhoto
from fieldvisit.followups.rules import PhotoKind
from fieldvisit.followups.subject_queries import may_read, with_subjects


def is_named(sha256: str) -> bool:
    """Say whether a photo of a return visit names this file and was not removed."""
    named = sa.select(FollowUpPhoto.id).where(FollowUpPhoto.sha256 == sha256, FollowUpPhoto.removed.is_(False))
    return db.session.scalar(named.limit(1)) is not None


def photos_of(follow_up_ids: Collection[UUID]) -> dict[UUID, list[FollowUpPhoto]]:
    """Map follow-ups to their photos and signatures, the oldest first."""
    rows = db.session.scalars(
        sa.select(FollowUpPhoto)
        .where(FollowUpPhoto.follow_up_id.in_(follow_up_ids), FollowUpPhoto.removed.is_(False))
        .order_by(FollowUpPhoto.added_at, FollowUpPhoto.id)
    )
    found: dict[UUID, list[FollowUpPhoto]] = defaultdict(list)
    for row in rows:
        found[row.follow_up_id].append(row)
    return found


def earlier_photo(follow_up_id: UUID, kind: PhotoKind, source_sha256: str, photo_id: UUID) -> FollowUpPhoto | None:
    """Return the photo that has this id, or the same bytes."""
    photo = db.session.get(FollowUpPhoto, photo_id)
    if photo is not None:
        if photo.follow_up_id != follow_up_id:
            raise NotYours
        return photo
    return db.session.scalars(
        sa.select(FollowUpPhoto).where(
            FollowUpPhoto.follow_up_id == follow_up_id,
            FollowUpPhoto.kind == kind,
            FollowUpPhoto.source_sha256 == source_sha256,
        )
    ).one_or_none()


def photo_of(follow_up_id: UUID, photo_id: UUID) -> FollowUpPhoto:
    """Return a photo of this follow-up, or raise NotYours."""
    photo = db.session.get(FollowUpPhoto, photo_id)
    if photo is None or photo.follow_up_id != follow_up_id:
        raise NotYours
    return photo


def readable_sha256(who: Cadre, photo_id: UUID) -> str:
    """Return the SHA-256 that names a photo's files, or raise NotYours; a removed photo is nobody's."""
    sha256: str | None = db.session.scalars(
        with_subjects(sa.select(FollowUpPhoto.sha256).join(FollowUp, FollowUp.id == FollowUpPhoto.follow_up_id))
        .where(FollowUpPhoto.id == photo_id, FollowUpPhoto.removed.is_(False))
        .where(sa.or_(FollowUp.cadre_id == who.id, may_read(who)))
    ).one_or_none()
    if sha256 is None:
        raise NotYours
    return sha256
