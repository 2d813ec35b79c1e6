"""Counting concerns by town and domain; confidential ones never count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.concerns.lists import lists
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.unit_queries import TOWN_DIGITS
from fieldvisit.extensions import db
from fieldvisit.hotspots import rules
from fieldvisit.hotspots.rules import Cell, Hotspot
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import Division, Level

YEAR = 365


@dataclass(frozen=True)
class Period:
    """Some days in a row, both ends included, and the year before them."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return how many days they are."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """Return the year before."""
        return Period(self.first - timedelta(days=YEAR), self.first - timedelta(days=1))


def last_days(today: date, number: int) -> Period:
    """Return the last so many days, today among them."""
    return Period(today - timedelta(days=number - 1), today)


def area_of(who: Cadre) -> str | None:
    """Return the code of the area that a person's unit governs, for those who look after an area."""
    if not who.has(Role.OFFICE, Role.SUPERVISOR):
        return None
    return organisation.unit(who.unit_id).division_code


def hotspots_in(area: str, period: Period) -> list[Hotspot]:
    """Return what stands out in an area in a period, in three queries; towns are compared within their counties."""
    town = sa.func.substr(Concern.village_code, 1, TOWN_DIGITS)
    now = _counts(area, period, town)
    likely = [cell for cell in now if cell.now >= rules.LEAST_CONCERNS and cell.households >= rules.LEAST_HOUSEHOLDS]
    before = _counts_before(area, period.before, town, {cell.domain for cell in likely}) if likely else {}
    cells = [
        Cell(cell.town_code, cell.domain, cell.now, before.get((cell.town_code, cell.domain), 0), cell.households)
        for cell in likely
    ]
    return rules.hotspots(cells, _tested(area), period.days, period.before.days)


def _in_period(area: str, period: Period) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        organisation.in_area(Concern.county_code, area[:6]),
        organisation.in_area(Concern.village_code, area),
        Concern.registered_on.between(period.first, period.last),
        Concern.restricted.is_(False),
    )


def _counts(area: str, period: Period, town: sa.ColumnElement[str]) -> list[Cell]:
    # Whoever has no household here is known by the phone left; all others together count as one, or a single
    # person who writes often would be a hotspot.
    households = (
        sa.func.count(Concern.household_id.distinct())
        + sa.func.count(sa.case((Concern.household_id.is_(None), Concern.asker_phone)).distinct())
    )  # fmt: skip
    rows = db.session.execute(
        sa.select(town, Concern.domain, sa.func.count(), households)
        .where(*_in_period(area, period), sa.func.length(Concern.village_code) >= TOWN_DIGITS)
        .group_by(town, Concern.domain)
    )
    return [Cell(town_code, domain, number, 0, people) for town_code, domain, number, people in rows]


def _counts_before(
    area: str, period: Period, town: sa.ColumnElement[str], domains: Iterable[str]
) -> dict[tuple[str, str], int]:
    rows = db.session.execute(
        sa.select(town, Concern.domain, sa.func.count())
        .where(*_in_period(area, period), Concern.domain.in_(sorted(domains)))
        .group_by(town, Concern.domain)
    )
    return {(town_code, domain): number for town_code, domain, number in rows}


def _tested(area: str) -> int:
    """Return how many pairs of a town and a domain there are to look at in an area."""
    towns = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(Division)
        .where(Division.level == Level.TOWN, organisation.in_area(Division.code, area))
    )
    known = lists()
    return max(1, towns or 0) * sum(1 for domain in known.domains.values() if domain.parent)
