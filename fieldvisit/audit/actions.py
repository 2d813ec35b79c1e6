"""Writing the audit record, in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Iterable
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
    record_many(actor_id, action, subject_type, [subject_id], **detail)


def record_many(
    actor_id: int | None, action: str, subject_type: str, subject_ids: Iterable[object], **detail: Any
) -> None:
    """Note the same action for each of some subjects (at least one)."""
    row = {
        "at": clock.now(),
        "actor_id": actor_id,
        "action": action,
        "subject_type": subject_type,
        "detail": detail,
    }
    db.session.execute(INSERT, [row | {"subject_id": str(subject_id)} for subject_id in subject_ids])
