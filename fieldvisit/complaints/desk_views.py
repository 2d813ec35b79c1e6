"""投诉建议, at the office's desk: the list, reading one, answering it, calling back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires, scope_of
from fieldvisit.accounts.models import Role
from fieldvisit.complaints import actions, queries, rules
from fieldvisit.complaints.blueprint import bp
from fieldvisit.complaints.forms import KIND_WORDS, WANTED_WORDS, AnswerForm, CallForm, read_wanted
from fieldvisit.complaints.models import Complaint, State
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment


@bp.get("/desk")
@requires(Role.OFFICE)
def desk() -> ResponseReturnValue:
    """Show a page of the list; the filter is in the address."""
    _check_is_an_office_of_somewhere()
    wanted, today = read_wanted(request.args), clock.today()
    page = queries.page(wanted, request.args.get("after"))
    return render_template(
        "complaints/desk.html",
        page=page,
        late={row.id: _late(row, today) for row in page.rows},
        overdue=queries.overdue(today),
        wanted=wanted,
        filters=WANTED_WORDS,
        kinds=KIND_WORDS,
        excerpt=queries.EXCERPT,
        continued=bool(request.args.get("after")),
    )


@bp.get("/desk/<uuid:complaint_id>")
@requires(Role.OFFICE)
def read(complaint_id: UUID) -> ResponseReturnValue:
    """Show one complaint in full; the phone stays masked."""
    return _reading(_complaint(complaint_id))


@bp.post("/desk/<uuid:complaint_id>/answer")
@requires(Role.OFFICE)
def answer(complaint_id: UUID) -> ResponseReturnValue:
    """Take an answer or a corrected one."""
    complaint, form = _complaint(complaint_id), AnswerForm(request.form)
    if not form.validate():
        return _reading(complaint, answer_form=form, status=422)
    try:
        actions.answer(current_cadre(), complaint, form.seen_number(), form.words.data or "")
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        form.words.errors = [refused.message]
        return _reading(_complaint(complaint_id), answer_form=form, status=refused.status)
    flash("答复已登记，凭编号和查询码可以看到。", "success")
    return go_to(_address(complaint_id))


@bp.post("/desk/<uuid:complaint_id>/call")
@requires(Role.OFFICE)
def call(complaint_id: UUID) -> ResponseReturnValue:
    """Take how a call-back went."""
    complaint, form = _complaint(complaint_id), CallForm(request.form)
    if not form.validate():
        return _reading(complaint, call_form=form, status=422)
    reached, note = form.reached.data == "yes", form.note.data or ""
    try:
        actions.note_call(current_cadre(), complaint, form.seen_number(), reached=reached, note=note)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        form.reached.errors = [refused.message]
        return _reading(_complaint(complaint_id), call_form=form, status=refused.status)
    flash("回电已登记。", "success")
    return go_to(_address(complaint_id))


@bp.post("/desk/<uuid:complaint_id>/phone")
@requires(Role.OFFICE)
def show_phone(complaint_id: UUID) -> ResponseReturnValue:
    """Show the whole phone number in place of the masked one; the audit record keeps who looked."""
    complaint = _complaint(complaint_id)
    actions.show_phone(current_cadre(), complaint)
    db.session.commit()
    if wants_fragment():
        return render_template("complaints/_phone.html", complaint=complaint, shown=True)
    return _reading(complaint, shown=True)


def _reading(
    complaint: Complaint,
    *,
    answer_form: AnswerForm | None = None,
    call_form: CallForm | None = None,
    shown: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    answers, calls = queries.answers_to(complaint.id), queries.calls_about(complaint.id)
    # What is sent from the page now shown is about what it shows.
    answer_form, call_form = answer_form or AnswerForm(), call_form or CallForm()
    answer_form.seen.data, call_form.seen.data = str(len(answers)), str(len(calls))
    return render_template(
        "complaints/read.html",
        complaint=complaint,
        answers=answers,
        calls=calls,
        answer_form=answer_form,
        call_form=call_form,
        late=_late(complaint, clock.today()),
        shown=shown,
        kinds=KIND_WORDS,
    ), status


def _late(complaint: Complaint | queries.Row, today: date) -> int:
    return rules.days_over(complaint.answer_by, today, is_answered=complaint.state is State.ANSWERED)


def _address(complaint_id: UUID) -> str:
    return url_for(".read", complaint_id=complaint_id, _external=False)


def _complaint(complaint_id: UUID) -> Complaint:
    _check_is_an_office_of_somewhere()
    return queries.complaint(complaint_id)


def _check_is_an_office_of_somewhere() -> None:
    """Raise NotYours for an office without an area of its own: it answers for nobody."""
    if not scope_of(current_cadre()).areas:
        raise NotYours
