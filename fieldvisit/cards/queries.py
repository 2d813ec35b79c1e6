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
from fieldvisit.cards.models import LinkGuesser, ResidentLink
from fieldvisit.cards.rules import Standing
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.followups import sheet_queries
from fieldvisit.followups.models import FollowUp, Judgement
from fieldvisit.followups.rules import FollowUpState
from fieldvisit.followups.subject_queries import BEGUN_ON, KEY, SUBJECT, Subject, with_subjects
from fieldvisit.households import queries as households
from fieldvisit.households.models import Household
from fieldvisit.organisation.models import Division, Unit

# More than anybody promises one household; a bound for the page.
MOST_ITEMS = 40
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
    """One thing that a household was promised or asked for: the latest round, and what it is about.

    `key` is the same for all its rounds.
    """

    follow_up: FollowUp
    subject: Subject
    key: UUID

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
    return with_subjects(sa.select(FollowUp, SUBJECT, KEY))


def promises_to(household_id: UUID) -> list[Promise]:
    """Return what a household was promised or asked for, not taken back: what asks for a word first, then open ones."""
    later = aliased(FollowUp)
    is_overtaken = sa.exists().where(
        sa.or_(later.commitment_id == FollowUp.commitment_id, later.concern_id == FollowUp.concern_id),
        later.round_no > FollowUp.round_no,
        later.state != FollowUpState.WITHDRAWN,
    )
    rows = db.session.execute(
        _promises()
        .where(FollowUp.household_id == household_id, FollowUp.state != FollowUpState.WITHDRAWN, ~is_overtaken)
        # The open ones first, then the latest.
        .order_by(FollowUp.state != FollowUpState.OPEN, BEGUN_ON.desc(), FollowUp.id)
        .limit(MOST_ITEMS)
    )
    found = [Promise(*row) for row in rows]
    return sorted(found, key=lambda promise: ORDER.index(promise.standing))


def promise_to(household_id: UUID, follow_up_id: UUID) -> Promise:
    """Return one round of something that a household judges, locked for a change, or raise NotYours."""
    sheet_queries.locked(follow_up_id)
    row = db.session.execute(
        _promises().where(FollowUp.id == follow_up_id, FollowUp.household_id == household_id)
    ).one_or_none()
    if row is None:
        raise NotYours
    return Promise(*row)


def judgement_with_id(judgement_id: UUID) -> Judgement | None:
    """Return the judgement with an id, whosever; only to notice that one has been taken already."""
    return db.session.get(Judgement, judgement_id)
