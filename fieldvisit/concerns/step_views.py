"""Taking a step: guard, form, act, answer; whatever goes wrong, what was typed stays in the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Cadre
from fieldvisit.capture.once import durable
from fieldvisit.concerns import (
    actions,
    choice_queries,
    offering,
    queries,
    read_views,
    rules,
    seat_queries,
    similar_queries,
)
from fieldvisit.concerns.blueprint import bp
from fieldvisit.concerns.entry_forms import CorrectForm
from fieldvisit.concerns.lists import lists
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Outcome, Step
from fieldvisit.concerns.words import STEP_WORDS
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.numbers import small_number

TAKEN = ", ".join(step.value for step in rules.TRANSITIONS)


@bp.post(f"/concerns/<int:concern_id>/<any({TAKEN}):name>")
@requires(*seat_queries.READERS)
@durable
def take_step(concern_id: int, name: str) -> ResponseReturnValue:
    """Take a step, or answer with its form and what is wrong."""
    who, step = current_cadre(), Step(name)
    concern = seat_queries.concern_for(who, concern_id)
    _check_has_a_part(who, concern, step)
    opened = offering.offer(who, concern, step, request.form)
    if not opened.form.validate():
        return _again(concern_id, opened, "", 422)
    try:
        DO[step](who, concern, opened.form.seen_number(), opened.form)
        db.session.flush()
    except Refused as refused:
        db.session.rollback()
        return _again(concern_id, opened, refused.message, refused.status)
    flash(f"已{STEP_WORDS[step]}：{concern.number}。", "success")
    return go_to(_next(who, concern))


def _check_has_a_part(who: Cadre, concern: Concern, step: Step) -> None:
    """Raise NotYours for a step that the person could take in no state at all: to them it does not exist."""
    if rules.TRANSITIONS[step].by.isdisjoint(seat_queries.parties_of(who, concern)):
        raise NotYours


def _again(concern_id: int, opened: offering.Offer, sentence: str, status: int) -> ResponseReturnValue:
    concern = seat_queries.concern_for(current_cadre(), concern_id)
    if status == 409 and isinstance(opened.form, CorrectForm):
        opened = _caught_up(concern, opened.form.seen_number())
    # What is sent from here on is about what is now shown beside it.
    opened.form.seen.data = str(concern.version) if status == 409 else opened.form.seen.data
    if wants_fragment():
        return read_views.part(concern, opened, sentence, status)
    return read_views.page(concern, opened, sentence=sentence, status=status)


def _caught_up(concern: Concern, seen: int) -> offering.Offer:
    """Return the form of a correction anew: what only others have changed meanwhile is as they have it."""
    sent = request.form.copy()
    for taken in reversed(queries.steps_of(concern.id)):
        if taken.row.nth <= seen:
            continue
        for name, (old, new) in taken.row.details.items():
            if sent.get(name) == ("" if old is None else str(old)):
                sent[name] = "" if new is None else str(new)
            if name == "domain":
                sent["top"] = ""
    return offering.offer(current_cadre(), concern, Step.CORRECT, sent)


def _next(who: Cadre, concern: Concern) -> str:
    """Return where to go: the concern, or the list when it is no longer this person's to see."""
    if seat_queries.parties_of(who, concern):
        return url_for(".read", concern_id=concern.id)
    return url_for(".index")


def _dispatch(who: Cadre, concern: Concern, seen: int, form: Any) -> None:
    actions.dispatch(who, concern, seen, small_number(form.unit_id.data), form.words.data or "")


def _merge(who: Cadre, concern: Concern, seen: int, form: Any) -> None:
    into = similar_queries.numbered(who, form.picked)
    if into is None:
        raise Refused("没有这个编号的诉求，请核对。")
    actions.merge(who, concern, seen, into, form.words.data or "")


def _correct(who: Cadre, concern: Concern, seen: int, form: Any) -> None:
    code = form.settle_village(choice_queries.place_meant([concern.county_code], form.village.data or ""))
    if not code:
        raise Refused("还没有更正，请看地点一栏。")
    actions.correct(who, concern, seen, form.changes(code, lists()), form.reason.data or "")


def _worded(action: Callable[[Cadre, Concern, int, str], None]) -> Callable[..., None]:
    def take(who: Cadre, concern: Concern, seen: int, form: Any) -> None:
        action(who, concern, seen, form.words.data)

    return take


def _bare(action: Callable[[Cadre, Concern, int], None]) -> Callable[..., None]:
    return lambda who, concern, seen, _form: action(who, concern, seen)


def _extend(who: Cadre, concern: Concern, seen: int, form: Any) -> None:
    actions.extend(who, concern, seen, form.day.data, form.words.data)


def _reply(who: Cadre, concern: Concern, seen: int, form: Any) -> None:
    actions.reply(who, concern, seen, Outcome(form.outcome.data), form.words.data)


def _close(who: Cadre, concern: Concern, seen: int, form: Any) -> None:
    actions.close(who, concern, seen, form.mark.data, form.words.data or "")


DO: dict[Step, Callable[..., None]] = {
    Step.ACCEPT: _bare(actions.accept),
    Step.TAKE_UP: _bare(actions.take_up),
    Step.ARCHIVE: _bare(actions.archive),
    Step.DISPATCH: _dispatch,
    Step.RETURN: _worded(actions.return_to_office),
    Step.EXTEND: _extend,
    Step.NOTE: _worded(actions.note),
    Step.REPLY: _reply,
    Step.CLOSE: _close,
    Step.REDO: _worded(actions.redo),
    Step.REDIRECT: _worded(actions.redirect),
    Step.MERGE: _merge,
    Step.REJECT: _worded(actions.reject),
    Step.WITHDRAW: _worded(actions.withdraw),
    Step.SUPERVISE: _worded(actions.supervise),
    Step.CORRECT: _correct,
}
