"""没有问题，不再提示: a reader has looked where a hint pointed, for everybody who reads the visit."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.extensions import db
from fieldvisit.htmx import go_to, wants_fragment
from fieldvisit.reviews import actions, queries
from fieldvisit.reviews.forms import read_filters
from fieldvisit.reviews.models import HintKind
from fieldvisit.reviews.views import READERS, bp, hint_context, shared

KINDS = "photo, words, brief"


@bp.post(f"/<uuid:visit_id>/hints/<any({KINDS}):kind>/dismiss")
@requires(*READERS)
def dismiss_hint(visit_id: UUID, kind: str) -> ResponseReturnValue:
    """Dismiss a kind of hint about a visit; the answer takes its place and can be undone while it is there."""
    who = current_cadre()
    visit = queries.visit_to_review(who, visit_id)
    actions.dismiss_hint(who, visit, HintKind(kind))
    db.session.commit()
    if not wants_fragment():
        flash("已记下，这项提示不再出现。", "success")
        return _back(visit_id)
    return render_template("reviews/_hint_dismissed.html", visit=visit, kind=kind, **shared(read_filters(request.args)))


@bp.post(f"/<uuid:visit_id>/hints/<any({KINDS}):kind>/restore")
@requires(*READERS)
def restore_hint(visit_id: UUID, kind: str) -> ResponseReturnValue:
    """Take a dismissal back; the answer is the hint again."""
    who = current_cadre()
    visit = queries.visit_to_review(who, visit_id)
    actions.restore_hint(who, visit, HintKind(kind))
    db.session.commit()
    if not wants_fragment():
        return _back(visit_id)
    context = hint_context(who, visit) | shared(read_filters(request.args))
    return render_template("reviews/_hint.html", visit=visit, kind=kind, **context)


def _back(visit_id: UUID) -> ResponseReturnValue:
    return go_to(url_for(".read", visit_id=visit_id, _external=False, **read_filters(request.args).as_args()))
