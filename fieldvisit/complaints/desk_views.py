"""投诉建议, at the office's desk: the list, reading one, answering it, calling back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.complaints import actions, queries, rules
from fieldvisit.complaints.blueprint import bp
from fieldvisit.complaints.forms import KIND_WORDS, WANTED_WORDS, AnswerForm, CallForm, SeenForm, read_wanted
from fieldvisit.complaints.models import Complaint, State
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.organisation import queries as organisation


@bp.get("/desk")
@requires(Role.OFFICE)
def desk() -> ResponseReturnValue:
    """Show a page of the list; the filter is in the address."""
    who, wanted, today = current_cadre(), read_wanted(request.args), clock.today()
    page = queries.page(who, wanted, request.args.get("after"))
    return render_template(
        "complaints/desk.html",
        page=page,
        late={row.id: _late(row, today) for row in page.rows},
        overdue=queries.overdue(who, today),
        wanted=wanted,
        filters=WANTED_WORDS,
        kinds=KIND_WORDS,
        counties=_county_names(page.rows),
        excerpt=queries.EXCERPT,
        continued=bool(request.args.get("after")),
    )


@bp.get("/desk/<uuid:complaint_id>")
@requires(Role.OFFICE)
def read(complaint_id: UUID) -> ResponseReturnValue:
    """Show one complaint in full; the phone stays masked."""
    return _reading(queries.complaint(current_cadre(), complaint_id))


@bp.post("/desk/<uuid:complaint_id>/answer")
@requires(Role.OFFICE)
def answer(complaint_id: UUID) -> ResponseReturnValue:
    """Take an answer or a corrected one."""
    form = AnswerForm(request.form)

    def act(complaint: Complaint) -> None:
        actions.answer(current_cadre(), complaint, form.seen_number(), form.words.data or "")

    return _taken(complaint_id, form, form.words, act, "答复已登记，凭编号和查询码可以看到。")


@bp.post("/desk/<uuid:complaint_id>/call")
@requires(Role.OFFICE)
def call(complaint_id: UUID) -> ResponseReturnValue:
    """Take how a call-back went."""
    form = CallForm(request.form)

    def act(complaint: Complaint) -> None:
        reached, note = form.reached.data == "yes", form.note.data or ""
        actions.note_call(current_cadre(), complaint, form.seen_number(), reached=reached, note=note)

    return _taken(complaint_id, form, form.reached, act, "回电已登记。")


def _taken(
    complaint_id: UUID, form: SeenForm, field: Field, act: Callable[[Complaint], None], done: str
) -> ResponseReturnValue:
    """Take what a form says of a complaint; what is wrong with it stands at its `field`."""
    complaint = queries.complaint(current_cadre(), complaint_id)
    if not form.validate():
        return _reading(complaint, form, status=422)
    try:
        act(complaint)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        field.errors = [refused.message]
        return _reading(queries.complaint(current_cadre(), complaint_id), form, status=refused.status)
    flash(done, "success")
    return go_to(url_for(".read", complaint_id=complaint_id))


@bp.post("/desk/<uuid:complaint_id>/phone")
@requires(Role.OFFICE)
def show_phone(complaint_id: UUID) -> ResponseReturnValue:
    """Show the whole phone number in place of the masked one; the audit record keeps who looked."""
    complaint = queries.complaint(current_cadre(), complaint_id)
    actions.show_phone(current_cadre(), complaint)
    db.session.commit()
    if wants_fragment():
        return render_template("complaints/_phone.html", complaint=complaint, shown=True)
    return _reading(complaint, shown=True)


def _reading(
    complaint: Complaint, sent: SeenForm | None = None, *, shown: bool = False, status: int = 200
) -> ResponseReturnValue:
    answers, calls = queries.answers_to(complaint.id), queries.calls_about(complaint.id)
    answer_form = sent if isinstance(sent, AnswerForm) else AnswerForm()
    call_form = sent if isinstance(sent, CallForm) else CallForm()
    # What is sent from the page now shown is about what it shows.
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
        counties=_county_names([complaint]),
    ), status


def _late(complaint: Complaint | queries.Row, today: date) -> int:
    return rules.days_over(complaint.answer_by, today, is_answered=complaint.state is State.ANSWERED)


def _county_names(rows: Sequence[Complaint | queries.Row]) -> dict[str | None, str]:
    """Map the counties of some complaints to their names, for an office that has several; else nothing."""
    if not rules.is_wide(queries.area_of(current_cadre())):
        return {}
    names: dict[str | None, str] = {None: "没说哪个区县"}
    return names | dict(organisation.names_of(row.county_code for row in rows if row.county_code).items())
