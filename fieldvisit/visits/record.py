"""One visit as a reader sees it, in the words of the checklist it was made with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from fieldvisit.organisation.models import Division, Unit
from fieldvisit.visits.checklist import CONSENT, SIGNATURE, Card, Checklist, Kind, Tone
from fieldvisit.visits.models import Answer, Commitment, DisplacedAnswer, Photo, Visit, VisitRevision
from fieldvisit.visits.rules import is_answered
from fieldvisit.visits.sheet import checklist_of, current_checklist


@dataclass(frozen=True)
class Said:
    """What one card says: the words of the choice with their tone, the tags and the note."""

    label: str = ""
    tone: Tone = Tone.PLAIN
    tags: tuple[str, ...] = ()
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.label or self.tags or self.note)


@dataclass(frozen=True)
class PhotoShown:
    """A photo's id and the size of its full picture."""

    id: UUID
    width: int
    height: int


@dataclass(frozen=True)
class Displaced:
    """What another phone had written on a card before a newer save took its place."""

    said: Said
    saved_at: datetime


@dataclass(frozen=True)
class Promise:
    """A commitment's words and day; in an earlier version `changed` marks one that is no longer so."""

    text: str
    due_on: date
    changed: bool = False


@dataclass(frozen=True)
class CardRecord:
    """One card with all that belongs to it."""

    card: Card
    said: Said
    photos: tuple[PhotoShown, ...]
    displaced: tuple[Displaced, ...]
    missing: bool


@dataclass(frozen=True)
class GroupRecord:
    """三必看, 三必问 or 三必留 of one visit."""

    title: str
    cards: tuple[CardRecord, ...]


@dataclass(frozen=True)
class EarlierCard:
    """What a card said in an earlier version; `changed`: the following version says something else."""

    title: str
    said: Said
    changed: bool
    photos_removed: int


@dataclass(frozen=True)
class Earlier:
    """A finished visit as it was before an amendment."""

    revision: int
    reason: str
    amended_at: datetime
    visited_on: date
    visited_on_changed: bool
    cards: tuple[EarlierCard, ...]
    commitments: tuple[Promise, ...]

    @property
    def changed(self) -> bool:
        """Say whether the following version differs at all."""
        cards = any(card.changed or card.photos_removed for card in self.cards)
        return cards or self.visited_on_changed or any(promise.changed for promise in self.commitments)


@dataclass(frozen=True)
class VisitRecord:
    """Everything a reader of one visit needs."""

    visit: Visit
    head_name: str
    address: str
    cadre_name: str
    unit_name: str
    consent: Said
    groups: tuple[GroupRecord, ...]
    commitments: tuple[Promise, ...]
    signature: PhotoShown | None
    missing: tuple[str, ...]
    earlier: tuple[Earlier, ...]


def words_of(version: str) -> Checklist:
    """Return the checklist of a version; today's when this installation has lost that one."""
    return checklist_of(version) or current_checklist()


def says_something(card: Card, answered: bool, commitments: bool) -> bool:
    """Say whether a card has its answer; 没看, 没问 and 没有承诺 are full answers, and so is a commitment."""
    return answered or (card.kind is Kind.COMMITMENTS and commitments)


def record_of(visit_id: UUID) -> VisitRecord:
    """Return a visit for reading, in six queries; who may read it is for the caller to check (reading.py)."""
    visit, household, cadre_name, unit_name, village = _heading(visit_id)
    asked = words_of(visit.checklist_version)
    answers = {row.card: row for row in db.session.scalars(sa.select(Answer).where(Answer.visit_id == visit_id))}
    photos = _photos(visit_id)
    commitments = _commitments(visit_id)
    displaced = _displaced(visit_id, asked)
    said = {key: _said(asked.card(key), row.value, row.tags, row.note) for key, row in answers.items()}

    def card_record(card: Card) -> CardRecord:
        row = answers.get(card.key)
        answered = row is not None and is_answered(row.value, row.tags, row.note)
        missing = not says_something(card, answered, bool(commitments))
        shown = tuple(map(_shown, photos[card.key]))
        now = said.get(card.key, Said())
        others = tuple(other for other in displaced[card.key] if other.said != now)
        return CardRecord(card, now, shown, others, missing)

    groups = tuple(GroupRecord(group.title, tuple(map(card_record, group.cards))) for group in asked.groups)
    present = _present(visit, answers.values(), commitments, photos)
    return VisitRecord(
        visit=visit,
        head_name=household.head_name,
        address=_address(village, household),
        cadre_name=cadre_name,
        unit_name=unit_name,
        consent=said.get(CONSENT, Said()),
        groups=groups,
        commitments=tuple(Promise(row.text, row.due_on) for row in commitments),
        signature=next(map(_shown, reversed(photos[SIGNATURE])), None),
        missing=tuple(card.card.title for group in groups for card in group.cards if card.missing),
        earlier=_earlier(visit_id, asked, present),
    )


