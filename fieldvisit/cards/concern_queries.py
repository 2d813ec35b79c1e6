"""Concerns as the residents' page and the list of what they report show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.cards.models import ResidentMessage
from fieldvisit.concerns.models import Concern, ConcernStep
from fieldvisit.concerns.seat_queries import visible
from fieldvisit.extensions import db

MOST = 10


class Told(NamedTuple):
    """What was told of a concern, and when."""

    words: str
    at: datetime


@dataclass
class Asked:
    """One concern on the page of the household that asked; `is_hidden`: its words are not for that page."""

    row: Concern
    is_hidden: bool
    told: list[Told] = field(default_factory=list)


def asked_by(household_id: UUID) -> list[Asked]:
    """Return what a household has asked for, the latest first, with what was told of it, in two queries.

    Also what was registered from a message that goes past the cadre, whose words stay away. Nothing confidential: the
    card may lie in the hands of whom it is about.
    """
    message = sa.select(ResidentMessage.is_hidden).where(ResidentMessage.id == Concern.uid).scalar_subquery()
    own_messages = sa.select(ResidentMessage.id).where(ResidentMessage.household_id == household_id)
    rows = db.session.execute(
        sa.select(Concern, message)
        .where(
            sa.or_(Concern.household_id == household_id, Concern.uid.in_(own_messages)), Concern.restricted.is_(False)
        )
        .order_by(Concern.id.desc())
        .limit(MOST)
    )
    found = [Asked(row, bool(is_hidden)) for row, is_hidden in rows]
    told = _told([asked.row.id for asked in found if not asked.is_hidden])
    for asked in found:
        asked.told = told[asked.row.id]
    return found


def _told(concern_ids: Collection[int]) -> dict[int, list[Told]]:
    rows = db.session.execute(
        sa.select(ConcernStep.concern_id, ConcernStep.words, ConcernStep.at)
        .where(ConcernStep.concern_id.in_(concern_ids), ConcernStep.told)
        .order_by(ConcernStep.nth)
    )
    found: dict[int, list[Told]] = defaultdict(list)
    for concern_id, words, at in rows:
        found[concern_id].append(Told(words, at))
    return found


def registered_from(who: Cadre, message_ids: Collection[UUID]) -> dict[UUID, Concern]:
    """Map messages to the concerns that were registered from them, as far as a person may know of these."""
    rows: Sequence[Concern] = db.session.scalars(
        sa.select(Concern).where(Concern.uid.in_(message_ids), visible(who))
    ).all()
    return {row.uid: row for row in rows}
