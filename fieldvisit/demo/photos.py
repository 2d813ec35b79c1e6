"""The demonstration's few photos: files first, as everywhere, then their rows."""

from __future__ import annotations

import hashlib
from pathlib import Path
from random import Random

import sqlalchemy as sa

from fieldvisit.demo.drawing import SCENES
from fieldvisit.demo.history import Told
from fieldvisit.demo.households import lot_id
from fieldvisit.extensions import db
from fieldvisit.visits.models import Photo
from fieldvisit.visits.photo_store import PhotoStore
from fieldvisit.visits.photos import PreparedPhoto, prepare

Drawn = dict[str, tuple[PreparedPhoto, str]]


def draw_photos(folder: Path) -> Drawn:
    """Draw and store the photos; return them by scene, each with the digest of what was drawn."""
    store = PhotoStore(folder)
    drawn: Drawn = {}
    for name, draw in SCENES.items():
        source = draw()
        photo = prepare(source)
        store.save(photo)
        drawn[name] = photo, hashlib.sha256(source).hexdigest()
    return drawn


def add_photos(dice: Random, drawn: Drawn, visits: list[Told]) -> None:
    """Add the photos that the visits' stories name."""
    rows = [_row(dice, visit, card, *drawn[scene]) for visit in visits for card, scene in visit.photos.items()]
    db.session.execute(sa.insert(Photo), rows)


def _row(dice: Random, visit: Told, card: str, photo: PreparedPhoto, source_sha256: str) -> dict[str, object]:
    return {
        "id": lot_id(dice),
        "visit_id": visit.id,
        "card": card,
        "sha256": photo.sha256,
        "source_sha256": source_sha256,
        "width": photo.width,
        "height": photo.height,
        "dhash": photo.dhash,
        "added_at": visit.started_at,
    }
