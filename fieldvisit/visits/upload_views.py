"""Receiving and removing photos."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from uuid import UUID

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from fieldvisit.accounts.access import current_cadre, requires
from fieldvisit.accounts.models import Role
from fieldvisit.capture.once import durable, earlier_answer, once
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.visits import photo_actions, photo_queries
from fieldvisit.visits.models import Visit
from fieldvisit.visits.photo_store import PhotoStore
from fieldvisit.visits.photos import PreparedPhoto, prepare
from fieldvisit.visits.sheet import checklist_of
from fieldvisit.visits.views import bp, visit_of_request


def photo_store() -> PhotoStore:
    """Return this application's photo store, which remembers the folders that it has made durable."""
    store: PhotoStore | None = current_app.extensions.get("photo_store")
    if store is None:
        store = current_app.extensions["photo_store"] = PhotoStore(current_app.extensions["fieldvisit"].photo_dir)
    return store


@bp.post("/visits/<uuid:visit_id>/cards/<card>/photos/<uuid:photo_id>")
@requires(Role.CADRE)
def add_photo(visit_id: UUID, card: str, photo_id: UUID) -> ResponseReturnValue:
    """Receive one photo of a card; refused ones say why and leave the visit as it was."""
    return received_photo(
        lambda: _check(visit_of_request(current_cadre(), visit_id), card),
        lambda prepared, digest: _keep(visit_id, card, photo_id, prepared, digest),
    )


def received_photo(
    check: Callable[[], None], keep: Callable[[PreparedPhoto, str], ResponseReturnValue]
) -> ResponseReturnValue:
    """Take the photo of this request: `check` says whether it may come, `keep` its row and the answer, once per key.

    `keep` gets the prepared photo, whose files are on disk by then, and the SHA-256 of what was sent.
    """
    upload = request.files.get("photo")
    if upload is None:
        raise Refused("没有收到照片，请重新拍一张或选一张。")
    answered = earlier_answer()
    if answered:
        return answered
    check()
    # Decoding takes a tenth of a second: no transaction, hence no write lock, is held meanwhile. Closing, unlike
    # rolling back, leaves who is signed in as read.
    db.session.close()
    source = upload.stream.read()
    prepared = prepare(source)
    photo_store().save(prepared)
    upload.stream.seek(0)
    digest = hashlib.sha256(source).hexdigest()
    return once(lambda: keep(prepared, digest))


def _keep(
    visit_id: UUID, card: str, photo_id: UUID, prepared: PreparedPhoto, source_sha256: str
) -> ResponseReturnValue:
    visit = visit_of_request(current_cadre(), visit_id)
    _check(visit, card)
    photo = photo_actions.add_photo(visit, card, photo_id, prepared, source_sha256)
    write = "?" + request.query_string.decode("ascii", "ignore")
    return render_template("visits/_photo.html", photo=photo, base=f"/visits/{visit.id}", write=write)


def _check(visit: Visit, card: str) -> None:
    words = checklist_of(visit.checklist_version)
    if words is None:
        raise NotYours
    photo_actions.check_photo_wanted(visit, words, card)


@bp.post("/visits/<uuid:visit_id>/photos/<uuid:photo_id>/remove")
@requires(Role.CADRE)
@durable
def remove_photo(visit_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """Take a photo off a visit; the answer is empty, so that it leaves the page."""
    visit = visit_of_request(current_cadre(), visit_id)
    photo_actions.remove_photo(photo_queries.photo_of(visit.id, photo_id))
    return make_response("")
