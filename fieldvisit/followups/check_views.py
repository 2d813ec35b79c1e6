"""Asking about the sample by phone, and what came of it."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.followups import check_queries, checking
from fieldvisit.followups.blueprint import bp
from fieldvisit.followups.forms import CheckForm
from fieldvisit.followups.rules import Mark, Why
from fieldvisit.households import actions as households
from fieldvisit.htmx import go_to
from fieldvisit.organisation import queries as organisation


@bp.get("/checks")
@requires(Role.CADRE)
def checks() -> ResponseReturnValue:
    """Show what one is asked to ask about."""
    rows = check_queries.open_checks(current_cadre())
    places = organisation.names_of(row.household.village_code for row in rows)
    return render_template("followups/checks.html", rows=rows, places=places)


@bp.get("/checks/<uuid:check_id>")
@requires(Role.CADRE)
def check(check_id: UUID) -> ResponseReturnValue:
    """Show whom to call, and about what."""
    return _check(check_queries.own_open_check(current_cadre(), check_id), CheckForm())


@bp.post("/checks/<uuid:check_id>/people/<uuid:resident_id>")
@requires(Role.CADRE)
def show_phone(check_id: UUID, resident_id: UUID) -> ResponseReturnValue:
    """Show a phone number to the one who is to call; the audit record keeps who looked."""
    who = current_cadre()
    asked = check_queries.own_open_check(who, check_id)
    people = check_queries.people_to_ask(asked.household.id)
    resident = next((person for person in people if person.id == resident_id), None)
    if resident is None:
        raise NotYours
    households.show_phone(who, asked.household, resident)
    db.session.commit()
    return _check(check_queries.own_open_check(who, check_id), CheckForm(), shown_id=resident_id)


@bp.post("/checks/<uuid:check_id>")
@requires(Role.CADRE)
def answer(check_id: UUID) -> ResponseReturnValue:
    """Note what was said on the phone."""
    who, form = current_cadre(), CheckForm(request.form)
    asked = check_queries.own_open_check(who, check_id)
    if not form.validate():
        return _check(asked, form, status=422)
    why = form.why.word(Why)
    is_end = checking.answer(who, asked.check, Mark(form.mark.data), why, form.comment.data or "")
    db.session.commit()
    flash("已记下，谢谢。" if is_end else "已记下，过几天请再打一次。")
    return go_to(url_for(".checks"))


def _check(
    asked: check_queries.Asked, form: CheckForm, *, shown_id: UUID | None = None, status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "followups/check.html",
        asked=asked,
        form=form,
        people=check_queries.people_to_ask(asked.household.id),
        shown_id=shown_id,
        places=organisation.names_of([asked.household.village_code]),
    ), status


@bp.get("/checks/results")
@requires(Role.OFFICE)
def check_results() -> ResponseReturnValue:
    """Show both answers side by side: what was recorded, and what was said to somebody of another unit."""
    page = check_queries.compared_page(current_cadre(), request.args.get("after"))
    places = organisation.names_of(row.village_code for row in page.rows)
    return render_template("followups/check_results.html", page=page, places=places)
