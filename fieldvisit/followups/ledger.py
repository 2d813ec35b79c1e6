"""Return visits and the ledger: a reply is asked about, and what the residents say of it goes back."""

from __future__ import annotations

from uuid import uuid4

from flask import current_app

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import actions as concerns
from fieldvisit.concerns import queries as steps
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Outcome, State, Step
from fieldvisit.extensions import db
from fieldvisit.followups import rules, sheet_queries, subject_queries
from fieldvisit.followups.models import FollowUp
from fieldvisit.followups.rules import FollowUpState, Mark, Ruling, Settled
from fieldvisit.workdays import queries as workdays
from fieldvisit.workdays.due import DueKind, due_rules, first_due

# What stands in the ledger when the office has decided without having it done again.
OUTCOMES = {Ruling.EXPLAINED: Outcome.EXPLAINED, Ruling.UNREASONABLE: Outcome.NOT_SUPPORTED}


def ask_about(concern: Concern, by: Cadre) -> None:
    """Have a cadre ask the household about a reply; nobody is sent about what is confidential or came anonymously.

    Where no cadre can go, the office asks by phone.
    """
    if concern.restricted or concern.is_anonymous or concern.household_id is None:
        return
    cadre_id = subject_queries.asker_of(concern, clock.today())
    if cadre_id is None:
        return
    rule = due_rules(current_app.extensions["fieldvisit"].due_rules)[DueKind.CONCERN_REPLIED]
    follow_up = FollowUp(
        id=uuid4(),
        concern_id=concern.id,
        round_no=concern.round_no,
        household_id=concern.household_id,
        cadre_id=cadre_id,
        unit_id=concern.handling_unit_id,
        state=FollowUpState.OPEN,
        due_on=first_due(rule, clock.today(), workdays.table()),
        scheduled_at=clock.now(),
        done_note=steps.last_step(concern.id).words,
        reported_at=concern.replied_at,
    )
    db.session.add(follow_up)


def settle(concern: Concern, by: Cadre) -> None:
    """Follow a concern that was settled without the residents' word."""
    how = _how_settled(concern)
    for follow_up in sheet_queries.of_concern(concern.id):
        follow_up.state = rules.after_settling(follow_up.state, how)


def _how_settled(concern: Concern) -> Settled:
    if concern.state is State.CLOSED:
        return Settled.GIVEN_UP if concern.outcome is Outcome.WITHDRAWN else Settled.CLOSED
    return Settled.CONFIDENTIAL if concern.restricted else Settled.AGAIN


def tell(follow_up: FollowUp, by: Cadre | None) -> None:
    """Tell the ledger what the residents have said, if it is about a concern.

    When the ledger can't do it again (it was put away meanwhile), the office decides.
    """
    concern = sheet_queries.concern_of(follow_up)
    if concern is None or follow_up.mark is None:
        return
    is_dissatisfied = follow_up.mark is Mark.DISSATISFIED
    if concern.state is State.REPLIED or is_dissatisfied:
        step = concerns.judged(concern, follow_up.mark.value, is_dissatisfied, by)
        if is_dissatisfied and step is not Step.REDO:
            follow_up.state = FollowUpState.TO_DECIDE
    else:
        concerns.revised(concern, follow_up.mark.value)


def decide(who: Cadre, follow_up: FollowUp, ruling: Ruling, reason: str) -> None:
    """Carry out in the ledger what the office has decided about a concern; one that has its end keeps it."""
    concern = sheet_queries.concern_of(follow_up)
    assert concern is not None
    if ruling is Ruling.REDO:
        concerns.redo(who, concern, concern.version, reason)
    elif concern.state is State.REPLIED:
        concerns.close(who, concern, concern.version, concern.mark, reason, OUTCOMES[ruling])


def is_still_asked(follow_up: FollowUp) -> bool:
    """Say whether a follow-up that had lapsed can be taken up: its concern, if it has one, still waits for a word."""
    concern = sheet_queries.concern_of(follow_up)
    if concern is None:
        return True
    waits = concern.state is State.REPLIED and concern.round_no == follow_up.round_no
    return waits and not concern.restricted
