"""The list of return visits."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldvisit import clock, navigation
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.events import cadre_left
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.capture.kept import kept_offline
from fieldvisit.concerns import links
from fieldvisit.concerns.events import concern_replied, concern_settled
from fieldvisit.concerns.models import Concern
from fieldvisit.followups import (
    actions,
    calendar_views,  # noqa: F401  (puts its routes on the blueprint)
    check_views,  # noqa: F401  (puts its routes on the blueprint)
    desk_queries,
    desk_views,  # noqa: F401  (puts its routes on the blueprint)
    ledger,
    passing,
    photo_views,  # noqa: F401  (puts its routes on the blueprint)
    queries,
    rules,
    sheet_views,  # noqa: F401  (puts its routes on the blueprint)
    words,
)
from fieldvisit.followups.blueprint import bp as bp
from fieldvisit.households import panels
from fieldvisit.households.events import household_left, household_restored, pairings_changed
from fieldvisit.households.models import Household
from fieldvisit.organisation import queries as organisation
from fieldvisit.visits.events import visit_finished


@bp.get("/followups")
@requires(Role.CADRE)
@kept_offline
def index() -> ResponseReturnValue:
    """Show everything that one has still to ask households about, by due day."""
    page = queries.open_page(current_cadre(), request.args.get("after"))
    places = organisation.names_of(row.village_code for row in page.rows)
    return render_template("followups/index.html", page=page, places=places)


def household_panel(who: Cadre, household: Household) -> str:
    """Show what is open on a household's page, and what was judged lately, to those who read its visits."""
    if not who.has(Role.CADRE, Role.SUPERVISOR, Role.OFFICE):
        return ""
    rows = queries.of_household(who, household.id)
    judged = queries.judged_in_household(who, household.id)
    return Markup(render_template("followups/_panel.html", rows=rows, judged=judged))  # noqa: S704  (Jinja has escaped it)


def household_button(who: Cadre, household: Household) -> str:
    """Offer to make the return visit where something of one's own is open."""
    if not who.has(Role.CADRE) or not household.active or not queries.has_open(who, household.id):
        return ""
    return Markup(render_template("followups/_button.html", household_id=household.id))  # noqa: S704  (Jinja has escaped it)


def concern_task(who: Cadre, concern: Concern) -> links.Link | None:
    """Lead whoever has to ask about a reply from the concern to the return visit."""
    if concern.household_id is None or not who.has(Role.CADRE) or not queries.has_to_ask_about(who, concern.id):
        return None
    return links.Link("做回访", url_for("followups.sheet", household_id=concern.household_id))


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    env = state.app.jinja_env
    env.globals["due_words"] = lambda day: rules.due_words(day, clock.today())
    env.globals["urgency"] = lambda day: rules.urgency(day, clock.today())
    env.globals["follow_up_words"] = words


navigation.register_news("followups.dissatisfied", desk_queries.count_dissatisfied)
panels.register(household_panel)
panels.register_button(household_button)
links.register_task(concern_task)
concern_replied.connect(ledger.ask_about)
concern_settled.connect(ledger.settle)
visit_finished.connect(actions.schedule)
household_left.connect(actions.close_with)
household_restored.connect(actions.reopen_with)
pairings_changed.connect(passing.of_household)
cadre_left.connect(passing.of_cadre)
