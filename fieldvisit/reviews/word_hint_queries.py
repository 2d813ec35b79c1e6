"""Words that the same cadre wrote on the same card of an earlier visit, the very same or nearly so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.extensions import db
from fieldvisit.households.models import Resident
from fieldvisit.organisation.models import Division
from fieldvisit.reviews import rules
from fieldvisit.reviews.hints import LikeWords, Subject
from fieldvisit.reviews.photo_hint_queries import seasons
from fieldvisit.visits.models import Answer, Visit

Condition = sa.ColumnElement[bool]


class Row(NamedTuple):
    """What a card of a visit says; `bare`: without spaces and punctuation."""

    visit_id: UUID
    cadre_id: int
    household_id: UUID
    visited_on: date
    finished_at: datetime
    card: str
    note: str
    village_name: str
    bare: str


class Note(NamedTuple):
    """What a card of a visit says, made ready to be compared: `pairs` are of what is left without names."""

    row: Row
    pairs: frozenset[str]


class Shelf:
    """What one cadre wrote on one kind of card, to look in."""

    def __init__(self, notes: Sequence[Note]) -> None:
        self._notes = notes
        self._texts = rules.Texts([note.pairs for note in notes])
        self._same: defaultdict[str, list[int]] = defaultdict(list)
        for place, note in enumerate(notes):
            self._same[note.row.bare].append(place)

    def like(self, note: Note) -> Iterator[LikeWords]:
        """Find what was written nearly so in the season before."""
        same = set(self._same[note.row.bare])
        since = note.row.finished_at - rules.LOOK_BACK
        for place in same.union(self._texts.like(note.pairs)):
            other = self._notes[place].row
            if since < other.finished_at < note.row.finished_at:
                mine = note.row
                yield LikeWords(mine.card, mine.note, other.visit_id, other.visited_on, other.note, exact=place in same)


def like_words(subjects: Sequence[Subject]) -> dict[UUID, list[LikeWords]]:
    """Map visits to what they say like an earlier one; most say nothing that is."""
    mine = _rows(Visit.id.in_([visit.id for visit in subjects]))
    if not mine:
        return {}
    writing = {row.visit_id for row in mine}
    season = seasons([visit for visit in subjects if visit.id in writing])
    others = _rows(sa.or_(*(sa.and_(season[key], Answer.card.in_(cards)) for key, cards in _cards(mine).items())))
    names = _names(sa.or_(*season.values()), [*mine, *others])
    shelves: defaultdict[tuple[int, str], list[Note]] = defaultdict(list)
    for row in others:
        shelves[row.cadre_id, row.card].append(_ready(row, names))
    looked_in = {place: Shelf(notes) for place, notes in shelves.items()}
    found: defaultdict[UUID, list[LikeWords]] = defaultdict(list)
    for row in mine:
        found[row.visit_id] += looked_in[row.cadre_id, row.card].like(_ready(row, names))
    for likes in found.values():
        likes.sort(key=lambda like: (not like.exact, -like.on.toordinal(), like.visit_id))
    return found


def _cards(rows: Iterable[Row]) -> dict[int, set[str]]:
    cards: defaultdict[int, set[str]] = defaultdict(set)
    for row in rows:
        cards[row.cadre_id].add(row.card)
    return cards


def _rows(*conditions: Condition) -> list[Row]:
    rows: Iterable[Any] = db.session.execute(
        sa.select(
            Visit.id,
            Visit.cadre_id,
            Visit.household_id,
            Visit.visited_on,
            Visit.finished_at,
            Answer.card,
            Answer.note,
            Division.full_name,
        )
        .join(Answer, Answer.visit_id == Visit.id)
        .join(Division, Division.code == Visit.village_code)
        .where(*conditions, sa.func.length(Answer.note) >= rules.MIN_LENGTH, Visit.finished_at.is_not(None))
    )
    found = [Row(*(*row, rules.bare(row.note))) for row in rows]
    return [row for row in found if len(row.bare) >= rules.MIN_LENGTH]


def _names(season: Condition, rows: Sequence[Row]) -> dict[UUID, list[str]]:
    """Map households to what people and places may be called in what is said of them."""
    people: defaultdict[UUID, list[str]] = defaultdict(list)
    # From the visits: the other way round every resident of the county would be asked about.
    living_there = sa.select(Visit.household_id).where(season).distinct().subquery()
    found = db.session.execute(
        sa.select(Resident.household_id, Resident.name).join(
            living_there, living_there.c.household_id == Resident.household_id
        )
    )
    for household_id, name in found:
        people[household_id].append(name)
    villages = {row.household_id: row.village_name.split() for row in rows}
    return {key: rules.names_to_leave_out(people[key], places) for key, places in villages.items()}


def _ready(row: Row, names: dict[UUID, list[str]]) -> Note:
    return Note(row, rules.pairs_of(rules.plain(row.note, names[row.household_id])))
