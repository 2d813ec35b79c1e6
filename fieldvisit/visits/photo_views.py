"""Serving stored photos to those who may read their visit."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, send_file
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.visits.photo_store import PhotoSize
from fieldvisit.visits.reading import readable_photo_sha256
from fieldvisit.visits.upload_views import photo_store

bp = Blueprint("photos", __name__, url_prefix="/photos")

HEADERS = {
    # A photo never changes under its id, and only this person's browser may keep it.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Disposition": "inline",
    # Whatever the bytes were, the browser runs nothing in them.
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
SIZES = {"full": PhotoSize.FULL, "small": PhotoSize.THUMB}


@bp.get("/<uuid:photo_id>/<any(full, small):size>.jpg")
@requires(Role.CADRE, Role.SUPERVISOR, Role.OFFICE)
def photo(photo_id: UUID, size: str) -> ResponseReturnValue:
    """Answer with a photo of a visit that the person may read."""
    return answer_with(readable_photo_sha256(current_cadre(), photo_id), size)


def answer_with(sha256: str, size: str) -> ResponseReturnValue:
    """Answer with a stored photo in a size of SIZES; 404 when its file is not there."""
    path = photo_store().path(sha256, SIZES[size])
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype="image/jpeg", etag=f"{sha256}-{size}", conditional=True)
    response.headers.update(HEADERS)
    return response
