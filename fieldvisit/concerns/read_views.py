"""One concern: its page, the phone of whoever asked, its receipt."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.audit.actions import record
from fieldvisit.concerns import choice_queries, clocks, links, numbering, offering, reading, seat_queries
from fieldvisit.concerns.blueprint import bp
from fieldvisit.concerns.forms import BARE, RETURN_PHRASES
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.offering import Offer
from fieldvisit.concerns.rules import Party, Step
from fieldvisit.concerns.words import STEP_WORDS, TOLD_STATES
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.htmx import wants_fragment
from fieldvisit.organisation import queries as organisation


@bp.get("/concerns/<int:concern_id>")
@requires(*seat_queries.READERS)
def read(concern_id: int) -> ResponseReturnValue:
    """Show one concern in full, or, to htmx, the form of the step in the address."""
    who = current_cadre()
    concern = seat_queries.concern_for(who, concern_id)
    wanted = next((step for step in Step if step.value == request.args.get("step")), None)
    parties = seat_queries.parties_of(who, concern)
    allowed = wanted in offering.steps_for(concern, parties)
    opened = offering.offer(who, concern, wanted) if wanted is not None and allowed else None
    if opened is not None and wants_fragment():
        return render_template("concerns/_step.html", **step_context(concern, opened), sentence="", strong=True)
    return page(concern, opened)


@bp.post("/concerns/<int:concern_id>/phone")
@requires(Role.OFFICE, Role.HANDLER, Role.CADRE)
def show_phone(concern_id: int) -> ResponseReturnValue:
    """Show the whole phone number in place of the masked one; the audit record keeps who looked."""
    who = current_cadre()
    concern = seat_queries.concern_for(who, concern_id)
    if not concern.asker_phone or not reading.trusts(who, concern, seat_queries.parties_of(who, concern)):
        raise NotYours
    record(who.id, "concern_phone_shown", "concern", concern.id)
    db.session.commit()
    if wants_fragment():
        return render_template("concerns/_phone.html", concern=concern, shown=True)
    return page(concern, shown=True)


@bp.get("/concerns/<int:concern_id>/receipt")
@requires(Role.OFFICE)
def receipt(concern_id: int) -> ResponseReturnValue:
    """Show the receipt to print: number, query code, what happens next and by when."""
    who = current_cadre()
    concern = seat_queries.concern_for(who, concern_id)
    if Party.OFFICE not in seat_queries.parties_of(who, concern):
        raise NotYours
    base: str = current_app.extensions["fieldvisit"].public_url
    path = url_for(".look_up")
    return render_template(
        "concerns/receipt.html",
        concern=concern,
        code=numbering.code_of(concern.uid),
        office=organisation.unit(who.unit_id).name,
        tell_by=clocks.tell_by(concern.registered_on),
        address=base + path if base else url_for(".look_up", _external=True),
        state=TOLD_STATES[concern.state],
    )


def page(
    concern: Concern, opened: Offer | None = None, *, sentence: str = "", shown: bool = False, status: int = 200
) -> ResponseReturnValue:
    """Answer with the whole page; `opened` is the step whose form is open."""
    who = current_cadre()
    parties = seat_queries.parties_of(who, concern)
    offered = offering.steps_for(concern, parties)
    return render_template(
        "concerns/read.html",
        **reading.context(who, concern, parties) | step_context(concern, opened),
        offered=offered,
        tasks=links.tasks(who, concern),
        bare={step: offering.offer(who, concern, step) for step in offered if step in BARE},
        sentence=sentence,
        shown=shown,
    ), status


def part(concern: Concern, opened: Offer, sentence: str, status: int) -> ResponseReturnValue:
    """Answer htmx with the form of a step, and on a conflict (409) with what the concern has become meanwhile."""
    who = current_cadre()
    form = render_template("concerns/_step.html", **step_context(concern, opened), sentence=sentence, strong=True)
    if status != 409:
        return form, status
    told = reading.context(who, concern, seat_queries.parties_of(who, concern))
    return form + render_template("concerns/_record.html", **told, shown=False, again=True), status


def step_context(concern: Concern, opened: Offer | None) -> dict[str, object]:
    """Return what the form of a step needs."""
    step = opened.step if opened else None
    return {
        "concern": concern,
        "opened": opened,
        "word": STEP_WORDS[step] if step else "",
        "phrases": RETURN_PHRASES if step is Step.RETURN else (),
        "places": choice_queries.places([concern.county_code]) if step is Step.CORRECT else (),
    }
