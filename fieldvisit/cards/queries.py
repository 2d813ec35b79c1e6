"""Reading links, what the residents' page shows, and what residents have reported."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from fieldvisit import clock
from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.cards import rules
from fieldvisit.cards.models import LinkGuesser, MessageState, ResidentLink, ResidentMessage
from fieldvisit.cards.rules import Standing
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp, Judgement
from fieldvisit.followups.rules import FollowUpState
from fieldvisit.households import queries as households
from fieldvisit.households.models import Household, Pairing
from fieldvisit.organisation.models import Division, Unit
from fieldvisit.paging import Page, before, cut, read_moment_cursor
from fieldvisit.visits.models import Commitment, Visit

# More than anybody promises one household; a bound for the page.
MOST_ITEMS = 40
MESSAGES_SHOWN = 5
PAGE = 30
# What asks for a word comes first, what is over last.
ORDER = (Standing.ASKED, Standing.AGAIN, Standing.WORKING, Standing.OFFICE, Standing.JUDGED, Standing.ENDED)


@dataclass(frozen=True)
class Opened:
    """A link that works, with what its page says besides: the cadre who made it, their unit, the village's name."""

    link: ResidentLink
    cadre: Cadre
    unit_name: str
    village_name: str


def opened(token_sha256: str, today: date) -> Opened | None:
    """Return the link with this hash if it works: neither revoked nor expired, of a household that is still there."""
    row = db.session.execute(
        sa.select(ResidentLink, Cadre, Unit.name, Division.name)
        .join(Household, Household.id == ResidentLink.household_id)
        .join(Cadre, Cadre.id == ResidentLink.made_by)
        .join(Unit, Unit.id == Cadre.unit_id)
        .join(Division, Division.code == Household.village_code)
        .where(
            ResidentLink.token_sha256 == token_sha256,
            ResidentLink.revoked_at.is_(None),
            ResidentLink.expires_on >= today,
            Household.active,
        )
    ).one_or_none()
    return None if row is None else Opened(*row)


def hold_link(link_id: UUID) -> ResidentLink:
    """Return a link, fresh and locked until the transaction ends, or raise NotYours."""
    found = db.session.get(ResidentLink, link_id, populate_existing=True, with_for_update=True)
    if found is None:
        raise NotYours
    return found


def live_links(who: Cadre, household_ids: Collection[UUID]) -> dict[UUID, ResidentLink]:
    """Map households to the links that `who` has handed out there and not revoked, expired ones too."""
    rows = db.session.scalars(
        sa.select(ResidentLink).where(
            ResidentLink.made_by == who.id,
            ResidentLink.household_id.in_(household_ids),
            ResidentLink.revoked_at.is_(None),
        )
    )
    return {row.household_id: row for row in rows}


def links_of_household(who: Cadre, household_id: UUID, today: date) -> Sequence[tuple[ResidentLink, str]]:
    """Return a household's working links that `who` may revoke, with their makers' names: the office any."""
    statement = (
        sa.select(ResidentLink, Cadre.name)
        .join(Cadre, Cadre.id == ResidentLink.made_by)
        .where(
            ResidentLink.household_id == household_id,
            ResidentLink.revoked_at.is_(None),
            ResidentLink.expires_on >= today,
        )
        .order_by(ResidentLink.made_at, ResidentLink.id)
    )
    if not who.has(Role.OFFICE):
        statement = statement.where(ResidentLink.made_by == who.id)
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def link_to_revoke(who: Cadre, link_id: UUID) -> ResidentLink:
    """Return a link that `who` has made, or of a household confided to the office, or raise NotYours."""
    link = hold_link(link_id)
    household = households.confided_household(who, link.household_id)
    if link.made_by != who.id and not (who.has(Role.OFFICE) and in_office(who, household)):
        raise NotYours
    return link


def in_office(who: Cadre, household: Household) -> bool:
    """Say whether a household lies in what is confided to a person of the office."""
    return who.has(Role.OFFICE) and household.village_code.startswith(scope_of(who).confided)


