"""The visit page as it stands: the nine cards with what they say, for a new visit or one in progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

from flask import current_app

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.households.models import Household
from fieldvisit.organisation import queries as organisation
from fieldvisit.visits import photo_queries, queries
from fieldvisit.visits.checklist import (
    CONSENT,
    DEFAULT_VERSION,
    SIGNATURE,
    Card,
    Checklist,
    ChecklistError,
    checklist,
    read_checklist,
)
from fieldvisit.visits.models import Answer, Commitment, DisplacedAnswer, Photo, Visit


@dataclass
class CardState:
    """One card with what it says now; `answer` is None while it says nothing."""

    card: Card
    answer: Answer | None
    photos: Sequence[Photo]
    displaced: Sequence[DisplacedAnswer]

    @property
    def value(self) -> str:
        """The chosen answer, or ""."""
        return self.answer.value if self.answer else ""

    @property
    def tags(self) -> Sequence[str]:
        """The chosen tags."""
        return self.answer.tags if self.answer else ()

    @property
    def note(self) -> str:
        """The words written."""
        return self.answer.note if self.answer else ""

    @property
    def revision(self) -> int:
        """The row's revision, for the next save to name."""
        return self.answer.revision if self.answer else 0


@dataclass
class Sheet:
    """Everything that the visit page shows."""

    visit_id: UUID
    visit: Visit | None
    household: Household
    place: str
    cadre: Cadre
    unit_name: str
    ordinal: int
    checklist: Checklist
    visited_on: date
    day_revision: int
    states: dict[str, CardState]
    commitments: Sequence[Commitment]
    signature: Photo | None
    new_commitment_id: UUID = field(default_factory=uuid4)

    @property
    def consent(self) -> CardState:
        """The householder's agreement to photos."""
        return self.states[CONSENT]


def current_checklist() -> Checklist:
    """Return the checklist with which new visits are made."""
    own_file = current_app.extensions["fieldvisit"].checklist
    return checklist(_own_version(own_file) if own_file else DEFAULT_VERSION, own_file)


def _own_version(own_file: str) -> str:
    return read_checklist(Path(own_file)).version


def checklist_of(version: str) -> Checklist | None:
    """Return the checklist of a version, or None when this installation does not know it."""
    try:
        return checklist(version, current_app.extensions["fieldvisit"].checklist)
    except ChecklistError:
        return None


def sheet(who: Cadre, household: Household, visit: Visit | None) -> Sheet:
    """Return the page of `who`'s visit in a household; a new visit's id is made here unless the phone makes it."""
    words = (visit and checklist_of(visit.checklist_version)) or current_checklist()
    answers = queries.answers(visit.id) if visit else {}
    photos = photo_queries.photos(visit.id) if visit else {}
    displaced = queries.displaced(visit.id, answers) if visit else {}
    states = {
        card.key: CardState(card, answers.get(card.key), photos.get(card.key, ()), displaced.get(card.key, ()))
        for card in (words.consent, *words.cards())
    }
    day = answers.get("visited_on")
    return Sheet(
        visit_id=visit.id if visit else uuid4(),
        visit=visit,
        household=household,
        place=organisation.names_of([household.village_code]).get(household.village_code, ""),
        cadre=who,
        unit_name=organisation.unit(who.unit_id).name,
        ordinal=queries.ordinal(visit, household.id),
        checklist=words,
        visited_on=visit.visited_on if visit else clock.today(),
        day_revision=day.revision if day else 0,
        states=states,
        commitments=queries.commitments(visit.id) if visit else (),
        signature=next(iter(photos.get(SIGNATURE, ())), None),
    )
