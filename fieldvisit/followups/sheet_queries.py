"""Reading what the pages of a return visit show: everything open of one household, and what was said of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns.models import Concern
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.followups import photo_queries
from fieldvisit.followups.models import FollowUp, FollowUpEntry, FollowUpPhoto, Judgement, Rescheduling
from fieldvisit.followups.rules import FollowUpState, PhotoKind
from fieldvisit.followups.subject_queries import SUBJECT, Subject, same_subject, with_subjects
from fieldvisit.households.models import Household

# More than anybody promises one household; a bound for the page.
MOST = 50


@dataclass(frozen=True)
class Item:
    """One thing to look after: the follow-up, what was promised or asked, what the page holds of it already.

    `said` is what was said of it and of its earlier rounds, the latest first; `moved` how it was put off;
    `taken_over_from` the name of who looked after it before.
    """

    follow_up: FollowUp
    subject: Subject
    entry: FollowUpEntry | None
    taken_over_from: str | None
    said: Sequence[Judgement]
    moved: Sequence[Rescheduling]
    pictures: Sequence[FollowUpPhoto]

    @property
    def photos(self) -> list[FollowUpPhoto]:
        """Return the photos of what was done."""
        return [row for row in self.pictures if row.kind is PhotoKind.PHOTO]

    @property
    def signature(self) -> FollowUpPhoto | None:
        """Return the resident's signature."""
        return next((row for row in self.pictures if row.kind is PhotoKind.SIGNATURE), None)


def household_to_follow_up(who: Cadre, household_id: UUID) -> Household:
    """Return a household in which `who` has promised something, or raise NotYours."""
    mine = sa.exists().where(FollowUp.household_id == Household.id, FollowUp.cadre_id == who.id)
    household = db.session.scalars(sa.select(Household).where(Household.id == household_id, mine)).one_or_none()
    if household is None:
        raise NotYours
    return household


def open_items(who: Cadre, household_id: UUID) -> list[Item]:
    """Return what `who` has still to look after in a household, by due day, in four queries."""
    rows = db.session.execute(
        with_subjects(sa.select(FollowUp, SUBJECT, FollowUpEntry, Cadre.name))
        .outerjoin(FollowUpEntry, FollowUpEntry.follow_up_id == FollowUp.id)
        .outerjoin(Cadre, Cadre.id == FollowUp.taken_over_from)
        .where(FollowUp.household_id == household_id, FollowUp.cadre_id == who.id, FollowUp.state == FollowUpState.OPEN)
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(MOST)
    ).all()
    said = _said([row[0] for row in rows])
    ids = [row[0].id for row in rows]
    moved, pictures = _moved(ids), photo_queries.photos_of(ids)
    return [
        Item(row[0], row[1], row[2], row[3], said[row[0].subject_id], moved[row[0].id], pictures[row[0].id])
        for row in rows
    ]


def _said(follow_ups: Collection[FollowUp]) -> dict[UUID | int, list[Judgement]]:
    commitment_ids = [row.commitment_id for row in follow_ups if row.commitment_id is not None]
    concern_ids = [row.concern_id for row in follow_ups if row.concern_id is not None]
    rows = db.session.execute(
        sa.select(FollowUp.commitment_id, FollowUp.concern_id, Judgement)
        .join(Judgement, Judgement.follow_up_id == FollowUp.id)
        .where(sa.or_(FollowUp.commitment_id.in_(commitment_ids), FollowUp.concern_id.in_(concern_ids)))
        .order_by(Judgement.at.desc(), Judgement.id)
    )
    found: dict[UUID | int, list[Judgement]] = defaultdict(list)
    for commitment_id, concern_id, judgement in rows:
        found[commitment_id or concern_id or 0].append(judgement)
    return found


def _moved(follow_up_ids: Collection[UUID]) -> dict[UUID, list[Rescheduling]]:
    rows = db.session.scalars(
        sa.select(Rescheduling).where(Rescheduling.follow_up_id.in_(follow_up_ids)).order_by(Rescheduling.id)
    )
    found: dict[UUID, list[Rescheduling]] = defaultdict(list)
    for row in rows:
        found[row.follow_up_id].append(row)
    return found


def own_locked(who: Cadre, follow_up_id: UUID) -> FollowUp:
    """Return a follow-up that is `who`'s to make, locked for a change, or raise NotYours."""
    row = locked(follow_up_id)
    if row is None or row.cadre_id != who.id:
        raise NotYours
    return row


