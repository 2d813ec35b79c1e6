"""Writing the audit record, in the transaction of what it tells of."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db

# Of the table itself, and built once.
INSERT = sa.insert(AuditEvent.metadata.tables[AuditEvent.__tablename__])


def record(actor_id: int | None, action: str, subject_type: str, subject_id: object, **detail: Any) -> None:
    """Note that `actor_id` (None: nobody signed in, or the command line) did `action` to a subject.

    `detail` must be plain JSON values, without residents' names or phone numbers.
    """
    row = {
        "at": clock.now(),
        "actor_id": actor_id,
        "action": action,
        "subject_type": subject_type,
        "subject_id": str(subject_id),
        "detail": detail,
    }
    db.session.execute(INSERT, row)
