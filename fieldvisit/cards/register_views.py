"""What residents have reported becomes a concern: nobody has to say it twice."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.cards import actions, message_queries
from fieldvisit.cards.blueprint import bp
from fieldvisit.cards.message_queries import Message
from fieldvisit.concerns import queries as concerns
from fieldvisit.concerns import suggesting
from fieldvisit.concerns.lists import lists
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.phone_forms import PhoneConcernForm, domain_choices
from fieldvisit.concerns.registering import register
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.households import queries as households
from fieldvisit.htmx import go_to

ALREADY = "这一条已经有人登记过了。"


@bp.get("/messages/<uuid:message_id>/concern")
@requires(Role.CADRE, Role.OFFICE)
def to_register(message_id: UUID) -> ResponseReturnValue:
    """Offer to register what a resident has reported, in their own words."""
    message = message_queries.message_for(current_cadre(), message_id)
    domain = suggesting.domain(message.row.words, lists().domains.items())
    return _form(message, PhoneConcernForm(words=message.row.words, domain=domain))


@bp.post("/messages/<uuid:message_id>/concern")
@requires(Role.CADRE, Role.OFFICE)
def register_message(message_id: UUID) -> ResponseReturnValue:
    """Register it under the message's own id, so that it is one concern however often it is tried."""
    who, form = current_cadre(), PhoneConcernForm(request.form)
    message = message_queries.message_for(who, message_id)
    if not form.validate():
        return make_response(_form(message, form), 422)
    try:
        concern = _register(who, message, form)
    except Refused as refused:
        db.session.rollback()
        return make_response(_form(message_queries.message_for(who, message_id), form, refused.message), refused.status)
    said = "已登记为密件，只有受理的部门看得到。" if concern.restricted else f"已登记为诉求 {concern.number}。"
    db.session.commit()
    flash(said, "success")
    return go_to(url_for(".messages"))


def _register(who: Cadre, message: Message, form: PhoneConcernForm) -> Concern:
    row = message.row
    if concerns.registered(row.id) is not None:
        raise Refused(ALREADY, 409)
    entry = form.entry(households.confided_household(who, row.household_id), None)
    entry = replace(entry, channel="resident_page")
    if row.is_hidden:
        # Its household's page is the cadre's too, past whom it goes.
        entry = replace(entry, household_id=None, asker_phone=row.phone)
    concern = register(who, row.id, entry, row.at)
    actions.take(who, row)
    return concern


def _form(message: Message, form: PhoneConcernForm, sentence: str = "") -> str:
    known = lists()
    return render_template(
        "cards/register.html",
        message=message,
        form=form,
        domains=domain_choices(known),
        natures=list(known.natures.values()),
        sentence=sentence,
    )
