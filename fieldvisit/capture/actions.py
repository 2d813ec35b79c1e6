"""Forgetting old writes."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.capture.models import DurableWrite
from fieldvisit.extensions import db

# A phone that was in a drawer for a season may still repeat its last writes.
KEPT = timedelta(days=90)


def forget_old_writes() -> int:
    """Delete the keys of writes older than 90 days; return how many. Not committed here."""
    old = sa.delete(DurableWrite).where(DurableWrite.at < clock.now() - KEPT).returning(DurableWrite.key)
    return len(db.session.execute(old).all())
