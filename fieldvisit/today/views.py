"""The home page."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from fieldvisit import clock, navigation
from fieldvisit.accounts import actions
from fieldvisit.accounts import queries as accounts
from fieldvisit.accounts.access import current_cadre, requires, signed_in
from fieldvisit.accounts.models import Role
from fieldvisit.capture.kept import kept_offline
from fieldvisit.extensions import db
from fieldvisit.followups import check_queries
from fieldvisit.followups import queries as followups
from fieldvisit.htmx import go_to
from fieldvisit.organisation import queries as organisation
from fieldvisit.today import queries, rules
from fieldvisit.visits import queries as visits
from fieldvisit.workdays.due import DueRules, due_rules

bp = Blueprint("today", __name__)

DUE_SHOWN = 10
PLANNED_SHOWN = 10


@bp.get("/")
@signed_in
@kept_offline
def index() -> ResponseReturnValue:
    """Show a cadre what is due, sent back, begun and planned; others go to their first place."""
    me = current_cadre()
    if not me.has(Role.CADRE):
        return go_to(url_for(navigation.places()[0].endpoint))
    today = clock.today()
    unfinished = visits.unfinished(me)
    planned = queries.planned(me, today, {row.household_id for row in unfinished}, _due_rules())
    shown = planned if request.args.get("planned") == "all" else planned[:PLANNED_SHOWN]
    if request.args.get("order") == "route":
        shown.sort(key=lambda plan: plan.place)
    due = followups.due(me, today, DUE_SHOWN)
    sent_back = visits.sent_back(me)
    codes = [row.village_code for row in due] + [row.village_code for row in unfinished]
    codes += [row.village_code for row in sent_back] + [plan.household.village_code for plan in shown]
    return render_template(
        "today/index.html",
        me=me,
        greeting=rules.greeting(clock.local(clock.now()).hour),
        unit=organisation.unit(me.unit_id),
        due_counts=followups.due_counts(me, today),
        due=due,
        checks=check_queries.count_open(me),
        unfinished=unfinished,
        sent_back=sent_back,
        planned=shown,
        planned_count=len(planned),
        order=request.args.get("order", "need"),
        places=organisation.names_of(codes),
    )


def _due_rules() -> DueRules:
    return due_rules(current_app.extensions["fieldvisit"].due_rules)


@bp.post("/reminder")
@requires(Role.CADRE)
def remind() -> ResponseReturnValue:
    """Answer with the day's reminder if it is still to come; asked by the page once it is in front of its reader."""
    me, now = accounts.hold(current_cadre().id), clock.local(clock.now())
    words = queries.reminder(me, now)
    if words:
        actions.note_reminded(me, now.date())
    db.session.commit()
    return render_template("today/_reminder.html", words=words)


def _reminder_is_due() -> bool:
    me = current_cadre()
    return me.has(Role.CADRE) and bool(queries.reminder(me, clock.local(clock.now())))


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["reminder_is_due"] = _reminder_is_due
