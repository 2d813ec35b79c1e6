"""The bell, and the page of one's notices."""

from __future__ import annotations

from flask import render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, signed_in
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.notifications import actions, channel_views, queries
from fieldvisit.notifications.blueprint import bp
from fieldvisit.notifications.daily import register_daily
from fieldvisit.notifications.forms import notice_ids
from fieldvisit.notifications.rules import MOST_SHOWN

__all__ = ["bp", "channel_views"]

# In the small hours, when nobody waits for the database.
SWEPT_FROM_HOUR = 3
register_daily("sweep-notices", SWEPT_FROM_HOUR, actions.sweep)


@bp.get("/notices")
@signed_in
def notices() -> ResponseReturnValue:
    """Show a page of one's notices, the newest first."""
    page = queries.notices(current_cadre(), request.args.get("after"))
    return render_template("notifications/notices.html", page=page, continued=bool(request.args.get("after")))


@bp.post("/notices/seen")
@signed_in
def seen() -> ResponseReturnValue:
    """Take which notices a page has shown; it says so by itself once it is in front of its reader."""
    actions.mark_seen(current_cadre(), notice_ids(request.form.getlist("id")))
    db.session.commit()
    return render_template("notifications/_bell.html", again=True) if wants_fragment() else go_to("/notices")


def bell() -> str:
    """Return how much is unseen, for the bell: "" for nothing, at most "99+"."""
    number = queries.unseen(current_cadre().id)
    return "" if not number else str(number) if number <= MOST_SHOWN else f"{MOST_SHOWN}+"


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["bell"] = bell
