"""A supervisor's decision about one revision of a visit, and what a reader says of its hints."""

from __future__ import annotations

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.reviews import hint_queries
from fieldvisit.reviews.models import Decision, HintDismissal, HintKind, Review
from fieldvisit.visits.deciding import STALE, mark_reviewed, mark_sent_back
from fieldvisit.visits.models import Visit


def decide(who: Cadre, visit: Visit, seen_revision: int, decision: Decision, reason: str = "") -> None:
    """Note 已阅, or give the visit back with a reason; refuse (409) when it has changed since it was read."""
    if visit.cadre_id == who.id:
        raise Refused("自己的走访要由别人来审阅。")
    if visit.revision != seen_revision:
        raise Refused(STALE, 409)
    if decision is Decision.READ:
        mark_reviewed(visit)
    else:
        mark_sent_back(visit, reason)
    review = _keep(who, visit, decision, reason)
    # The reason itself stays in the review: it may speak of a resident, and the audit can't forget.
    action = "visit_reviewed" if decision is Decision.READ else "visit_sent_back"
    record(who.id, action, "visit", visit.id, revision=visit.revision, review=review.id)


def _keep(who: Cadre, visit: Visit, decision: Decision, reason: str) -> Review:
    review = Review(
        visit_id=visit.id,
        revision=visit.revision,
        supervisor_id=who.id,
        decision=decision,
        reason=reason if decision is Decision.SENT_BACK else "",
        at=clock.now(),
    )
    db.session.add(review)
    try:
        db.session.flush()
    except sa.exc.IntegrityError as error:
        # Somebody else's decision about this revision came first.
        raise Refused(STALE, 409) from error
    return review


def dismiss_hint(who: Cadre, visit: Visit, kind: HintKind) -> None:
    """Note, once, that a reader found a hint to mean nothing; nobody who reads the visit is shown it again."""
    if visit.cadre_id == who.id:
        raise Refused("自己走访的提示要由别人来看。")
    if hint_queries.dismissal(visit.id, kind) is None:
        db.session.add(HintDismissal(visit_id=visit.id, kind=kind, cadre_id=who.id, at=clock.now()))
        record(who.id, "hint_dismissed", "visit", visit.id, kind=kind)


def restore_hint(who: Cadre, visit: Visit, kind: HintKind) -> None:
    """Take a dismissal back."""
    dismissal = hint_queries.dismissal(visit.id, kind)
    if dismissal is not None:
        db.session.delete(dismissal)
        record(who.id, "hint_restored", "visit", visit.id, kind=kind)
