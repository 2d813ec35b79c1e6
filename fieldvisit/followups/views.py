"""The list of return visits."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.followups import queries, rules
from fieldvisit.households import panels
from fieldvisit.households.models import Household
from fieldvisit.organisation import queries as organisation

bp = Blueprint("followups", __name__)


@bp.get("/followups")
@requires(Role.CADRE)
def index() -> ResponseReturnValue:
    """Show everything that one has promised and that is still open, by due day."""
    page = queries.open_page(current_cadre(), request.args.get("after"))
    places = organisation.names_of(row.village_code for row in page.rows)
    return render_template("followups/index.html", page=page, places=places)


def household_panel(_who: Cadre, household: Household) -> str:
    """Show the open commitments on a household's page."""
    return render_template("followups/_panel.html", rows=queries.of_household(household.id))


@bp.record_once
def _set_up(state: object) -> None:
    app = state.app  # type: ignore[attr-defined]  # Flask types the setup state loosely
    app.jinja_env.globals.update(
        due_words=lambda day: rules.due_words(day, clock.today()),
        urgency=lambda day: rules.urgency(day, clock.today()),
    )


panels.register(household_panel)
