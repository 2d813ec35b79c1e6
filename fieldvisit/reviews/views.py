"""走访审阅: the log of finished visits, reading one, and deciding about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires, scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.organisation import choice_queries
from fieldvisit.reviews import actions, hint_queries, log_queries, queries
from fieldvisit.reviews.forms import (
    PERIOD_WORDS,
    QUICK_REASONS,
    WANTED_WORDS,
    DecisionForm,
    Filters,
    read_filters,
)
from fieldvisit.reviews.hints import Hint
from fieldvisit.reviews.models import Decision
from fieldvisit.visits.models import Visit
from fieldvisit.visits.record import record_of, words_of

bp = Blueprint("reviews", __name__, url_prefix="/reviews")
READERS = (Role.SUPERVISOR, Role.OFFICE)
DONE = {Decision.READ: "已阅。", Decision.SENT_BACK: "已退回，干部会在“今日”里看到原因。"}


@bp.get("")
@requires(*READERS)
def index() -> ResponseReturnValue:
    """Show a page of the log; every filter is in the address."""
    filters = read_filters(request.args)
    who = current_cadre()
    page = log_queries.Log(who, filters).page(request.args.get("after"))
    units = queries.units_to_choose(who, filters)
    template = "reviews/_log.html" if wants_fragment() else "reviews/log.html"
    return render_template(
        template,
        page=page,
        glances=queries.glances_at(page.rows),
        hints=hint_queries.hints_for(row.id for row in page.rows),
        areas=choice_queries.places(scope_of(who).areas, filters.area),
        units=units,
        cadres=queries.cadres_to_choose(units, filters.unit_id),
        continued=bool(request.args.get("after")),
        states=WANTED_WORDS,
        periods=PERIOD_WORDS,
        several_units=log_queries.overseen_by(who).is_several,
        **shared(filters),
    )


@bp.get("/<uuid:visit_id>")
@requires(*READERS)
def read(visit_id: UUID) -> ResponseReturnValue:
    """Show one visit in full."""
    visit = queries.visit_to_review(current_cadre(), visit_id)
    return _reading(visit, DecisionForm(revision=visit.revision))


@bp.post("/<uuid:visit_id>")
@requires(*READERS)
def decide(visit_id: UUID) -> ResponseReturnValue:
    """Take 已阅 or 退回补充 and go on to the next visit that is still to be read."""
    who, filters, form = current_cadre(), read_filters(request.args), DecisionForm(request.form)
    visit = queries.visit_to_review(who, visit_id)
    if not form.validate():
        return _reading(visit, form, status=422)
    try:
        actions.decide(who, visit, *form.decided())
    except Refused as refused:
        db.session.rollback()
        fresh = queries.visit_to_review(who, visit_id)
        return _reading(fresh, form, sentence=refused.message, status=refused.status)
    following = log_queries.Log(who, filters).next_to_read(_key(visit))
    db.session.commit()
    # The next visit opens now: the words must not seem to be about it.
    flash(("上一户" if following else "") + DONE[Decision(form.decision.data or "")], "success")
    if following is None:
        return go_to(_log_address(filters))
    return go_to(url_for(".read", visit_id=following, _external=False, **filters.as_args()))


@bp.post("/<uuid:visit_id>/row")
@requires(*READERS)
def decide_in_log(visit_id: UUID) -> ResponseReturnValue:
    """Take 已阅 from a row of the log, and answer with the row as it is then."""
    who, form = current_cadre(), DecisionForm(request.form)
    visit = queries.visit_to_review(who, visit_id)
    sentence, status = "", 200
    try:
        # Going back needs a reason, which the row has no room for: here a visit can only be marked as read.
        actions.decide(who, visit, form.revision.data or 0, Decision.READ)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        sentence, status = refused.message, refused.status
    if not wants_fragment():
        flash(sentence or "已阅。", "warning" if sentence else "success")
        return go_to(_log_address(read_filters(request.args)))
    return _row(visit_id, sentence, status)


def _row(visit_id: UUID, sentence: str, status: int) -> ResponseReturnValue:
    row = log_queries.log_row(visit_id)
    return render_template(
        "reviews/_row.html",
        row=row,
        glance=queries.glances_at([row])[row.id],
        hint=hint_queries.hints_for([row.id]).get(row.id),
        sentence=sentence,
        several_units=log_queries.overseen_by(current_cadre()).is_several,
        **shared(read_filters(request.args)),
    ), status


def _reading(visit: Visit, form: DecisionForm, *, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    who, filters = current_cadre(), read_filters(request.args)
    newer, older = log_queries.Log(who, filters).neighbours(_key(visit))
    # A form that comes back carries the revision now shown, so that deciding again is about what is read now.
    form.revision.data = visit.revision
    form.revision.raw_data = None
    return render_template(
        "reviews/_visit.html" if wants_fragment() else "reviews/visit.html",
        record=record_of(visit.id),
        opinions=queries.opinions_about(visit.id),
        **hint_context(who, visit),
        form=form,
        newer=newer,
        older=older,
        sentence=sentence,
        quick_reasons=QUICK_REASONS,
        **shared(filters),
    ), status


def hint_context(who: Cadre, visit: Visit) -> dict[str, Any]:
    """Return what the templates of a visit's hints need."""
    hint = hint_queries.hints_for([visit.id]).get(visit.id, Hint())
    titles = {card.key: card.title for card in words_of(visit.checklist_version).cards()}
    return {"hint": hint, "heads": hint_queries.heads_of_readable(who, hint), "titles": titles}


def _log_address(filters: Filters) -> str:
    return url_for(".index", _external=False, **filters.as_args())


def _key(visit: Visit) -> log_queries.Key:
    assert visit.finished_at is not None  # visit_to_review gives finished ones only
    return visit.finished_at, visit.id


def shared(filters: Filters) -> dict[str, Any]:
    """Return what all templates of a page share."""
    return {"filters": filters, "query": filters.as_args(), "me": current_cadre()}
