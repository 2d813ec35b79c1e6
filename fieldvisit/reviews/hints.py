"""What a hint says: in which earlier visit the same picture or words are, or how soon a record was done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from fieldvisit.reviews.models import HintKind


class Subject(NamedTuple):
    """A finished visit that is compared with those before it."""

    id: UUID
    cadre_id: int
    household_id: UUID
    visited_on: date
    started_at: datetime
    ended_at: datetime | None
    finished_at: datetime


@dataclass(frozen=True)
class LikePhoto:
    """A photo of the visit and its like in an earlier one; `exact`: the very same file."""

    photo_id: UUID
    card: str
    other_id: UUID
    visit_id: UUID
    on: date
    exact: bool


@dataclass(frozen=True)
class LikeWords:
    """A card's words and their like (`note`) in an earlier visit; `exact`: but for spaces and punctuation."""

    card: str
    mine: str
    visit_id: UUID
    on: date
    note: str
    exact: bool


@dataclass(frozen=True)
class Hint:
    """Where to look in one visit, the same before the like and the latest first. It says nothing about people."""

    photos: tuple[LikePhoto, ...] = ()
    words: tuple[LikeWords, ...] = ()
    took: timedelta | None = None

    def __bool__(self) -> bool:
        return bool(self.photos or self.words or self.took is not None)

    @property
    def kinds(self) -> list[HintKind]:
        """Return of which kinds it is."""
        return [kind for kind in HintKind if self.only(kind)]

    @property
    def visits_with_like_words(self) -> set[UUID]:
        """Return the earlier visits that say the same or nearly so."""
        return {words.visit_id for words in self.words}

    @property
    def others(self) -> set[UUID]:
        """Return the earlier visits that it points to."""
        return {photo.visit_id for photo in self.photos} | self.visits_with_like_words

    def without(self, kind: HintKind) -> Hint:
        """Return what is left of it when one kind was found to mean nothing."""
        if kind is HintKind.PHOTO:
            return replace(self, photos=())
        return replace(self, words=()) if kind is HintKind.WORDS else replace(self, took=None)

    def only(self, kind: HintKind) -> Hint:
        """Return what it says of one kind."""
        hint = self
        for other in HintKind:
            hint = hint if other is kind else hint.without(other)
        return hint
