"""Reading reports, for whoever may: the office all of its counties', units what was issued of themselves."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.accounts.queries import has_role
from fieldvisit.concerns import choice_queries, seat_queries
from fieldvisit.concerns.models import Concern, CountyMark
from fieldvisit.concerns.seat_queries import Seat
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.organisation import queries as organisation
from fieldvisit.organisation.models import ContactPoint, Division, Level, Unit
from fieldvisit.reports import snapshot
from fieldvisit.reports.corrections import Correction
from fieldvisit.reports.models import MonthlyReport, ReportCorrection
from fieldvisit.reports.months import Month
from fieldvisit.reports.snapshot import Snapshot

COUNTY_DIGITS = 6
log = logging.getLogger(__name__)


class Spoilt(Refused):
    """A frozen report is not what was issued: its text and its hash do not agree. Nobody is shown it."""

    def __init__(self) -> None:
        super().__init__("这份月报和定稿时存的校验码对不上，可能被改动过，不能显示。请系统管理员从备份核对。", 500)


def counties_of(who: Cadre) -> Sequence[Division]:
    """Return the counties for which an office reports, at least one.

    Refused: it has no area. NotYours: its area is smaller than a county.
    """
    governed = organisation.unit(who.unit_id).division_code
    if governed is None:
        raise Refused("您的单位没有设管辖范围，不能做民情月报。请联系管理员。")
    found = choice_queries.counties([governed]) if len(governed) <= COUNTY_DIGITS else ()
    if not found:
        raise NotYours
    return found


def county_for(who: Cadre, code: str) -> Division:
    """Return one of the counties for which a person's office reports, or raise NotYours."""
    found = next((county for county in counties_of(who) if county.code == code), None)
    if found is None:
        raise NotYours
    return found


def report_of(county_code: str, month: Month) -> MonthlyReport | None:
    """Return a month's report, as it is in the database now."""
    return db.session.scalars(_report(county_code, month)).one_or_none()


def report_to_change(county_code: str, month: Month) -> MonthlyReport | None:
    """Return the same, locked until the commit."""
    return db.session.scalars(_report(county_code, month).with_for_update()).one_or_none()


def _report(county_code: str, month: Month) -> sa.Select[MonthlyReport]:
    return (
        sa.select(MonthlyReport)
        .where(MonthlyReport.county_code == county_code, MonthlyReport.month == month.first)
        .execution_options(populate_existing=True)
    )


def reports_of(county_code: str) -> list[MonthlyReport]:
    """Return all reports of a county, the latest first."""
    return list(
        db.session.scalars(
            sa.select(MonthlyReport)
            .where(MonthlyReport.county_code == county_code)
            .order_by(MonthlyReport.month.desc())
        )
    )


def frozen(report: MonthlyReport) -> Snapshot:
    """Return what was issued. Spoilt: it is not what was issued any more."""
    text = report.written or ""
    if snapshot.digest(text) != report.sha256:
        log.error("The report of %s, %s, does not agree with its hash.", report.county_code, report.month)
        raise Spoilt
    return snapshot.read(text)


def issued(county_code: str, months: Iterable[Month]) -> dict[Month, Snapshot]:
    """Return those of some months' reports that were issued."""
    rows = db.session.scalars(
        sa.select(MonthlyReport)
        .where(
            MonthlyReport.county_code == county_code,
            MonthlyReport.month.in_([month.first for month in months]),
            MonthlyReport.issued_at.is_not(None),
        )
        .options(undefer(MonthlyReport.written))
    )
    return {Month(row.month): frozen(row) for row in rows}


def issued_months(county_code: str) -> list[Month]:
    """Return the months whose reports were issued, the latest first."""
    rows = db.session.scalars(
        sa.select(MonthlyReport.month)
        .where(MonthlyReport.county_code == county_code, MonthlyReport.issued_at.is_not(None))
        .order_by(MonthlyReport.month.desc())
    )
    return [Month(day) for day in rows]


def corrections_of(report_id: int) -> list[Correction]:
    """Return a draft's corrections in the order in which they were made."""
    rows = db.session.scalars(
        sa.select(ReportCorrection).where(ReportCorrection.report_id == report_id).order_by(ReportCorrection.id)
    )
    return [Correction(row.concern_id, row.field, row.value, row.reason) for row in rows]


def correction(report_id: int, concern_id: int, field: str) -> ReportCorrection | None:
    """Return the correction of one fact."""
    return db.session.scalars(
        sa.select(ReportCorrection).where(
            ReportCorrection.report_id == report_id,
            ReportCorrection.concern_id == concern_id,
            ReportCorrection.field == field,
        )
    ).one_or_none()


def county_of_unit(unit: Unit) -> str | None:
    """Return the county in whose reports a unit stands: where it governs or works, else where it is tied to."""
    if unit.division_code and len(unit.division_code) >= COUNTY_DIGITS:
        return unit.division_code[:COUNTY_DIGITS]
    village = db.session.scalar(
        sa.select(ContactPoint.village_code)
        .where(ContactPoint.unit_id == unit.id)
        .order_by(ContactPoint.ends_on.is_not(None), ContactPoint.id.desc())
        .limit(1)
    )
    return village[:COUNTY_DIGITS] if village else None


class Shown(NamedTuple):
    """What the ledger says of a concern now, for whoever may know of it."""

    id: int
    registered_on: date
    domain: str
    words: str


def shown_concerns(who: Cadre, concern_ids: Sequence[int]) -> dict[int, Shown]:
    """Map those of some concerns of which a person may know to what the ledger says now."""
    rows = db.session.execute(
        sa.select(Concern.id, Concern.registered_on, Concern.domain, Concern.words).where(
            Concern.id.in_(concern_ids), seat_queries.sees(who, Seat.OFFICE), Concern.restricted.is_(False)
        )
    )
    return {row[0]: Shown._make(row) for row in rows}


def units_to_choose(who: Cadre, chosen: int) -> list[tuple[str, str]]:
    """Return the units to which a concern may be counted, as choices, with "none yet"."""
    units = seat_queries.units_to_choose(who, Seat.OFFICE, chosen or None)
    return [("0", "尚未交办"), *((str(unit_id), name) for unit_id, name in units)]


def offices() -> dict[str, list[int]]:
    """Map counties to the people of their own offices; an office above a county opens a draft when it wants one."""
    rows = db.session.execute(
        sa.select(Unit.division_code, Cadre.id)
        .join(Cadre, Cadre.unit_id == Unit.id)
        .join(Division, Division.code == Unit.division_code)
        .where(Unit.active, Cadre.active, has_role(Role.OFFICE), Division.level == Level.COUNTY)
        .order_by(Unit.division_code, Cadre.id)
    )
    found: dict[str, list[int]] = {}
    for county_code, cadre_id in rows:
        if county_code is not None:
            found.setdefault(county_code, []).append(cadre_id)
    return found


def reporting_counties() -> list[str]:
    """Return the codes of the counties that an office governs or that have concerns, in order."""
    offices_ = sa.select(Unit.division_code).join(Division, Division.code == Unit.division_code)
    codes = db.session.scalars(offices_.where(Division.level == Level.COUNTY, Unit.active))
    marked = db.session.scalars(sa.select(CountyMark.county_code))
    return sorted({code for code in (*codes, *marked) if code})
