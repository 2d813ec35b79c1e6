"""The guided visit on the phone: page, saves, finishing, amending."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.capture.kept import captured_at, kept_offline
from fieldvisit.capture.once import durable
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.fields import first_error
from fieldvisit.households import panels
from fieldvisit.households.models import Household
from fieldvisit.htmx import go_to
from fieldvisit.organisation import queries as organisation
from fieldvisit.visits import actions, forms, queries, rules, slots
from fieldvisit.visits.checklist import Card
from fieldvisit.visits.models import Visit, VisitState
from fieldvisit.visits.reading import readable_visit
from fieldvisit.visits.record import record_of
from fieldvisit.visits.sheet import checklist_of, sheet

bp = Blueprint("visits", __name__)


@bp.get("/visits")
@requires(Role.CADRE)
@kept_offline
def index() -> ResponseReturnValue:
    """Show one's own visits, newest first."""
    page = queries.own_visits(current_cadre(), request.args.get("after"))
    places = organisation.names_of(row.village_code for row in page.rows)
    return render_template("visits/index.html", page=page, places=places)


@bp.get("/households/<uuid:household_id>/visit")
@requires(Role.CADRE)
@kept_offline
def fill(household_id: UUID) -> ResponseReturnValue:
    """Open the visit page of a household: the one in progress, or a new one that the first save will make."""
    visit = queries.open_visit(current_cadre(), household_id)
    household = queries.household_of(visit) if visit else actions.active_household(current_cadre(), household_id)
    return _page(household, visit)


def _page(household: Household, visit: Visit | None) -> str:
    me = current_cadre()
    shown = sheet(me, household, visit)
    return render_template("visits/fill.html", sheet=shown, slots=slots.filled(me, shown), end=slots.END)


@bp.get("/visits/blank")
@requires(Role.CADRE)
@kept_offline
def blank() -> ResponseReturnValue:
    """Show the visit page of no household: the pattern for one that a phone has recorded without a line.

    The phone's worker puts the id and the name in (static/js/worker/pages.js).
    """
    newcomer = Household(id=UUID(int=0), head_name="新住户", village_code="", group_no=0, door="")
    return _page(newcomer, None)


@bp.get("/visits/<uuid:visit_id>/edit")
@requires(Role.CADRE)
@kept_offline
def edit(visit_id: UUID) -> ResponseReturnValue:
    """Go on with a visit in progress, also on another phone."""
    visit = queries.own_visit(current_cadre(), visit_id)
    if not rules.may(rules.Step.CHANGE, visit.state):
        return go_to(url_for(".summary", visit_id=visit.id))
    return _page(queries.household_of(visit), visit)


def visit_of_request(who: Cadre, visit_id: UUID) -> Visit:
    """Return the visit that this write belongs to, made now if this is its first."""
    context = forms.read_write_context(request.args)
    if checklist_of(context.checklist) is None:
        raise NotYours
    return actions.visit_to_change(who, visit_id, context.household_id, context.checklist, captured_at())


@bp.post("/visits/<uuid:visit_id>/cards/<card>")
@requires(Role.CADRE)
@durable
def save_card(visit_id: UUID, card: str) -> ResponseReturnValue:
    """Save what one card says."""
    visit = visit_of_request(current_cadre(), visit_id)
    form = forms.CardForm(_card(visit, card), request.form)
    if not form.validate():
        raise Refused(first_error(form))
    stored = queries.answer(visit.id, card)
    saved = actions.save_answer(visit, card, form.content(), form.save(stored), stored)
    return render_template("visits/_saved.html", saved=saved, card=_card(visit, card))


def _card(visit: Visit, key: str) -> Card:
    words = checklist_of(visit.checklist_version)
    card = words.card(key) if words else None
    if card is None:
        raise NotYours
    return card


@bp.post("/visits/<uuid:visit_id>/day")
@requires(Role.CADRE)
@durable
def save_day(visit_id: UUID) -> ResponseReturnValue:
    """Save the day of the visit."""
    visit = visit_of_request(current_cadre(), visit_id)
    form = forms.VisitDayForm(request.form)
    if not form.validate() or form.value.data is None:
        raise Refused(first_error(form))
    stored = queries.answer(visit.id, actions.VISIT_DAY)
    saved = actions.save_visit_day(visit, form.value.data, form.save(stored), stored)
    return render_template("visits/_saved.html", saved=saved, card=None)