def hold_guesser(digest: str) -> LinkGuesser | None:
    """Return what is known of an address that guesses, fresh and locked until the transaction ends."""
    return db.session.get(LinkGuesser, digest, populate_existing=True, with_for_update=True)


def guesser(digest: str) -> LinkGuesser | None:
    """Return what is known of an address that guesses."""
    return db.session.get(LinkGuesser, digest)


@dataclass(frozen=True)
class Promise:
    """One thing promised to a household: the latest round of looking after it, the words, the days."""

    follow_up: FollowUp
    text: str
    promised_for: date
    visited_on: date

    @property
    def standing(self) -> Standing:
        """Return how it stands for the resident today."""
        row = self.follow_up
        return rules.standing(row.state, row.round_no, row.due_on, row.reported_at is not None, clock.today())

    @property
    def may_judge(self) -> bool:
        """Say whether it is judged now."""
        return rules.may_judge_now(self.standing, self.follow_up.state, self.closed_on, clock.today())

    @property
    def closed_on(self) -> date | None:
        """Return the day of the judgement or other end."""
        closed_at = self.follow_up.closed_at
        return clock.local(closed_at).date() if closed_at else None


def _promises() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(FollowUp, Commitment.text, Commitment.due_on, Visit.visited_on)
        .join(Commitment, Commitment.id == FollowUp.commitment_id)
        .join(Visit, Visit.id == Commitment.visit_id)
    )


def promises_to(household_id: UUID) -> list[Promise]:
    """Return what was promised to a household and not taken back: what asks for a word first, then what is open."""
    later = aliased(FollowUp)
    is_overtaken = sa.exists().where(later.commitment_id == FollowUp.commitment_id, later.round_no > FollowUp.round_no)
    rows = db.session.execute(
        _promises()
        .where(FollowUp.household_id == household_id, FollowUp.state != FollowUpState.WITHDRAWN, ~is_overtaken)
        # The open ones first, then the latest.
        .order_by(FollowUp.state != FollowUpState.OPEN, Visit.visited_on.desc(), FollowUp.id)
        .limit(MOST_ITEMS)
    )
    found = [Promise(*row) for row in rows]
    return sorted(found, key=lambda promise: ORDER.index(promise.standing))


def promise_to(household_id: UUID, follow_up_id: UUID) -> Promise:
    """Return one round of something promised to a household, locked for a change, or raise NotYours."""
    row = db.session.execute(
        _promises()
        .where(FollowUp.id == follow_up_id, FollowUp.household_id == household_id)
        .with_for_update(of=FollowUp)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotYours
    return Promise(*row)


def judgement_with_id(judgement_id: UUID) -> Judgement | None:
    """Return the judgement with an id, whosever; only to notice that one has been taken already."""
    return db.session.get(Judgement, judgement_id)


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
    theirs = (ResidentMessage.household_id == household.id, _is_open_to(who, in_office(who, household)))
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
    own_card = sa.exists().where(ResidentLink.id == ResidentMessage.link_id, ResidentLink.made_by == who.id)
    here = ResidentMessage.household_id
    tied = sa.exists().where(Pairing.household_id == here, Pairing.cadre_id == who.id)
    was_there = sa.exists().where(Visit.household_id == here, Visit.cadre_id == who.id)
    return sa.or_(is_shown, ~sa.or_(own_card, tied, was_there))


def message_for(who: Cadre, message_id: UUID) -> Message:
    """Return a message that `who` may read, locked for a change, or raise NotYours."""
    row = db.session.get(ResidentMessage, message_id, populate_existing=True, with_for_update=True)
    if row is None:
        raise NotYours
    household = households.confided_household(who, row.household_id)
    is_open = sa.select(ResidentMessage.id).where(
        ResidentMessage.id == message_id, _is_open_to(who, in_office(who, household))
    )
    if db.session.scalar(is_open) is None:
        raise NotYours
    taken_by = db.session.get(Cadre, row.taken_by) if row.taken_by else None
    where = (household.head_name, household.village_code, household.group_no, household.door)
    return Message(row, *where, taken_by.name if taken_by else None)
