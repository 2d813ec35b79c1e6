"""Reading what residents have reported, by those for whom it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.cards import queries
from fieldvisit.cards.models import MessageState, ResidentLink, ResidentMessage
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.households import queries as households
from fieldvisit.households.models import Household, Pairing
from fieldvisit.paging import Page, before, cut, read_moment_cursor
from fieldvisit.visits.models import Visit

MESSAGES_SHOWN = 5
PAGE = 30


def message_with_id(message_id: UUID) -> ResidentMessage | None:
    """Return the message with an id, whosever; only to notice that one has been taken already."""
    return db.session.get(ResidentMessage, message_id)


def messages_from(household_id: UUID) -> Sequence[ResidentMessage]:
    """Return what a household has reported lately, the latest first, for its own page."""
    return db.session.scalars(
        sa.select(ResidentMessage)
        .where(ResidentMessage.household_id == household_id)
        .order_by(ResidentMessage.at.desc(), ResidentMessage.id)
        .limit(MESSAGES_SHOWN)
    ).all()


@dataclass(frozen=True)
class Message:
    """A message with where it comes from, and who has taken note of it (None: nobody)."""

    row: ResidentMessage
    head_name: str
    village_code: str
    group_no: int
    door: str
    taken_by: str | None

    @property
    def stamp(self) -> tuple[str, str]:
        """Return its place in the list, for paging."""
        return self.row.at.isoformat(), str(self.row.id)


def _messages() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            ResidentMessage,
            Household.head_name,
            Household.village_code,
            Household.group_no,
            Household.door,
            Cadre.name,
        )
        .join(Household, Household.id == ResidentMessage.household_id)
        .outerjoin(Cadre, Cadre.id == ResidentMessage.taken_by)
        .order_by(ResidentMessage.at.desc(), ResidentMessage.id.desc())
    )


def messages_of_household(who: Cadre, household: Household) -> list[Message]:
    """Return what a household confided to `who` has reported lately; what is for the office only, to the office."""
    theirs = (ResidentMessage.household_id == household.id, _is_open_to(who, queries.in_office(who, household)))
    statement = _messages().where(*theirs).limit(MESSAGES_SHOWN)
    return [Message(*row) for row in db.session.execute(statement)]


def messages_page(who: Cadre, only_new: bool, cursor: str | None) -> Page[Message]:
    """Return a page of what the households of `who` have reported, the latest first.

    A cadre's are those paired with them; the office's those of its county.
    """
    statement = _messages().where(_addressed_to(who)).limit(PAGE + 1)
    if only_new:
        statement = statement.where(ResidentMessage.state == MessageState.NEW)
    start = read_moment_cursor(cursor)
    if start is not None:
        statement = statement.where(before((ResidentMessage.at, ResidentMessage.id), start))
    rows = [Message(*row) for row in db.session.execute(statement)]
    return cut(rows, lambda message: message.stamp, PAGE)


def _addressed_to(who: Cadre) -> sa.ColumnElement[bool]:
    parts: list[sa.ColumnElement[bool]] = []
    if who.has(Role.CADRE):
        paired = ResidentMessage.household_id.in_(households.paired_ids(who.id, clock.today()))
        parts.append(sa.and_(paired, _is_open_to(who, False)))
    if who.has(Role.OFFICE):
        # With something added, no index of villages serves: the list is read along its own order, not by household.
        village = Household.village_code.concat("")
        parts.append(sa.and_(scope_of(who).within_confided(village), _is_open_to(who, True)))
    return sa.or_(sa.false(), *parts)


def _is_open_to(who: Cadre, is_office: bool) -> sa.ColumnElement[bool]:
    """Build the condition "not hidden from `who`": hidden words are the office's, but not those that are about `who`.

    They may be about everybody who had to do with the household: was ever tied to it, was there, or left the card.
    """
    is_shown = ResidentMessage.is_hidden.is_(False)
    if not is_office:
        return is_shown
    links = sa.select(ResidentLink.id).where(ResidentLink.made_by == who.id)
    here = ResidentMessage.household_id
    tied = sa.exists().where(Pairing.household_id == here, Pairing.cadre_id == who.id)
    was_there = sa.exists().where(Visit.household_id == here, Visit.cadre_id == who.id)
    return sa.or_(is_shown, ~sa.or_(ResidentMessage.link_id.in_(links), tied, was_there))


def message_for(who: Cadre, message_id: UUID) -> Message:
    """Return a message that `who` may read, locked for a change, or raise NotYours."""
    row = db.session.get(ResidentMessage, message_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise NotYours
    household = households.confided_household(who, row.household_id)
    is_open = sa.select(ResidentMessage.id).where(
        ResidentMessage.id == message_id, _is_open_to(who, queries.in_office(who, household))
    )
    if db.session.scalar(is_open) is None:
        raise NotYours
    taken_by = db.session.get(Cadre, row.taken_by) if row.taken_by else None
    where = (household.head_name, household.village_code, household.group_no, household.door)
    return Message(row, *where, taken_by.name if taken_by else None)