@bp.post("/visits/<uuid:visit_id>/commitments/<uuid:commitment_id>")
@requires(Role.CADRE)
@durable
def save_commitment(visit_id: UUID, commitment_id: UUID) -> ResponseReturnValue:
    """Save one commitment."""
    visit = visit_of_request(current_cadre(), visit_id)
    form = forms.CommitmentForm(request.form)
    if not form.validate() or form.due_on.data is None:
        raise Refused(first_error(form))
    stored = queries.commitment(visit.id, commitment_id)
    save = form.save(stored)
    row = actions.save_commitment(visit, commitment_id, form.text.data or "", form.due_on.data, save)
    return render_template("visits/_commitment_saved.html", commitment=row)


@bp.post("/visits/<uuid:visit_id>/commitments/<uuid:commitment_id>/remove")
@requires(Role.CADRE)
@durable
def remove_commitment(visit_id: UUID, commitment_id: UUID) -> ResponseReturnValue:
    """Take a commitment back; the answer is empty, so that its form leaves the page."""
    visit = visit_of_request(current_cadre(), visit_id)
    actions.remove_commitment(visit, commitment_id)
    return make_response("")


@bp.post("/visits/<uuid:visit_id>/finish")
@requires(Role.CADRE)
@durable
def finish(visit_id: UUID) -> ResponseReturnValue:
    """Finish a visit; what is missing is shown afterwards as a hint."""
    visit = visit_of_request(current_cadre(), visit_id)
    actions.finish(current_cadre(), visit, captured_at())
    return go_to(url_for(".summary", visit_id=visit.id))


@bp.post("/visits/<uuid:visit_id>/discard")
@requires(Role.CADRE)
def discard(visit_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    visit = queries.own_locked_visit(current_cadre(), visit_id)
    actions.discard(current_cadre(), visit)
    db.session.commit()
    flash("草稿已删除。")
    return go_to(url_for("today.index"))


@bp.get("/visits/<uuid:visit_id>")
@requires(Role.CADRE)
@kept_offline
def summary(visit_id: UUID) -> ResponseReturnValue:
    """Read a visit in full: one's own, or a finished one of a household that one looks after."""
    visit = readable_visit(current_cadre(), visit_id)
    own = visit.cadre_id == current_cadre().id
    if own and visit.state == VisitState.DRAFT:
        return go_to(url_for(".edit", visit_id=visit.id))
    form = forms.ReasonForm() if own and rules.may(rules.Step.AMEND, visit.state) else None
    return _summary(visit, form, own)


def _summary(visit: Visit, form: forms.ReasonForm | None, own: bool) -> str:
    return render_template("visits/summary.html", record=record_of(visit.id), visit=visit, form=form, own=own)


@bp.post("/visits/<uuid:visit_id>/amend")
@requires(Role.CADRE)
def amend(visit_id: UUID) -> ResponseReturnValue:
    """Open one's finished or sent-back visit for changes, with a reason."""
    visit = queries.own_locked_visit(current_cadre(), visit_id)
    form = forms.ReasonForm(request.form)
    if not form.validate():
        return _unprocessable(_summary(visit, form, own=True))
    actions.amend(current_cadre(), visit, form.reason.data or "")
    db.session.commit()
    return go_to(url_for(".edit", visit_id=visit.id))


def _unprocessable(page: str) -> Response:
    return make_response(page, 422)


def household_panel(who: Cadre, household: Household) -> str:
    """Show earlier visits on a household's page, to those who may read them."""
    if not who.has(Role.CADRE, Role.SUPERVISOR, Role.OFFICE):
        return ""
    return Markup(render_template("visits/_timeline.html", entries=queries.timeline(who, household.id)))  # noqa: S704  (Jinja has escaped it)


def visit_button(who: Cadre, household: Household) -> str:
    """Offer to begin or to go on with a visit, to those who make visits."""
    if not who.has(Role.CADRE) or not household.active:
        return ""
    has_begun = queries.open_visit(who, household.id) is not None
    page = render_template("visits/_button.html", household_id=household.id, has_begun=has_begun)
    return Markup(page)  # noqa: S704  (Jinja has escaped it)


panels.register(household_panel)
panels.register_button(visit_button)
