"""Reading which photo files are still needed."""

from __future__ import annotations

import sqlalchemy as sa

from fieldvisit.extensions import db
from fieldvisit.visits.models import Photo, Visit, VisitState


def is_named(sha256: str) -> bool:
    """Say whether a photo names this file that was not removed, in a visit that was not thrown away."""
    named = (
        sa.select(Photo.id)
        .join(Visit, Visit.id == Photo.visit_id)
        .where(Photo.sha256 == sha256, Photo.removed.is_(False), Visit.state != VisitState.DISCARDED)
        .limit(1)
    )
    return db.session.scalar(named) is not None
