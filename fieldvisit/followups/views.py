"""The list of return visits."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.capture.kept import kept_offline
from fieldvisit.followups import actions, queries, rules
from fieldvisit.households import panels
from fieldvisit.households.models import Household
from fieldvisit.organisation import queries as organisation
from fieldvisit.visits.events import visit_finished

bp = Blueprint("followups", __name__)


@bp.get("/followups")
@requires(Role.CADRE)
@kept_offline
def index() -> ResponseReturnValue:
    """Show everything that one has promised and that is still open, by due day."""
    page = queries.open_page(current_cadre(), request.args.get("after"))
    places = organisation.names_of(row.village_code for row in page.rows)
    return render_template("followups/index.html", page=page, places=places)


def household_panel(who: Cadre, household: Household) -> str:
    """Show the open commitments on a household's page, to those who may read its visits."""
    if not who.has(Role.CADRE, Role.SUPERVISOR, Role.OFFICE):
        return ""
    return Markup(render_template("followups/_panel.html", rows=queries.of_household(who, household.id)))  # noqa: S704  (Jinja has escaped it)


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["due_words"] = lambda day: rules.due_words(day, clock.today())
    state.app.jinja_env.globals["urgency"] = lambda day: rules.urgency(day, clock.today())


panels.register(household_panel)
visit_finished.connect(actions.schedule)
