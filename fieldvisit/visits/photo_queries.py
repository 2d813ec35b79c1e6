"""Reading which photo files are still needed."""

from __future__ import annotations

import sqlalchemy as sa

from fieldvisit.extensions import db
from fieldvisit.visits.models import Photo


def is_named(sha256: str) -> bool:
    """Say whether a photo that was not removed names this file."""
    named = sa.select(Photo.id).where(Photo.sha256 == sha256, Photo.removed.is_(False)).limit(1)
    return db.session.scalar(named) is not None
