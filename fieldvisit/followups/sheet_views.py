"""The return visit on the phone: everything open of one household in one go, and handing the phone over."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.capture.kept import captured_at, kept_offline
from fieldvisit.capture.once import durable
from fieldvisit.errors import NotYours, Refused
from fieldvisit.fields import first_error
from fieldvisit.followups import actions, forms, judging, rules, sheet_queries
from fieldvisit.followups.blueprint import bp
from fieldvisit.followups.rules import Mark, Way
from fieldvisit.htmx import go_to
from fieldvisit.organisation import queries as organisation
from fieldvisit.visits.forms import HOUSEHOLD_ID


@bp.get("/households/<uuid:household_id>/followups")
@requires(Role.CADRE)
@kept_offline
def sheet(household_id: UUID) -> ResponseReturnValue:
    """Show everything that one has still to look after in a household."""
    who = current_cadre()
    household = sheet_queries.household_to_follow_up(who, household_id)
    return render_template(
        "followups/sheet.html",
        household=household,
        places=organisation.names_of([household.village_code]),
        items=sheet_queries.open_items(who, household_id),
        latest=clock.today() + rules.FURTHEST_DAY,
        lapsed=forms.LAPSED,
    )


@bp.post("/followups/<uuid:follow_up_id>/entry")
@requires(Role.CADRE)
@durable
def save_entry(follow_up_id: UUID) -> ResponseReturnValue:
    """Save what the page says of one follow-up; nothing follows from it until the return visit is finished."""
    follow_up = sheet_queries.own_locked(current_cadre(), follow_up_id)
    form = forms.EntryForm(request.form)
    if not form.validate():
        raise Refused(first_error(form))
    actions.save_entry(follow_up, form.entered(sheet_queries.entry_of(follow_up_id)))
    return render_template("followups/_entry_saved.html", saved_at=clock.now())


@bp.post("/followups/finish")
@requires(Role.CADRE)
@durable
def finish() -> ResponseReturnValue:
    """Finish a return visit: what was entered becomes reports and judgements."""
    form = forms.FinishForm(request.form)
    if not form.validate():
        raise Refused(first_error(form))
    household_id = _household_id()
    unjudged = actions.finish(current_cadre(), household_id, Way(form.way.data), captured_at())
    left = f"还有 {unjudged} 件没有住户的评价，留在回访单上。" if unjudged else ""
    flash("回访已记下。" + left)
    return go_to(url_for("households.detail", household_id=household_id))


@bp.post("/followups/<uuid:follow_up_id>/put-off")
@requires(Role.CADRE)
@durable
def put_off(follow_up_id: UUID) -> ResponseReturnValue:
    """Put one follow-up off to another day, with a reason."""
    follow_up = sheet_queries.own_locked(current_cadre(), follow_up_id)
    form = forms.PutOffForm(request.form)
    if not form.validate() or form.day.data is None:
        raise Refused(first_error(form))
    decided_on = clock.local(captured_at()).date()
    actions.put_off(current_cadre(), follow_up, form.day.data, form.reason.data or "", decided_on)
    return render_template("followups/_put_off.html", day=follow_up.due_on)


@bp.post("/followups/lapse")
@requires(Role.CADRE)
@durable
def lapse() -> ResponseReturnValue:
    """Close what is open in a household to which nobody need come back."""
    who, household_id, form = current_cadre(), _household_id(), forms.LapseForm(request.form)
    sheet_queries.household_to_follow_up(who, household_id)
    if not form.validate():
        raise Refused(first_error(form))
    mine = [row for row in sheet_queries.open_of_household(household_id) if row.cadre_id == who.id]
    actions.lapse(who, mine, form.reason.data)
    flash("这一户的回访已结束。")
    return go_to(url_for("households.detail", household_id=household_id))


@bp.get("/households/<uuid:household_id>/judge")
@requires(Role.CADRE)
@kept_offline
def hand_over(household_id: UUID) -> ResponseReturnValue:
    """Show what the resident judges on the cadre's phone: this household's things, and nothing else."""
    who = current_cadre()
    household = sheet_queries.household_to_follow_up(who, household_id)
    return render_template(
        "followups/hand_over.html", household=household, items=sheet_queries.open_items(who, household_id)
    )


@bp.post("/followups/<uuid:follow_up_id>/judgements/<uuid:judgement_id>")
@requires(Role.CADRE)
@durable
def judge(follow_up_id: UUID, judgement_id: UUID) -> ResponseReturnValue:
    """Take what the resident says by their own hand, on the phone that was handed over."""
    follow_up = sheet_queries.own_locked(current_cadre(), follow_up_id)
    form = forms.JudgementForm(request.form)
    if not form.validate():
        raise Refused(first_error(form))
    said = judging.Said(
        judgement_id,
        Mark(form.mark.data),
        Way.HANDED_OVER,
        comment=form.comment.data or "",
        is_hidden=form.is_hidden.data,
        at=captured_at(),
    )
    judging.judge(follow_up, said, current_cadre())
    return render_template("followups/_thanks.html", mark=said.mark)


def _household_id() -> UUID:
    """Return the household that a write's address names, or raise NotYours."""
    text = request.args.get("household", "")
    if not HOUSEHOLD_ID.fullmatch(text):
        raise NotYours
    try:
        return UUID(text)
    except ValueError:
        raise NotYours from None
