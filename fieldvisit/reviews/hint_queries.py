"""Hints for reading: the same photo or words as in an earlier visit. They say where to look, no more."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from fieldvisit.extensions import db
from fieldvisit.visits.models import Answer, Photo, Visit

# A season of a cadre's visits, so that the search costs the same however long the system runs.
LOOK_BACK = timedelta(days=92)
# 一切都好 may be said of any household; a sentence that returns word for word is worth a look.
MIN_LENGTH = 8
NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Hint:
    """What a visit shares with earlier ones: the last day with the same photo, how many say the same."""

    same_photo_on: date | None = None
    same_words: int = 0

    def __bool__(self) -> bool:
        return self.same_photo_on is not None or self.same_words > 0


def hints_for(visit_ids: Iterable[UUID]) -> dict[UUID, Hint]:
    """Return the hints about some finished visits, in at most three queries; most visits have none."""
    ids = list(visit_ids)
    photos, words = _same_photo(ids), _same_words(ids)
    return {key: Hint(photos.get(key), words.get(key, 0)) for key in photos.keys() | words.keys()}


def _same_photo(visit_ids: list[UUID]) -> dict[UUID, date]:
    this, earlier = aliased(Visit), aliased(Visit)
    mine, other = aliased(Photo), aliased(Photo)
    rows = db.session.execute(
        sa.select(this.id, sa.func.max(earlier.visited_on))
        .join(mine, mine.visit_id == this.id)
        .join(other, other.sha256 == mine.sha256)
        .join(earlier, earlier.id == other.visit_id)
        .where(this.id.in_(visit_ids), mine.removed.is_(False), other.removed.is_(False), _before(earlier, this))
        .group_by(this.id)
    )
    return {row[0]: row[1] for row in rows}


def _same_words(visit_ids: list[UUID]) -> dict[UUID, int]:
    mine = _notes(Visit.id.in_(visit_ids))
    if not mine:
        return {}
    known: defaultdict[tuple[int, str, str], list[Note]] = defaultdict(list)
    for note in _notes(
        sa.or_(*(_season_before(*visit) for visit in {(n.cadre_id, n.finished_at) for n in mine})),
        Answer.card.in_({n.card for n in mine}),
    ):
        known[note.cadre_id, note.card, note.words].append(note)
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for note in mine:
        same = known.get((note.cadre_id, note.card, note.words), ())
        found[note.visit_id] |= {other.visit_id for other in same if other.finished_at < note.finished_at}
    return {visit_id: len(visits) for visit_id, visits in found.items() if visits}


def _season_before(cadre_id: int, finished_at: datetime) -> sa.ColumnElement[bool]:
    since = finished_at - LOOK_BACK
    return sa.and_(Visit.cadre_id == cadre_id, Visit.finished_at > since, Visit.finished_at < finished_at)


class Note(NamedTuple):
    """What a card of a visit says in words that are many enough to be compared."""

    visit_id: UUID
    cadre_id: int
    finished_at: datetime
    card: str
    words: str


def _notes(*conditions: sa.ColumnElement[bool]) -> list[Note]:
    rows: Iterable[Any] = db.session.execute(
        sa.select(Visit.id, Visit.cadre_id, Visit.finished_at, Answer.card, Answer.note)
        .join(Answer, Answer.visit_id == Visit.id)
        .where(*conditions, sa.func.length(Answer.note) >= MIN_LENGTH, Visit.finished_at.is_not(None))
    )
    notes = [Note(row[0], row[1], row[2], row[3], bare(row[4])) for row in rows]
    return [note for note in notes if len(note.words) >= MIN_LENGTH]


def bare(text: str) -> str:
    """Return a text without spaces and punctuation, in one width and case."""
    return NOT_WORDS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _before(earlier: type[Visit], this: type[Visit]) -> sa.ColumnElement[bool]:
    # A draft has no finishing time, so it is before nothing.
    return earlier.finished_at < this.finished_at