def _heading(visit_id: UUID) -> tuple[Visit, Household, str, str, str]:
    row = db.session.execute(
        sa.select(Visit, Household, Cadre.name, Unit.name, Division.full_name)
        .join(Household, Household.id == Visit.household_id)
        .join(Cadre, Cadre.id == Visit.cadre_id)
        .join(Unit, Unit.id == Visit.unit_id)
        .join(Division, Division.code == Visit.village_code)
        .where(Visit.id == visit_id)
    ).one_or_none()
    if row is None:
        raise NotYours
    return row[0], row[1], row[2], row[3], row[4]


def _address(village: str, household: Household) -> str:
    group = f"{household.group_no} 组" if household.group_no else ""
    return " ".join(part for part in (village, group, household.door) if part)


def _photos(visit_id: UUID) -> defaultdict[str, list[Photo]]:
    found: defaultdict[str, list[Photo]] = defaultdict(list)
    kept = sa.select(Photo).where(Photo.visit_id == visit_id, Photo.removed.is_(False))
    for photo in db.session.scalars(kept.order_by(Photo.added_at, Photo.id)):
        found[photo.card].append(photo)
    return found


def _shown(photo: Photo) -> PhotoShown:
    return PhotoShown(photo.id, photo.width, photo.height)


def _commitments(visit_id: UUID) -> Sequence[Commitment]:
    kept = sa.select(Commitment).where(Commitment.visit_id == visit_id, Commitment.removed.is_(False))
    return db.session.scalars(kept.order_by(Commitment.due_on, Commitment.id)).all()


def _displaced(visit_id: UUID, asked: Checklist) -> defaultdict[str, list[Displaced]]:
    found: defaultdict[str, list[Displaced]] = defaultdict(list)
    rows = sa.select(DisplacedAnswer).where(DisplacedAnswer.visit_id == visit_id).order_by(DisplacedAnswer.id)
    for row in db.session.scalars(rows):
        said = _said(asked.card(row.card), row.value, row.tags, row.note)
        if said:
            found[row.card].append(Displaced(said, row.saved_at))
    return found


def _said(card: Card | None, value: str, tags: Iterable[str], note: str) -> Said:
    choice = card.choice(value) if card else None
    if choice is None:
        return Said(value, Tone.PLAIN, tuple(tags), note)
    return Said(choice.label, choice.tone, tuple(tags), note)


def _present(
    visit: Visit,
    answers: Iterable[Answer],
    commitments: Iterable[Commitment],
    photos: Mapping[str, Sequence[Photo]],
) -> dict[str, Any]:
    """Put the present state into the shape of a revision's content, to compare the two."""
    return {
        "answers": {row.card: {"value": row.value, "tags": row.tags, "note": row.note} for row in answers},
        "commitments": [{"id": str(row.id), "text": row.text, "due_on": row.due_on.isoformat()} for row in commitments],
        "photos": [{"id": str(photo.id), "card": card} for card, several in photos.items() for photo in several],
        "visited_on": visit.visited_on.isoformat(),
    }


def _earlier(visit_id: UUID, asked: Checklist, present: dict[str, Any]) -> tuple[Earlier, ...]:
    revisions = db.session.scalars(
        sa.select(VisitRevision).where(VisitRevision.visit_id == visit_id).order_by(VisitRevision.revision.desc())
    ).all()
    following = [present, *(revision.content for revision in revisions)]
    return tuple(_one_earlier(revision, then, asked) for revision, then in zip(revisions, following, strict=False))


def _one_earlier(revision: VisitRevision, then: dict[str, Any], asked: Checklist) -> Earlier:
    content = revision.content
    kept = {promise["id"]: promise for promise in then["commitments"]}
    return Earlier(
        revision=revision.revision,
        reason=revision.reason,
        amended_at=revision.amended_at,
        visited_on=date.fromisoformat(content["visited_on"]),
        visited_on_changed=content["visited_on"] != then["visited_on"],
        cards=tuple(_earlier_card(card, content, then) for card in (asked.consent, *asked.cards())),
        commitments=tuple(
            Promise(promise["text"], date.fromisoformat(promise["due_on"]), kept.get(promise["id"]) != promise)
            for promise in content["commitments"]
        ),
    )


def _earlier_card(card: Card, content: dict[str, Any], then: dict[str, Any]) -> EarlierCard:
    said, said_then = (_said_in(card, version) for version in (content, then))
    kept = {photo["id"] for photo in then["photos"]}
    gone = [photo for photo in content["photos"] if photo["card"] == card.key and photo["id"] not in kept]
    return EarlierCard(card.title, said, said != said_then, len(gone))


def _said_in(card: Card, content: dict[str, Any]) -> Said:
    answer = content["answers"].get(card.key, {})
    return _said(card, answer.get("value", ""), answer.get("tags", ()), answer.get("note", ""))
