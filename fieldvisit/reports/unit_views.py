"""What an issued report says of one's own unit."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.errors import NotYours
from fieldvisit.organisation import queries as organisation
from fieldvisit.reports import queries, units
from fieldvisit.reports.blueprint import bp
from fieldvisit.reports.months import Month
from fieldvisit.reports.snapshot import Kind, shown


@bp.get("/reports/own")
@requires(Role.HANDLER, Role.SUPERVISOR)
def own_unit() -> ResponseReturnValue:
    """Show one's own unit's figures of an issued month, the latest unless the address says another."""
    unit = organisation.unit(current_cadre().unit_id)
    county_code = queries.county_of_unit(unit)
    months = queries.issued_months(county_code) if county_code else []
    wanted = request.args.get("month", "")
    month = Month.read(wanted) if wanted else next(iter(months), None)
    if wanted and month not in months:
        raise NotYours
    snapshot = queries.issued(county_code, [month])[month] if county_code and month else None
    return render_template(
        "reports/own.html",
        unit=unit,
        months=months,
        month=month,
        snapshot=snapshot,
        tables=units.own_tables(snapshot, unit.id) if snapshot else [],
        shown=shown,
        tenths=Kind.TENTHS,
    )
