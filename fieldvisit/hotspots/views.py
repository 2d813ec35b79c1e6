"""热点: where one matter comes up more often than chance explains, with the numbers that say so."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.concerns.lists import lists
from fieldvisit.errors import NotYours
from fieldvisit.hotspots import queries, rules
from fieldvisit.organisation import queries as organisation

bp = Blueprint("hotspots", __name__)
DAYS = 30


@bp.get("/hotspots")
@requires(Role.OFFICE, Role.SUPERVISOR)
def index() -> ResponseReturnValue:
    """Show the last 30 days' hotspots of the area that one looks after."""
    area = queries.area_of(current_cadre())
    if area is None:
        raise NotYours
    period = queries.last_days(clock.today(), DAYS)
    spots = queries.hotspots_in(area, period)
    return render_template(
        "hotspots/index.html",
        spots=spots,
        period=period,
        places=organisation.names_of([area, *(spot.cell.town_code for spot in spots)]),
        area=area,
        domain_label=lists().domain_label,
        false_alarms=round(1 / rules.FALSE_ALARMS),
    )
