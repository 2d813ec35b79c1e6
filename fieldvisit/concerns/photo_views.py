"""Photos of a concern: receiving, removing and showing them."""

from __future__ import annotations

from uuid import UUID

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.capture.once import durable
from fieldvisit.concerns import photo_actions, photo_queries, seat_queries
from fieldvisit.concerns.blueprint import bp
from fieldvisit.concerns.models import Concern
from fieldvisit.visits.photo_views import answer_with
from fieldvisit.visits.photos import PreparedPhoto
from fieldvisit.visits.upload_views import received_photo


@bp.post("/concerns/<int:concern_id>/photos/<uuid:photo_id>")
@requires(Role.OFFICE, Role.HANDLER)
def add_photo(concern_id: int, photo_id: UUID) -> ResponseReturnValue:
    """Receive a photo; refused ones say why."""
    return received_photo(
        lambda: photo_actions.check_photo_wanted(current_cadre(), _concern(concern_id)),
        lambda prepared, digest: _keep(concern_id, photo_id, prepared, digest),
    )


def _keep(concern_id: int, photo_id: UUID, prepared: PreparedPhoto, source_sha256: str) -> ResponseReturnValue:
    photo = photo_actions.add_photo(current_cadre(), _concern(concern_id), photo_id, prepared, source_sha256)
    return render_template("concerns/_photo.html", photo=photo, may_remove=True)


@bp.post("/concerns/<int:concern_id>/photos/<uuid:photo_id>/remove")
@requires(Role.OFFICE, Role.HANDLER)
@durable
def remove_photo(concern_id: int, photo_id: UUID) -> ResponseReturnValue:
    """Take a photo away; the answer is empty, so that it leaves the page."""
    photo_actions.remove_photo(current_cadre(), _concern(concern_id), photo_id)
    return make_response("")


@bp.get("/concerns/photos/<uuid:photo_id>/<any(full, small):size>.jpg")
@requires(*seat_queries.READERS)
def photo(photo_id: UUID, size: str) -> ResponseReturnValue:
    """Answer with a photo of a concern that the person may know of."""
    return answer_with(photo_queries.readable_sha256(current_cadre(), photo_id), size)


def _concern(concern_id: int) -> Concern:
    return seat_queries.concern_for(current_cadre(), concern_id)
