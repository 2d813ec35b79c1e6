"""One concern: what was asked, who is responsible, every step."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.concerns import queries, seat_queries
from fieldvisit.concerns.blueprint import bp
from fieldvisit.concerns.words import STATE_WORDS, STEP_WORDS


@bp.get("/concerns/<int:concern_id>")
@requires(*seat_queries.READERS)
def read(concern_id: int) -> ResponseReturnValue:
    """Show one concern in full."""
    concern = seat_queries.concern_for(current_cadre(), concern_id)
    return render_template(
        "concerns/read.html",
        concern=concern,
        steps=queries.steps_of(concern.id),
        state_words=STATE_WORDS,
        step_words=STEP_WORDS,
    )
