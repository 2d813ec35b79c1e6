"""What residents judged badly: supervisors are told, the office decides about what was bad twice."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.followups import desk_queries, judging, sheet_queries
from fieldvisit.followups.blueprint import bp
from fieldvisit.followups.forms import RulingForm
from fieldvisit.followups.rules import FollowUpState, Ruling
from fieldvisit.htmx import go_to
from fieldvisit.organisation import queries as organisation

READERS = (Role.SUPERVISOR, Role.OFFICE)
# Each shows one kind of state, so that an index gives its order.
TABS = {
    "redo": ("重办中", (FollowUpState.REDO,)),
    "to_decide": ("待群众工作部处理", (FollowUpState.TO_DECIDE,)),
    "settled": ("已有结果", (FollowUpState.REDONE, FollowUpState.DECIDED)),
}


@bp.get("/dissatisfied")
@requires(*READERS)
def dissatisfied() -> ResponseReturnValue:
    """Show a page of what residents were not satisfied with."""
    who = current_cadre()
    first = "to_decide" if who.has(Role.OFFICE) else "redo"
    tab = request.args.get("state", first)
    if tab not in TABS:
        raise NotYours
    page = desk_queries.dissatisfied_page(who, TABS[tab][1], request.args.get("after"))
    return render_template(
        "followups/dissatisfied.html",
        page=page,
        tab=tab,
        tabs=TABS,
        places=organisation.names_of(row.village_code for row in page.rows),
        reads_hidden=desk_queries.may_read_hidden(who),
    )


@bp.get("/dissatisfied/<uuid:follow_up_id>")
@requires(*READERS)
def case(follow_up_id: UUID) -> ResponseReturnValue:
    """Show one thing from the promise to where it stands."""
    return _case(follow_up_id, RulingForm())


@bp.post("/dissatisfied/<uuid:follow_up_id>")
@requires(Role.OFFICE)
def decide(follow_up_id: UUID) -> ResponseReturnValue:
    """Decide for the office about what was judged badly twice."""
    who, form = current_cadre(), RulingForm(request.form)
    desk_queries.case_for(who, follow_up_id)
    follow_up = sheet_queries.locked(follow_up_id)
    if follow_up is None:
        raise NotYours
    if not form.validate():
        return _case(follow_up_id, form, status=422)
    try:
        judging.rule(who, follow_up, Ruling(form.ruling.data), form.reason.data or "")
    except Refused as refused:
        db.session.rollback()
        return _case(follow_up_id, form, sentence=refused.message, status=refused.status)
    db.session.commit()
    flash("已处理。", "success")
    return go_to(url_for(".dissatisfied"))


def _case(follow_up_id: UUID, form: RulingForm, *, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    who = current_cadre()
    story = desk_queries.case_for(who, follow_up_id)
    states = {round_.follow_up.id: round_.follow_up.state for round_ in story.rounds}
    may_decide = who.has(Role.OFFICE) and states[follow_up_id] is FollowUpState.TO_DECIDE
    return render_template(
        "followups/case.html",
        case=story,
        places=organisation.names_of([story.household.village_code]),
        form=form if may_decide else None,
        sentence=sentence,
        reads_hidden=desk_queries.may_read_hidden(who),
    ), status
