"""Reading single concerns: their steps, their numbers' counters, what has arrived already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.models import Concern, ConcernMonth, ConcernPhoto, ConcernStep, ConcernUnit, CountyMark
from fieldvisit.concerns.rules import Step
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Unit


class Taken(NamedTuple):
    """One step of a concern, and who took it for which unit."""

    row: ConcernStep
    cadre_name: str | None
    unit_name: str | None


def registered(uid: UUID) -> Concern | None:
    """Return what was registered under this id already, for whoever registers it."""
    return db.session.scalars(
        sa.select(Concern).where(Concern.uid == uid).execution_options(populate_existing=True)
    ).one_or_none()


def steps_of(concern_id: int) -> Sequence[Taken]:
    """Return the steps of a concern, the latest first."""
    rows = db.session.execute(
        sa.select(ConcernStep, Cadre.name, Unit.name)
        .outerjoin(Cadre, Cadre.id == ConcernStep.cadre_id)
        .outerjoin(Unit, Unit.id == ConcernStep.unit_id)
        .where(ConcernStep.concern_id == concern_id)
        .order_by(ConcernStep.nth.desc())
    )
    return [Taken(*row) for row in rows]


def last_step(concern_id: int) -> ConcernStep:
    """Return the latest step of a concern."""
    return db.session.scalars(
        sa.select(ConcernStep).where(ConcernStep.concern_id == concern_id).order_by(ConcernStep.nth.desc()).limit(1)
    ).one()


def units_of(concern_id: int) -> Sequence[ConcernUnit]:
    """Return the rows that put a concern on units' lists."""
    return db.session.scalars(sa.select(ConcernUnit).where(ConcernUnit.concern_id == concern_id)).all()


def photos_of(concern_id: int) -> Sequence[ConcernPhoto]:
    """Return the photos that were added to a concern and are still there."""
    return db.session.scalars(
        sa.select(ConcernPhoto)
        .where(ConcernPhoto.concern_id == concern_id, ConcernPhoto.removed.is_(False))
        .order_by(ConcernPhoto.added_at, ConcernPhoto.id)
    ).all()


def hold_series(series: str) -> ConcernMonth | None:
    """Return the counter of a series, locked until the commit."""
    return db.session.get(ConcernMonth, series, with_for_update=True, populate_existing=True)


def mark_of(county_code: str) -> CountyMark | None:
    """Return the mark of a county's numbers, once it has one."""
    return db.session.get(CountyMark, county_code)


def marks() -> set[str]:
    """Return the marks that counties have."""
    return set(db.session.scalars(sa.select(CountyMark.mark)))


def name_of(cadre_id: int | None) -> str:
    """Return the name of whoever took a step; nobody's is the residents' own."""
    name = db.session.scalar(sa.select(Cadre.name).where(Cadre.id == cadre_id)) if cadre_id is not None else None
    return name or "住户"


def names_of(cadre_ids: Iterable[int]) -> dict[int, str]:
    """Map the ids of people to their names."""
    return dict(db.session.execute(sa.select(Cadre.id, Cadre.name).where(Cadre.id.in_(list(cadre_ids)))).all())


def units_that_returned(concern_id: int) -> set[int]:
    """Return the ids of the units whose handlers gave a concern back."""
    rows = sa.select(ConcernStep.details).where(ConcernStep.concern_id == concern_id, ConcernStep.step == Step.RETURN)
    return {details["handling_unit_id"][0] for details in db.session.scalars(rows) if "handling_unit_id" in details}


def numbered(number: str) -> Concern | None:
    """Return the concern of a number, for whoever has its query code; the caller checks that."""
    return db.session.scalars(sa.select(Concern).where(Concern.number == number)).one_or_none()


def told_steps(concern_id: int) -> Sequence[ConcernStep]:
    """Return the steps whose words the resident reads, the latest first."""
    return db.session.scalars(
        sa.select(ConcernStep)
        .where(ConcernStep.concern_id == concern_id, ConcernStep.told)
        .order_by(ConcernStep.nth.desc())
    ).all()
