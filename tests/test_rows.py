"""Facts about rows that two requests may make at the same moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit.audit.actions import record
from fieldvisit.audit.models import AuditEvent
from fieldvisit.complaints.models import AddressUse
from fieldvisit.extensions import db
from fieldvisit.rows import get_or_make

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def use(times: int = 0) -> AddressUse:
    """Make a row with always the same key."""
    return AddressUse(digest="one", times=times, since=NOON)


def found() -> AddressUse | None:
    """Find it, as it is now."""
    return db.session.get(AddressUse, "one", populate_existing=True)


def test_a_row_that_is_not_there_is_made_and_one_that_is_there_is_found(app: Flask) -> None:
    made, is_new = get_or_make(found, use)
    assert is_new
    assert get_or_make(found, use) == (made, False)


def test_when_somebody_else_was_faster_theirs_is_returned_and_nothing_that_was_done_for_ones_own_stays(
    app: Flask,
) -> None:
    db.session.execute(sa.insert(AddressUse).values(digest="one", times=7, since=NOON))
    db.session.commit()
    finds = iter([lambda: None, found])

    def make() -> AddressUse:
        record(None, "tried", "test", 1)
        return use()

    row, is_new = get_or_make(lambda: next(finds)(), make)
    assert (row.times, is_new) == (7, False)
    db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == 0


def test_what_is_wrong_with_the_row_itself_is_not_taken_for_somebody_elses(app: Flask) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        get_or_make(found, lambda: AddressUse(digest="one", since=NOON))
    db.session.rollback()
