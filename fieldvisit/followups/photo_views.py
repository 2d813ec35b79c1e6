"""Photos of what was done, and the resident's signature: receiving, removing and showing them."""

from __future__ import annotations

import hashlib
from uuid import UUID

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from fieldvisit import clock
from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.capture.once import durable, earlier_answer, once
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.followups import actions, photo_queries, sheet_queries
from fieldvisit.followups.blueprint import bp
from fieldvisit.followups.models import FollowUp, FollowUpPhoto
from fieldvisit.followups.rules import PhotoKind
from fieldvisit.visits.photo_views import answer_with
from fieldvisit.visits.photos import PreparedPhoto, prepare
from fieldvisit.visits.upload_views import photo_store

MOST_PHOTOS = 10


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
    upload = request.files.get("photo")
    if upload is None:
        raise Refused("没有收到照片，请重新拍一张或选一张。")
    answered = earlier_answer()
    if answered:
        return answered
    _check(_follow_up(follow_up_id), PhotoKind(kind))
    # Decoding takes a tenth of a second: no write lock is held meanwhile.
    db.session.close()
    source = upload.stream.read()
    prepared = prepare(source)
    photo_store().save(prepared)
    upload.stream.seek(0)
    digest = hashlib.sha256(source).hexdigest()
    return once(lambda: _keep(follow_up_id, PhotoKind(kind), photo_id, prepared, digest))


def _follow_up(follow_up_id: UUID) -> FollowUp:
    return sheet_queries.own_locked(current_cadre(), follow_up_id)


def _check(follow_up: FollowUp, kind: PhotoKind) -> None:
    actions.check_takes_reports(follow_up)
    if kind is PhotoKind.SIGNATURE:
        return
    if not follow_up.photo_agreed:
        raise Refused("拍照要先征得户主同意：请先点“户主同意拍照”，再拍。")
    if len(photo_queries.photos_of([follow_up.id])[follow_up.id]) >= MOST_PHOTOS:
        raise Refused(f"这一件已有 {MOST_PHOTOS} 张照片，够用了。要换，请先删掉一张。")


def _keep(
    follow_up_id: UUID, kind: PhotoKind, photo_id: UUID, prepared: PreparedPhoto, source_sha256: str
) -> ResponseReturnValue:
    follow_up = _follow_up(follow_up_id)
    _check(follow_up, kind)
    photo = photo_queries.earlier_photo(follow_up_id, kind, source_sha256, photo_id)
    if kind is PhotoKind.SIGNATURE:
        for earlier in photo_queries.photos_of([follow_up_id])[follow_up_id]:
            earlier.removed = earlier.removed or earlier.kind is kind
    if photo is None:
        photo = FollowUpPhoto(id=photo_id, follow_up_id=follow_up_id, kind=kind, source_sha256=source_sha256)
        db.session.add(photo)
    photo.sha256, photo.width, photo.height = prepared.sha256, prepared.width, prepared.height
    photo.added_at, photo.removed = clock.now(), False
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
