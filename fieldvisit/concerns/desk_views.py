"""Registering at the office's desk what came by letter, by phone, in person."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.capture.once import durable
from fieldvisit.concerns import choice_queries, desk_entry, registering
from fieldvisit.concerns.blueprint import bp
from fieldvisit.concerns.desk_entry import Draft
from fieldvisit.concerns.lists import lists
from fieldvisit.concerns.words import STATE_WORDS
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.fields import first_error
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.numbers import small_number


@bp.get("/concerns/new")
@requires(Role.OFFICE)
def desk_new() -> ResponseReturnValue:
    """Show the empty form."""
    return _page(desk_entry.drafted(current_cadre(), None))


@bp.post("/concerns/new")
@requires(Role.OFFICE)
@durable
def desk_register() -> ResponseReturnValue:
    """Register a concern; the same form again gives the same one."""
    me = current_cadre()
    draft = desk_entry.drafted(me, request.form)
    entry = desk_entry.check(me, draft)
    if entry is None:
        return _page(draft, sentence=f"还没有登记：{first_error(draft.form)}", status=422)
    try:
        concern = registering.register(me, desk_entry.uid_of(draft), entry)
        db.session.flush()
    except Refused as refused:
        db.session.rollback()
        return _page(desk_entry.drafted(me, request.form), sentence=refused.message, status=refused.status)
    return go_to(url_for(".receipt", concern_id=concern.id))


@bp.post("/concerns/new/hints")
@requires(Role.OFFICE)
def desk_hints() -> ResponseReturnValue:
    """Answer with what is suggested of what is typed so far; by POST, since addresses are logged and words private."""
    me = current_cadre()
    draft = desk_entry.drafted(me, request.form)
    adopted = "adopt" in request.form
    if adopted:
        desk_entry.adopt(draft, desk_entry.hints(me, draft))
    if wants_fragment():
        return render_template("concerns/_hints.html", **_context(draft), again=True, adopted=adopted)
    return _page(draft)


@bp.get("/concerns/domains")
@requires(Role.OFFICE)
def domains() -> ResponseReturnValue:
    """Answer with the second level of a domain, as the select that follows the first."""
    return render_template("concerns/_below.html", entries=lists().below(request.args.get("top", "")))


@bp.get("/concerns/people")
@requires(Role.OFFICE)
def reported_people() -> ResponseReturnValue:
    """Answer with the people of the unit that a confidential concern is about."""
    unit_id = small_number(request.args.get("reported_unit_id"))
    offered = {unit.id for area in desk_entry.areas_of(current_cadre()) for unit in choice_queries.units_of(area)}
    people = choice_queries.people_of(unit_id) if unit_id in offered and unit_id is not None else ()
    return render_template("concerns/_people.html", people=people)


def _page(draft: Draft, *, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    template = "concerns/_new_form.html" if wants_fragment() else "concerns/new.html"
    return render_template(template, **_context(draft), sentence=sentence, again=False), status


def _context(draft: Draft) -> dict[str, object]:
    me, known = current_cadre(), lists()
    return {
        "form": draft.form,
        "hints": desk_entry.hints(me, draft),
        "known": known,
        "restricted": draft.form.is_restricted(known),
        "household": draft.household,
        "found": desk_entry.found_households(me, draft),
        "takes_households": draft.takes_households,
        "places": choice_queries.places(
            desk_entry.areas_of(me), (draft.form.village.data or "") if not draft.places else ""
        ),
        "state_words": STATE_WORDS,
    }
