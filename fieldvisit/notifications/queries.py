"""Reading one's own notices."""

from __future__ import annotations

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.notifications.models import Notice
from fieldvisit.notifications.rules import MOST_SHOWN
from fieldvisit.numbers import small_number
from fieldvisit.paging import PAGE_SIZE, Page, cut, decode_cursor

# Built once, because every page asks it; it stops counting where the bell does.
_UNSEEN = (
    sa.select(sa.literal(1))
    .select_from(Notice)
    .where(Notice.cadre_id == sa.bindparam("cadre_id"), Notice.seen_at.is_(None))
    .limit(MOST_SHOWN + 1)
)
UNSEEN = sa.select(sa.func.count()).select_from(_UNSEEN.subquery())


def unseen(cadre_id: int) -> int:
    """Count what a person has not seen yet, up to 100."""
    return db.session.execute(UNSEEN, {"cadre_id": cadre_id}).scalar_one()


def notices(who: Cadre, cursor: str | None) -> Page[Notice]:
    """Return a page of a person's own notices, the newest first."""
    statement = sa.select(Notice).where(Notice.cadre_id == who.id).order_by(Notice.id.desc()).limit(PAGE_SIZE + 1)
    last = decode_cursor(cursor, 1)
    before_id = small_number(last[0]) if last else None
    if before_id is not None:
        statement = statement.where(Notice.id < before_id)
    return cut(db.session.scalars(statement).all(), lambda notice: (str(notice.id),))
