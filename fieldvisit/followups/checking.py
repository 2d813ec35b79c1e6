"""The judge must not be the judged: a sample is asked about once more, by somebody of another unit."""

from __future__ import annotations

from uuid import uuid4

from flask import current_app

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.config import Settings
from fieldvisit.extensions import db
from fieldvisit.followups import check_queries, rules
from fieldvisit.followups.models import FollowUp, IndependentCheck
from fieldvisit.followups.rules import Mark, Why


def draw(follow_up: FollowUp) -> None:
    """Take a follow-up that was just judged into the sample, if it is drawn and somebody else can ask.

    Not when nobody judged. Also when the resident did it on their own phone: cards pass through the cadre's hands.
    """
    settings: Settings = current_app.extensions["fieldvisit"]
    if follow_up.mark in (None, Mark.UNRATED):
        return
    if not rules.is_drawn(_seed(settings), follow_up.id, settings.sample_percent):
        return
    if check_queries.is_drawn_already(follow_up.id):
        return
    asker_id = asker_for(follow_up)
    if asker_id is None:
        return
    row = IndependentCheck(id=uuid4(), follow_up_id=follow_up.id, asker_id=asker_id, drawn_at=clock.now())
    db.session.add(row)


def asker_for(follow_up: FollowUp) -> int | None:
    """Return who asks about a follow-up; None when there is nobody who may."""
    # Of the same number but not the part that has decided the draw.
    number = rules.draw(_seed(current_app.extensions["fieldvisit"]), follow_up.id) // 100
    return check_queries.asker_for(follow_up, number)


def _seed(settings: Settings) -> str:
    return settings.sample_seed or settings.secret_key


def answer(who: Cadre, check: IndependentCheck, mark: Mark, why: Why | None, comment: str) -> bool:
    """Note what was said on the phone; say whether that ends it. Who is not reached is tried three times in all."""
    why = (why or Why.NO_ANSWER) if mark is Mark.UNRATED else None
    if rules.is_try(mark, why):
        check.tries += 1
    is_end = not rules.is_try(mark, why) or check.tries >= rules.MOST_TRIES
    if is_end:
        check.mark, check.why, check.comment = mark, why, comment
        check.closed_at = clock.now()
    record(who.id, "follow_up_checked", "follow_up", check.follow_up_id, is_end=is_end)
    return is_end
