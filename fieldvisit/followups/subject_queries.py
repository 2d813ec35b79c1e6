"""What a follow-up is about, a commitment or a concern: the same words for both, in the query that needs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Bundle, aliased

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.accounts.queries import has_role
from fieldvisit.concerns import seat_queries
from fieldvisit.concerns.models import Concern
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.households import queries as households
from fieldvisit.households.models import Household, Pairing
from fieldvisit.organisation.models import Unit
from fieldvisit.visits.models import Commitment, Visit
from fieldvisit.visits.reading import readable

if TYPE_CHECKING:
    from sqlalchemy.engine import Row

# Whose work it is: the cadre's unit on the day of the visit, or the unit that handles the concern.
Worker = aliased(Unit)
UNIT_ID = sa.func.coalesce(Visit.unit_id, Concern.handling_unit_id)
VILLAGE_CODE = sa.func.coalesce(Visit.village_code, Concern.village_code)
# Who has promised it or wrote it down.
BEGUN_BY = sa.func.coalesce(Visit.cadre_id, Concern.registered_by)
BEGUN_ON = sa.func.coalesce(Visit.visited_on, Concern.registered_on)
# The same for all its rounds, and says nothing to whoever reads it in an address.
KEY = sa.func.coalesce(Commitment.id, Concern.uid)


@dataclass(frozen=True)
class Subject:
    """What was promised or asked, since when and until when, and whose work it is; `number` is "" of a commitment."""

    text: str
    begun_on: date
    promised_for: date | None
    unit_name: str
    number: str

    @property
    def is_concern(self) -> bool:
        """Say whether it is a concern of the ledger."""
        return self.number != ""


class _Subjects(Bundle[Subject]):
    """The columns of a subject, read as one value."""

    inherit_cache = True

    def create_row_processor(
        self, query: sa.Select[*tuple[Any, ...]], procs: Sequence[Callable[[Row[Any]], Any]], labels: Sequence[str]
    ) -> Callable[[Row[Any]], Subject]:
        """Return what makes a Subject of a row."""
        return lambda row: Subject(*(proc(row) for proc in procs))


SUBJECT = _Subjects(
    "subject",
    sa.func.coalesce(Commitment.text, Concern.words),
    BEGUN_ON,
    sa.func.coalesce(Commitment.due_on, Concern.due_on),
    sa.func.coalesce(Worker.name, ""),
    sa.func.coalesce(Concern.number, ""),
)


def with_subjects(statement: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """Let a statement about follow-ups read SUBJECT, Commitment, Visit and Concern.

    A concern that became confidential meanwhile is left out, whoever asks.
    """
    return (
        statement.outerjoin(Commitment, Commitment.id == FollowUp.commitment_id)
        .outerjoin(Visit, Visit.id == Commitment.visit_id)
        .outerjoin(Concern, Concern.id == FollowUp.concern_id)
        .outerjoin(Worker, Worker.id == UNIT_ID)
        .where(sa.or_(FollowUp.concern_id.is_(None), Concern.restricted.is_(False)))
    )


def may_read(who: Cadre) -> sa.ColumnElement[bool]:
    """Build the condition "may read of this": the visit at which it was promised, or the concern."""
    return sa.or_(readable(who), seat_queries.visible(who))


def same_subject(follow_up: FollowUp) -> sa.ColumnElement[bool]:
    """Build the condition "is about the same thing"."""
    if follow_up.concern_id is not None:
        return FollowUp.concern_id == follow_up.concern_id
    return FollowUp.commitment_id == follow_up.commitment_id


def asker_of(concern: Concern, day: date) -> int | None:
    """Return the cadre who asks a concern's household: who is tied to it, else who wrote it down; None: nobody can.

    Of several who are tied to it, the one who wrote it down, else the one who has been for longest.
    """
    is_here = sa.exists().where(Household.id == concern.household_id, Household.active)
    is_paired = Cadre.id == Pairing.cadre_id
    return db.session.scalar(
        sa.select(Cadre.id)
        .outerjoin(Pairing, sa.and_(is_paired, Pairing.household_id == concern.household_id, households.in_force(day)))
        .where(
            is_here,
            Cadre.active,
            has_role(Role.CADRE),
            sa.or_(Pairing.id.is_not(None), Cadre.id == concern.registered_by),
        )
        .order_by(
            Pairing.id.is_(None), Cadre.id != sa.func.coalesce(concern.registered_by, 0), Pairing.starts_on, Pairing.id
        )
        .limit(1)
    )
