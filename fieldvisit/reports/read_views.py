"""民情月报: the list of months, one month's report, and the concerns behind each number."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.errors import NotYours
from fieldvisit.organisation.models import Division
from fieldvisit.reports import queries, reading, tables
from fieldvisit.reports.blueprint import bp
from fieldvisit.reports.headlines import headlines_of
from fieldvisit.reports.models import MonthlyReport
from fieldvisit.reports.months import Month
from fieldvisit.reports.snapshot import Snapshot, shown

MONTHS_OFFERED = 13
ITEMS_SHOWN = 500


@bp.get("/reports")
@requires(Role.OFFICE)
def index() -> ResponseReturnValue:
    """Show the months, those without a report too."""
    counties = queries.counties_of(current_cadre())
    county = next((one for one in counties if one.code == request.args.get("county")), counties[0])
    held = {Month(report.month): report for report in queries.reports_of(county.code)}
    this = Month.of(clock.today())
    months = sorted({*this.up_to_this(MONTHS_OFFERED), *held}, reverse=True)
    return render_template("reports/index.html", county=county, counties=counties, months=months, held=held, this=this)


@bp.get("/reports/<county_code>/<month>")
@requires(Role.OFFICE)
def read(county_code: str, month: str) -> ResponseReturnValue:
    """Show a month's report: the draft as it is now, or what was issued."""
    county, one, report = opened(county_code, month)
    snapshot = reading.snapshot_of(county.code, one, report)
    return render_template(
        "reports/read.html",
        county=county,
        month=one,
        report=report,
        snapshot=snapshot,
        headlines=headlines_of(snapshot),
        is_over=clock.today() > one.last,
        shown=shown,
    )


@bp.get("/reports/<county_code>/<month>/meeting")
@requires(Role.OFFICE)
def meeting(county_code: str, month: str) -> ResponseReturnValue:
    """Show a report large, one section a screen, to read it out in a meeting."""
    county, one, report = opened(county_code, month)
    return render_template(
        "reports/meeting.html",
        county=county,
        month=one,
        report=report,
        snapshot=reading.snapshot_of(county.code, one, report),
        shown=shown,
    )


@bp.get("/reports/<county_code>/<month>/concerns")
@requires(Role.OFFICE)
def trace(county_code: str, month: str) -> ResponseReturnValue:
    """Show the concerns behind one number of a report."""
    county, one, report = opened(county_code, month)
    whole = reading.built_of(county.code, one, report)
    key, row, column = (request.args.get(name, "") for name in ("table", "row", "column"))
    try:
        found = tables.traced(whole.items, key, row, column)
        table = whole.snapshot.table(key)
        words = [table.title, _row_label(whole.snapshot, key, row), _column_label(whole.snapshot, key, column)]
    except KeyError:
        raise NotYours from None
    return render_template(
        "reports/trace.html",
        county=county,
        month=one,
        report=report,
        words=words,
        items=found[:ITEMS_SHOWN],
        number=len(found),
        details=queries.shown_concerns(current_cadre(), [item.id for item in found[:ITEMS_SHOWN]]),
    )


def opened(county_code: str, month: str) -> tuple[Division, Month, MonthlyReport | None]:
    """Return the county, the month and its report, or raise NotYours; months to come have none."""
    county, one = queries.county_for(current_cadre(), county_code), Month.read(month)
    if one is None or one > Month.of(clock.today()):
        raise NotYours
    return county, one, queries.report_of(county_code, one)


def _row_label(snapshot: Snapshot, key: str, row: str) -> str:
    table = snapshot.table(key)
    if row == "total":
        return "合计"
    return {one.key: one.label for one in table.rows}[row]


def _column_label(snapshot: Snapshot, key: str, column: str) -> str:
    return {one.key: one.label for one in snapshot.table(key).columns}[column]


@bp.get("/reports/<county_code>")
@requires(Role.OFFICE)
def of_county(county_code: str) -> ResponseReturnValue:
    """Lead to a county's months."""
    return redirect(url_for(".index", county=county_code))
