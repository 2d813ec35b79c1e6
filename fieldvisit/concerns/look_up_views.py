"""What has become of a concern, for whoever has its number and query code: no account, no script, no names."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import public
from fieldvisit.complaints import bounds
from fieldvisit.complaints.rules import MOST_GUESSES, typed_code
from fieldvisit.concerns import numbering, queries
from fieldvisit.concerns.blueprint import bp
from fieldvisit.concerns.forms import LookUpForm
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import AT_A_UNIT, Stage, typed_number
from fieldvisit.concerns.words import OUTCOME_WORDS, STEP_WORDS, TOLD_STATES, due_in_words
from fieldvisit.extensions import db

WRONG_PAIR = "编号或查询码不对，请照回执核对。"
TOO_MANY = "这个网络查错的次数太多。请过一小时再查，或者换一个网络再查。"
NOBODYS = UUID(int=0)


@bp.route("/concerns/look-up", methods=["GET", "POST"])
@public
def look_up() -> ResponseReturnValue:
    """Ask for number and code, and show how far it is."""
    form = LookUpForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        return _form_page(form)
    if not form.validate():
        return _form_page(form, status=422)
    used = bounds.uses("looking up concerns", request.remote_addr or "")
    if used.times >= MOST_GUESSES:
        db.session.commit()
        return _form_page(form, sentence=TOO_MANY, status=429)
    concern = queries.numbered(typed_number(form.number.data or "") or "")
    # The same work for a number that nobody has, so that nothing is told of which there are.
    if not numbering.is_code(concern.uid if concern else NOBODYS, typed_code(form.code.data or "")) or concern is None:
        used.times += 1
        db.session.commit()
        return _form_page(form, sentence=WRONG_PAIR, status=422)
    answer = _state_page(concern)
    db.session.commit()
    return answer


def _form_page(form: LookUpForm, *, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    return render_template("concerns/look_up.html", form=form, sentence=sentence), status


def _state_page(concern: Concern) -> str:
    is_running = concern.stage in (Stage.NEW, Stage.TO_DISPATCH) or concern.state in AT_A_UNIT
    until = concern.clock_on if is_running else None
    return render_template(
        "concerns/state.html",
        number=concern.number,
        registered_on=concern.registered_on,
        state=TOLD_STATES[concern.state],
        until=until,
        left=due_in_words(until, clock.today()) if until else "",
        outcome=OUTCOME_WORDS[concern.outcome] if concern.outcome and concern.stage is Stage.DONE else "",
        told=queries.told_steps(concern.id),
        step_words=STEP_WORDS,
    )
