"""Who may read which visit: the one condition that pages, photos and timelines share."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.households.models import Household, Pairing
from fieldvisit.visits.models import Photo, Visit, VisitState


def readable(who: Cadre) -> sa.ColumnElement[bool]:
    """Build the condition "may read this visit": its author always, others once it was finished."""
    others = sa.or_(sa.false(), *_others(who))
    own = sa.and_(Visit.cadre_id == who.id, Visit.state != VisitState.DISCARDED)
    return sa.or_(own, sa.and_(Visit.revision > 0, others))


def readable_visit(who: Cadre, visit_id: UUID) -> Visit:
    """Return a visit that the person may read, or raise NotYours."""
    visit = db.session.scalars(sa.select(Visit).where(Visit.id == visit_id, readable(who))).one_or_none()
    if visit is None:
        raise NotYours
    return visit


class LastVisit(NamedTuple):
    """A household's latest finished visit."""

    id: UUID
    visited_on: date
    revision: int
    state: VisitState


def last_readable(who: Cadre, household_ids: Collection[UUID]) -> dict[UUID, LastVisit]:
    """Map households to their latest finished visit that the person may read."""
    order = sa.func.row_number().over(
        partition_by=Visit.household_id, order_by=(Visit.visited_on.desc(), Visit.id.desc())
    )
    ranked = (
        sa.select(Visit.household_id, Visit.id, Visit.visited_on, Visit.revision, Visit.state, order.label("place"))
        .where(Visit.household_id.in_(household_ids), Visit.revision > 0, readable(who))
        .subquery()
    )
    columns = (ranked.c.id, ranked.c.visited_on, ranked.c.revision, ranked.c.state)
    rows = db.session.execute(sa.select(ranked.c.household_id, *columns).where(ranked.c.place == 1))
    return {household_id: LastVisit(*values) for household_id, *values in rows}


def readable_photo_sha256(who: Cadre, photo_id: UUID) -> str:
    """Return the SHA-256 that names a photo's files, or raise NotYours; a removed photo is nobody's."""
    sha256 = db.session.scalars(
        sa.select(Photo.sha256)
        .join(Visit, Visit.id == Photo.visit_id)
        .where(Photo.id == photo_id, Photo.removed.is_(False), readable(who))
    ).one_or_none()
    if sha256 is None:
        raise NotYours
    return sha256


def _others(who: Cadre) -> Iterator[sa.ColumnElement[bool]]:
    if who.has(Role.SUPERVISOR):
        yield Visit.unit_id.in_(scope_of(who).unit_ids)
    if who.has(Role.SUPERVISOR, Role.OFFICE):
        yield scope_of(who).within(Visit.village_code)
    if who.has(Role.CADRE):
        yield _of_a_household_seen_by(who)


def _of_a_household_seen_by(who: Cadre) -> sa.ColumnElement[bool]:
    day = clock.today()
    paired = sa.exists().where(
        Pairing.household_id == Visit.household_id,
        Pairing.cadre_id == who.id,
        Pairing.starts_on <= day,
        sa.or_(Pairing.ends_on.is_(None), Pairing.ends_on >= day),
    )
    # An administrator's areas are for keeping the list of households, not for reading what was said in them.
    confided = scope_of(who).within_confided(Household.village_code)
    nearby = sa.exists().where(Household.id == Visit.household_id, confided)
    # Only the visit is the surrounding query's, whatever else that reads.
    return sa.or_(paired.correlate(Visit), nearby.correlate(Visit))
