"""A report as it stands: what was issued, or the draft counted anew."""

from __future__ import annotations

from fieldvisit import clock
from fieldvisit.reports import actions, packing, queries
from fieldvisit.reports.building import Built
from fieldvisit.reports.models import MonthlyReport
from fieldvisit.reports.months import Month
from fieldvisit.reports.snapshot import Snapshot


def as_it_stands(county_code: str, month: Month) -> tuple[Snapshot, bool]:
    """Return a month's report and whether it is a draft. Spoilt: it is not what was issued any more."""
    report = queries.report_of(county_code, month)
    return snapshot_of(county_code, month, report), not (report and report.is_issued)


def snapshot_of(county_code: str, month: Month, report: MonthlyReport | None) -> Snapshot:
    """Return what was issued, or the draft as it is now; `report` is the month's, if it was begun."""
    if report is not None and report.is_issued:
        return queries.frozen(report)
    return actions.built(county_code, month, clock.today()).snapshot


def built_of(county_code: str, month: Month, report: MonthlyReport | None) -> Built:
    """Return the same with the concerns behind it."""
    if report is not None and report.is_issued:
        return Built(queries.frozen(report), packing.unpacked(report.items or b""))
    return actions.built(county_code, month, clock.today())
