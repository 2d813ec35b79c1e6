"""投诉建议, for everybody: the form, its receipt, and what has become of it. These pages ask for no account."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, public, scope_of
from fieldvisit.addresses import public_address
from fieldvisit.complaints import actions, desk_views, queries, receipts, rules
from fieldvisit.complaints.blueprint import bp
from fieldvisit.complaints.forms import KIND_WORDS, FilingForm, LookUpForm
from fieldvisit.complaints.models import Complaint, Kind
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.fields import first_error
from fieldvisit.organisation import queries as organisation

__all__ = ["bp", "desk_views"]

# Until somebody has the role, or the county is chosen; who reads it is then still to be named.
SOME_OFFICE = "群众工作部"


@bp.get("")
@public
def form() -> ResponseReturnValue:
    """Show the form."""
    return _form_page(_blank_form())


@bp.post("")
@public
def file() -> ResponseReturnValue:
    """Take a filled form and answer with its receipt; the same form again gives the same receipt.

    The receipt is the answer itself, not a page of its own: its code is in no address, no cookie and no history.
    """
    filled = _filled_form()
    if not filled.validate():
        return _form_page(filled, sentence=f"还没有提交：{first_error(filled)}", status=422)
    slip = receipts.slip_of(filled.word.data or "", filled.typed())
    try:
        complaint = actions.file(slip, _entry(filled), request.remote_addr or "")
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        return _form_page(filled, sentence=refused.message, status=refused.status)
    return render_template(
        "complaints/receipt.html",
        complaint=complaint,
        filed_on=clock.local(complaint.filed_at).date(),
        code=slip.code,
        look_up_address=public_address("complaints.look_up"),
        office=_office(complaint.county_code),
        kinds=KIND_WORDS,
    )


@bp.route("/look-up", methods=["GET", "POST"])
@public
def look_up() -> ResponseReturnValue:
    """Show what has become of a complaint to whoever has its number and code."""
    asked = LookUpForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        return _look_up_page(asked)
    if not asked.validate():
        return _look_up_page(asked, status=422)
    number = rules.typed_number(asked.number.data or "") or ""
    found = actions.look_up(number, rules.typed_code(asked.code.data or ""), request.remote_addr or "")
    db.session.commit()
    if found.complaint is None:
        return _look_up_page(asked, sentence=found.why_not, status=found.status)
    return _state_page(found.complaint)


def _blank_form() -> FilingForm:
    blank = FilingForm()
    blank.offer(organisation.counties(), _usual_county())
    return blank


def _usual_county() -> str | None:
    """Return the county of whoever is signed in, if their unit has to do with one only."""
    areas = scope_of(current_cadre()).areas if current_user.is_authenticated else ()
    counties = {area[: rules.COUNTY_DIGITS] for area in areas}
    return counties.pop() if len(counties) == 1 else None


def _filled_form() -> FilingForm:
    filled = FilingForm(request.form)
    filled.renew()
    filled.offer(organisation.counties(), None)
    if current_user.is_authenticated:
        filled.account_phone = current_cadre().phone or ""
    else:
        filled.own_name.data = False
    return filled


def _entry(filled: FilingForm) -> actions.Entry:
    # Minimum data: the account says who somebody is only when they have asked for it.
    own = current_cadre() if filled.own_name.data else None
    return actions.Entry(
        kind=Kind(filled.kind.data),
        county_code=filled.county_code(),
        words=filled.words.data or "",
        place=filled.place.data or "",
        name=filled.name.data or (own.name if own else ""),
        phone=filled.phone.data or (own.phone or "" if own else ""),
        call_back=bool(filled.call_back.data),
    )


def _form_page(shown: FilingForm, *, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    shown.renew()
    return render_template(
        "complaints/form.html",
        form=shown,
        office=_office(shown.only_county) if shown.county is None else SOME_OFFICE,
        answer_by=rules.answer_by(clock.today()),
        days=rules.ANSWER_WITHIN.days,
        sentence=sentence,
    ), status


def _look_up_page(asked: LookUpForm, *, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    return render_template("complaints/look_up.html", form=asked, sentence=sentence), status


def _state_page(complaint: Complaint) -> ResponseReturnValue:
    answers, calls = queries.answers_to(complaint.id), queries.calls_about(complaint.id)
    return render_template(
        "complaints/state.html",
        complaint=complaint,
        kinds=KIND_WORDS,
        office=_office(complaint.county_code),
        late=rules.days_over(complaint.answer_by, clock.today(), is_answered=bool(answers)),
        answers=answers,
        calls=calls,
    )


def _office(county_code: str | None) -> str:
    return queries.office_name(county_code) or SOME_OFFICE