def locked(follow_up_id: UUID) -> FollowUp | None:
    """Return a follow-up, whoever's it is, as it is now; no other change to it begins before this transaction ends."""
    _hold_concerns(FollowUp.id == follow_up_id)
    return db.session.scalars(
        sa.select(FollowUp)
        .where(FollowUp.id == follow_up_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _hold_concerns(*conditions: sa.ColumnElement[bool]) -> None:
    """Lock the concerns that some follow-ups are about, before these: the ledger's steps lock in that order too.

    Raise NotYours when one has become confidential meanwhile.
    """
    rows = db.session.scalars(
        sa.select(Concern)
        .where(Concern.id.in_(sa.select(FollowUp.concern_id).where(*conditions)))
        .order_by(Concern.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if any(concern.restricted for concern in rows):
        raise NotYours


def concern_of(follow_up: FollowUp) -> Concern | None:
    """Return the concern that a follow-up is about."""
    return None if follow_up.concern_id is None else db.session.get(Concern, follow_up.concern_id)


def of_concern(concern_id: int) -> Sequence[FollowUp]:
    """Return all rounds of asking about a concern, locked for a change."""
    return db.session.scalars(
        sa.select(FollowUp)
        .where(FollowUp.concern_id == concern_id)
        .order_by(FollowUp.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def entry_of(follow_up_id: UUID) -> FollowUpEntry | None:
    """Return what the page of a return visit holds of a follow-up."""
    return db.session.get(FollowUpEntry, follow_up_id)


def entered(who: Cadre, household_id: UUID) -> Sequence[tuple[FollowUp, FollowUpEntry]]:
    """Return what `who`'s page holds of a household's open follow-ups, each locked for a change."""
    mine = (
        FollowUp.household_id == household_id, FollowUp.cadre_id == who.id, FollowUp.state == FollowUpState.OPEN,
    )  # fmt: skip
    _hold_concerns(*mine)
    rows = db.session.execute(
        sa.select(FollowUp, FollowUpEntry)
        .join(FollowUpEntry, FollowUpEntry.follow_up_id == FollowUp.id)
        .where(*mine)
        .order_by(FollowUp.id)  # one order for all who lock several
        .with_for_update(of=FollowUp)
        .execution_options(populate_existing=True)
    )
    return [(follow_up, entry) for follow_up, entry in rows]


def open_of_household(household_id: UUID) -> Sequence[FollowUp]:
    """Return everything that is still open in a household, whoever promised it, locked for a change."""
    return db.session.scalars(
        sa.select(FollowUp)
        .where(FollowUp.household_id == household_id, FollowUp.state == FollowUpState.OPEN)
        .order_by(FollowUp.id)
        .with_for_update()
    ).all()


def lapsed_of_household(household_id: UUID, reason: str) -> Sequence[FollowUp]:
    """Return what was closed in a household for this reason, locked for a change."""
    return db.session.scalars(
        sa.select(FollowUp)
        .where(
            FollowUp.household_id == household_id,
            FollowUp.state == FollowUpState.LAPSED,
            FollowUp.reason == reason,
        )
        .order_by(FollowUp.id)
        .with_for_update()
    ).all()


def earlier_rounds(follow_up: FollowUp, state: FollowUpState) -> Sequence[FollowUp]:
    """Return the rounds before a follow-up that are in a state."""
    return db.session.scalars(
        sa.select(FollowUp).where(
            same_subject(follow_up),
            FollowUp.round_no < follow_up.round_no,
            FollowUp.state == state,
        )
    ).all()


def last_round(follow_up: FollowUp) -> int:
    """Return how often it was begun to look after what a follow-up is about."""
    rounds = sa.select(sa.func.max(FollowUp.round_no)).where(same_subject(follow_up))
    return db.session.scalar(rounds) or 0


def is_judged_by(follow_up_id: UUID, judgement_id: UUID) -> bool:
    """Say whether this very judgement of a follow-up is here already; another's id raises NotYours."""
    there = db.session.get(Judgement, judgement_id)
    if there is not None and there.follow_up_id != follow_up_id:
        raise NotYours
    return there is not None


def times_put_off(follow_up_id: UUID) -> int:
    """Count how often a follow-up was put off."""
    mine = Rescheduling.follow_up_id == follow_up_id
    return db.session.scalar(sa.select(sa.func.count()).select_from(Rescheduling).where(mine)) or 0


def is_any_judged(who: Cadre, household_id: UUID) -> bool:
    """Say whether something that `who` looks after in a household was judged, or a promise reported on."""
    mine = sa.exists().where(
        FollowUp.household_id == household_id,
        FollowUp.cadre_id == who.id,
        sa.or_(
            FollowUp.mark.is_not(None),
            # What was replied to a concern is the unit's report.
            sa.and_(FollowUp.reported_at.is_not(None), FollowUp.concern_id.is_(None)),
        ),
    )
    return bool(db.session.scalar(sa.select(mine)))


def standing(follow_up_id: UUID) -> Sequence[Judgement]:
    """Return the judgements of a follow-up that stand: one, or none."""
    return db.session.scalars(
        sa.select(Judgement).where(Judgement.follow_up_id == follow_up_id, Judgement.stands)
    ).all()


def subject_of(follow_up: FollowUp) -> Subject:
    """Return what a follow-up is about."""
    statement = with_subjects(sa.select(SUBJECT).select_from(FollowUp))
    found: Subject = db.session.execute(statement.where(FollowUp.id == follow_up.id)).scalar_one()
    return found
