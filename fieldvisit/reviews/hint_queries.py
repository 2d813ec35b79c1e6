"""Hints for reading: the same photo or words as in an earlier visit. They say where to look, no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from fieldvisit.extensions import db
from fieldvisit.visits.models import Answer, Photo, Visit

# Half a year of a cadre's visits, so that the search costs the same however long the system runs.
LOOK_BACK = timedelta(days=180)
# 一切都好 may be said of any household; a sentence that returns word for word is worth a look.
MIN_LENGTH = 8
IGNORED = (" ", "\n", "　", "，", "。", "、", "；", "！", ",", ".")


@dataclass(frozen=True)
class Hint:
    """What a visit shares with earlier ones: the last day with the same photo, how many say the same."""

    same_photo_on: date | None = None
    same_words: int = 0

    def __bool__(self) -> bool:
        return self.same_photo_on is not None or self.same_words > 0


def hints_for(finished: Mapping[UUID, datetime]) -> dict[UUID, Hint]:
    """Return the hints about some visits (id → when finished), in two queries; most have no entry."""
    if not finished:
        return {}
    photos = _same_photo(list(finished))
    words = _same_words(list(finished), min(finished.values()) - LOOK_BACK)
    return {key: Hint(photos.get(key), words.get(key, 0)) for key in photos.keys() | words.keys()}


def _same_photo(visit_ids: list[UUID]) -> dict[UUID, date]:
    this, earlier = aliased(Visit), aliased(Visit)
    mine, other = aliased(Photo), aliased(Photo)
    rows = db.session.execute(
        sa.select(this.id, sa.func.max(earlier.visited_on))
        .join(mine, mine.visit_id == this.id)
        .join(other, other.sha256 == mine.sha256)
        .join(earlier, earlier.id == other.visit_id)
        .where(
            this.id.in_(visit_ids), mine.removed.is_(False), other.removed.is_(False), _before(earlier, this)
        )
        .group_by(this.id)
    )
    return {row[0]: row[1] for row in rows}


def _same_words(visit_ids: list[UUID], since: datetime) -> dict[UUID, int]:
    this, earlier = aliased(Visit), aliased(Visit)
    mine, other = aliased(Answer), aliased(Answer)
    rows = db.session.execute(
        sa.select(this.id, sa.func.count(sa.distinct(earlier.id)))
        .join(mine, mine.visit_id == this.id)
        .join(earlier, earlier.cadre_id == this.cadre_id)
        .join(other, sa.and_(other.visit_id == earlier.id, other.card == mine.card))
        .where(
            this.id.in_(visit_ids),
            sa.func.length(_bare(mine.note)) >= MIN_LENGTH,
            _before(earlier, this),
            earlier.finished_at > since,
            other.note != "",
            _bare(other.note) == _bare(mine.note),
        )
        .group_by(this.id)
    )
    return {row[0]: row[1] for row in rows}


def _before(earlier: type[Visit], this: type[Visit]) -> sa.ColumnElement[bool]:
    # A draft has no finishing time, so it is before nothing.
    return earlier.finished_at < this.finished_at


def _bare(text: Any) -> Any:
    for mark in IGNORED:
        text = sa.func.replace(text, mark, "")
    return sa.func.lower(text)
