"""Adding and removing photos of a visit."""

from __future__ import annotations

from uuid import UUID

from fieldvisit import clock
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.visits import photo_queries
from fieldvisit.visits.checklist import SIGNATURE, Checklist
from fieldvisit.visits.models import Photo, Visit
from fieldvisit.visits.photo_likeness import dhash_of
from fieldvisit.visits.photo_store import PhotoSize, PhotoStore
from fieldvisit.visits.photos import PreparedPhoto

MOST_PHOTOS = 30
AGREED = "agreed"


def check_photo_wanted(visit: Visit, words: Checklist, card: str) -> None:
    """Refuse a photo on a card that takes none, without the householder's agreement, or when there are plenty."""
    if card == SIGNATURE:
        return
    known = words.card(card)
    if known is None or not known.photos:
        raise NotYours
    consent, photos = photo_queries.room_for_photo(visit.id)
    if consent != AGREED:
        raise Refused("屋里拍照要先征得户主同意：请先点上方“户主同意拍照”，再拍。")
    if photos >= MOST_PHOTOS:
        raise Refused(f"这次走访已有 {MOST_PHOTOS} 张照片，够用了。要换，请先删掉一张。")


def add_photo(visit: Visit, card: str, photo_id: UUID, prepared: PreparedPhoto, source_sha256: str) -> Photo:
    """Add a stored photo to a card under the id that the phone made; the same bytes again are the same photo.

    A signature takes the place of the one before.
    """
    photo = photo_queries.earlier_photo(visit.id, card, source_sha256, photo_id)
    if card == SIGNATURE:
        for earlier in photo_queries.photos(visit.id).get(SIGNATURE, ()):
            earlier.removed = True
    if photo is None:
        photo = Photo(id=photo_id, visit_id=visit.id, card=card, source_sha256=source_sha256)
        db.session.add(photo)
    photo.sha256, photo.width, photo.height = prepared.sha256, prepared.width, prepared.height
    photo.dhash, photo.added_at, photo.removed = prepared.dhash, clock.now(), False
    return photo


def remove_photo(photo: Photo) -> None:
    """Take a photo off its visit; a command sweeps the files that nothing names any more."""
    photo.removed = True


def add_fingerprint(photo: Photo, store: PhotoStore) -> bool:
    """Note what a photo looks like that came before this was noted; say whether its thumbnail could be read."""
    try:
        photo.dhash = dhash_of(store.read(photo.sha256, PhotoSize.THUMB))
    except OSError:
        return False
    return True
