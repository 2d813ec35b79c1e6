"""Photos of what was done, and the resident's signature: receiving, removing and showing them."""

from __future__ import annotations

from uuid import UUID

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.capture.once import durable
from fieldvisit.followups import actions, photo_queries, sheet_queries
from fieldvisit.followups.blueprint import bp
from fieldvisit.followups.models import FollowUp
from fieldvisit.followups.rules import PhotoKind
from fieldvisit.visits.photo_views import answer_with
from fieldvisit.visits.photos import PreparedPhoto
from fieldvisit.visits.upload_views import received_photo


@bp.post("/followups/<uuid:follow_up_id>/agreed")
@requires(Role.CADRE)
@durable
def agree_to_photos(follow_up_id: UUID) -> ResponseReturnValue:
    """Note with one tap whether the householder agrees to photos."""
    follow_up = sheet_queries.own_locked(current_cadre(), follow_up_id)
    actions.agree_to_photos(follow_up, "agreed" in request.form)
    return make_response("")


@bp.post("/followups/<uuid:follow_up_id>/<any(photos, signature):kind>/<uuid:photo_id>")
@requires(Role.CADRE)
def add_photo(follow_up_id: UUID, kind: str, photo_id: UUID) -> ResponseReturnValue:
    """Receive a photo or a signature; refused ones say why."""
    return received_photo(
        lambda: actions.check_photo_wanted(_follow_up(follow_up_id), PhotoKind(kind)),
        lambda prepared, digest: _keep(follow_up_id, PhotoKind(kind), photo_id, prepared, digest),
    )


def _follow_up(follow_up_id: UUID) -> FollowUp:
    return sheet_queries.own_locked(current_cadre(), follow_up_id)


def _keep(
    follow_up_id: UUID, kind: PhotoKind, photo_id: UUID, prepared: PreparedPhoto, source_sha256: str
) -> ResponseReturnValue:
    photo = actions.add_photo(_follow_up(follow_up_id), kind, photo_id, prepared, source_sha256)
    write = "?" + request.query_string.decode("ascii", "ignore")
    return render_template("followups/_photo.html", photo=photo, write=write)


@bp.post("/followups/<uuid:follow_up_id>/photos/<uuid:photo_id>/remove")
@requires(Role.CADRE)
@durable
def remove_photo(follow_up_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """Take a photo away; the answer is empty, so that it leaves the page."""
    follow_up = _follow_up(follow_up_id)
    actions.check_takes_reports(follow_up)
    photo_queries.photo_of(follow_up_id, photo_id).removed = True
    return make_response("")


@bp.get("/followups/photos/<uuid:photo_id>/<any(full, small):size>.jpg")
@requires(Role.CADRE, Role.SUPERVISOR, Role.OFFICE)
def photo(photo_id: UUID, size: str) -> ResponseReturnValue:
    """Answer with a photo of a return visit that the person may read of."""
    return answer_with(photo_queries.readable_sha256(current_cadre(), photo_id), size)
