"""The calendar that a cadre's phone subscribes to, by a secret link instead of a sign-in."""

from __future__ import annotations

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts import queries as accounts
from fieldvisit.accounts.access import public
from fieldvisit.accounts.actions import token_digest
from fieldvisit.followups import calendar_queries
from fieldvisit.followups.blueprint import bp
from fieldvisit.followups.calendar import calendar_text
from fieldvisit.organisation import queries as organisation


@bp.get("/calendar/<token>.ics")
@public
def calendar(token: str) -> ResponseReturnValue:
    """Answer with the due days of whoever made this link; an unknown or revoked one is not found."""
    who = accounts.cadre_of_calendar(token_digest(token))
    days = calendar_queries.due_days(who, clock.today())
    places = organisation.names_of(day.village_code for day in days)
    name = f"{current_app.extensions['fieldvisit'].site_name}回访"
    response = Response(calendar_text(name, days, places), content_type="text/calendar; charset=utf-8")
    # Asked every time, so that a revoked link ends at once; what has not changed is not sent again.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    return response.make_conditional(request)
