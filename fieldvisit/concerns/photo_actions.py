"""Adding photos to a concern, and taking them away, by whoever works on it."""

from __future__ import annotations

from uuid import UUID

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import photo_queries, queries, rules, seat_queries
from fieldvisit.concerns.models import Concern, ConcernPhoto
from fieldvisit.concerns.rules import Party
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.visits.photos import PreparedPhoto

MOST_PHOTOS = 10


def may_add(parties: frozenset[Party], concern: Concern) -> bool:
    """Say whether photos may be added or taken away: while it is open, by the office and the unit that handles it."""
    return concern.state in rules.OPEN and not parties.isdisjoint({Party.OFFICE, Party.HANDLER})


def check_may_add(who: Cadre, concern: Concern) -> None:
    """Refuse changes of the photos of what has ended; to others there is no such place."""
    parties = seat_queries.parties_of(who, concern)
    if parties.isdisjoint({Party.OFFICE, Party.HANDLER}):
        raise NotYours
    if not may_add(parties, concern):
        raise Refused("这件已经办完，照片不能再改。", 409)


def check_photo_wanted(who: Cadre, concern: Concern) -> None:
    """Refuse a photo when there are plenty."""
    check_may_add(who, concern)
    if len(queries.photos_of(concern.id)) >= MOST_PHOTOS:
        raise Refused(f"这一件已有 {MOST_PHOTOS} 张照片，够用了。要换，请先删掉一张。")


def add_photo(
    who: Cadre, concern: Concern, photo_id: UUID, prepared: PreparedPhoto, source_sha256: str
) -> ConcernPhoto:
    """Add a stored photo under the id that the page made; the same bytes again are the same photo."""
    check_photo_wanted(who, concern)
    photo = photo_queries.earlier_photo(concern.id, source_sha256, photo_id)
    if photo is None:
        photo = ConcernPhoto(id=photo_id, concern_id=concern.id, cadre_id=who.id, source_sha256=source_sha256)
        db.session.add(photo)
    photo.sha256, photo.width, photo.height = prepared.sha256, prepared.width, prepared.height
    photo.added_at, photo.removed = clock.now(), False
    return photo


def remove_photo(who: Cadre, concern: Concern, photo_id: UUID) -> None:
    """Take a photo away; a command sweeps the files that nothing names any more."""
    check_may_add(who, concern)
    photo_queries.photo_of(concern.id, photo_id).removed = True
