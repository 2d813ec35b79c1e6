"""Which concerns may be the same matter as another one, at most 200 by two indexes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.likeness import LONGEST_COMPARED, Candidate
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.seat_queries import visible
from fieldvisit.extensions import db

SINCE = timedelta(days=180)
MOST_OF_EACH = 100


class Matter(NamedTuple):
    """What is known of a concern that others are compared with; `own_id` is its own, once it has one."""

    county_code: str
    village_code: str
    domain: str
    restricted: bool
    own_id: int = 0


def candidates(who: Cadre, matter: Matter, today: date) -> list[Candidate]:
    """Return the latest of the same place, and of the same domain in the county, that the person may know of.

    An open one is never compared with a confidential one: not even a number of it may stand beside it.
    """
    since = today - SINCE
    # Whether somebody may see them is asked of the few found only: so the work stays the same whoever asks.
    near = _latest(Concern.village_code == matter.village_code, Concern.id)
    of_the_domain = _latest(
        sa.and_(
            Concern.county_code == matter.county_code,
            Concern.domain == matter.domain,
            Concern.registered_on >= since,
        ),
        Concern.registered_on,
    )
    rows = db.session.execute(
        sa.select(
            Concern.id,
            Concern.number,
            Concern.state,
            sa.func.substr(Concern.words, 1, LONGEST_COMPARED),
            Concern.village_code,
            Concern.domain,
        ).where(
            sa.or_(Concern.id.in_(near), Concern.id.in_(of_the_domain)),
            Concern.registered_on >= since,
            Concern.restricted == matter.restricted,
            Concern.id != matter.own_id,
            visible(who),
        )
    )
    return [Candidate(*row) for row in rows]


def numbered(who: Cadre, number: str) -> Concern | None:
    """Return the concern of a number, if the person may know of it."""
    return db.session.scalars(sa.select(Concern).where(Concern.number == number, visible(who))).one_or_none()


def merged_here(who: Cadre, concern_id: int) -> Sequence[Concern]:
    """Return the concerns that were merged into one, as far as the person may know of them."""
    return db.session.scalars(
        sa.select(Concern)
        .where(Concern.merged_into_id == concern_id, visible(who))
        .order_by(Concern.id)
        .limit(MOST_OF_EACH)
    ).all()


def merged_into(who: Cadre, concern: Concern) -> Concern | None:
    """Return what a concern was merged into, if the person may know of it."""
    wanted = sa.select(Concern).where(Concern.id == concern.merged_into_id, visible(who))
    return db.session.scalars(wanted).one_or_none()


def _latest(condition: sa.ColumnElement[bool], by: Any) -> sa.Select[int]:
    rows = sa.select(Concern.id).where(condition).order_by(by.desc()).limit(MOST_OF_EACH).subquery()
    return sa.select(rows.c.id)
