"""What follows when a resident judges: the judgement is kept, and what was judged badly is done again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from flask import current_app

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.followups import checking, ledger, passing, rules, sheet_queries
from fieldvisit.followups.models import FollowUp, FollowUpRuling, Judgement
from fieldvisit.followups.rules import FollowUpState, Mark, Outcome, Ruling, Way, Why
from fieldvisit.households.models import Household
from fieldvisit.workdays import queries as workdays
from fieldvisit.workdays.due import DueKind, Span, Unit, due_rules, first_due

# What a resident reads who judges what can't be judged now.
NOT_NOW = {
    FollowUpState.REDO: "这件事正在重办，办好后再请您评价。",
    FollowUpState.REDONE: "这件事后来又办过一次，请评价后一次的结果。",
    FollowUpState.TO_DECIDE: "这件事已交群众工作部处理，结果会告诉您。",
    FollowUpState.DECIDED: "这件事群众工作部已经作了处理。还有意见，请用“投诉建议”反映。",
    FollowUpState.DONE: "这件事已经办结较久，评价不能再改。有新的情况请直接反映。",
    FollowUpState.WITHDRAWN: "这件事已经撤回，不用评价。",
    FollowUpState.LAPSED: "这件事已经结束，不用评价。",
}


@dataclass(frozen=True)
class Said:
    """One judgement: its id (made on the phone), the mark, how it was given, why there is none, own words, and when.

    It may have lain in a phone's outbox since.
    """

    id: UUID
    mark: Mark
    way: Way
    why: Why | None = None
    comment: str = ""
    is_hidden: bool = False
    at: datetime = field(default_factory=clock.now)


def likely_why(way: Way) -> Why:
    """Return why nobody judged, when the cadre has not said it."""
    return Why.NO_ANSWER if way is Way.BY_PHONE else Why.NOBODY_HOME


def judge(follow_up: FollowUp, said: Said, by: Cadre | None) -> None:
    """Keep a judgement, and draw the consequence if it stands. `by` held the page; None: the resident's own phone.

    The row must be locked. Refused (409) while the thing is being done again or lies with the office.
    """
    if sheet_queries.is_judged_by(follow_up.id, said.id):
        return
    closed_on = clock.local(follow_up.closed_at).date() if follow_up.closed_at else None
    if not rules.may_judge(follow_up.state, closed_on, clock.today()):
        raise Refused(NOT_NOW[follow_up.state], 409)
    why = said.why if said.mark is Mark.UNRATED else None
    is_try = rules.is_try(said.mark, why)
    is_older = any(earlier.at > said.at for earlier in sheet_queries.standing(follow_up.id))
    stands = rules.stands(said.way, follow_up.way) and not is_older
    follow_up.tries += is_try
    follows = rules.after_mark(said.mark, why, follow_up.tries, follow_up.round_no)
    # A fruitless try changes nothing that was said before, and counts as nothing while others may follow.
    counts = stands and not (is_try and (follow_up.mark is not None or follows is FollowUpState.OPEN))
    _keep(follow_up, said, why, by, counts)
    if counts:
        _conclude(follow_up, said, follows, by)
    record(by.id if by else None, "follow_up_judged", "follow_up", follow_up.id, judgement=str(said.id))


def _keep(follow_up: FollowUp, said: Said, why: Why | None, by: Cadre | None, counts: bool) -> None:
    if counts:
        for earlier in sheet_queries.standing(follow_up.id):
            earlier.stands = False
    row = Judgement(
        id=said.id,
        follow_up_id=follow_up.id,
        mark=said.mark,
        way=said.way,
        why=why,
        comment=said.comment,
        is_hidden=said.is_hidden,
        stands=counts,
        cadre_id=by.id if by else None,
        at=said.at,
    )
    db.session.add(row)
    db.session.flush()


def _conclude(follow_up: FollowUp, said: Said, follows: FollowUpState, by: Cadre | None) -> None:
    take_report(follow_up)
    if not (follow_up.state is follows is FollowUpState.DONE):
        # Else the time in which they may change their mind would begin again each time that they do.
        follow_up.closed_at = clock.now()
    follow_up.mark, follow_up.way, follow_up.state = said.mark, said.way, follows
    settle_earlier(follow_up, FollowUpState.REDONE)
    checking.draw(follow_up)
    if follow_up.concern_id is not None:
        ledger.tell(follow_up, by)
    elif follows is FollowUpState.REDO:
        do_again(follow_up)


def take_report(follow_up: FollowUp) -> None:
    """Take what the cadre's page holds of a follow-up as the report, and clear the page."""
    entry = sheet_queries.entry_of(follow_up.id)
    if entry is None:
        return
    report(follow_up, entry.outcome, entry.note)
    db.session.delete(entry)


def report(follow_up: FollowUp, outcome: Outcome | None, note: str) -> None:
    """Note what the cadre says became of a promise, if anything; what became of a concern, the unit has said."""
    if follow_up.concern_id is None and (outcome is not None or note):
        follow_up.outcome, follow_up.done_note = outcome, note
        follow_up.reported_at = clock.now()


def settle_earlier(follow_up: FollowUp, state: FollowUpState) -> None:
    """Say of the rounds for which this one is the redo what they are, now that it has its end.

    REDONE when somebody judged it. When nobody can any more, the dissatisfaction is for the office TO_DECIDE: it does
    not end by the hand of the one whose work it is about.
    """
    for earlier in sheet_queries.earlier_rounds(follow_up, FollowUpState.REDO):
        earlier.state = state


def do_again(follow_up: FollowUp) -> None:
    """Make the next round of looking after a commitment, due after half the time that it had."""
    subject = sheet_queries.subject_of(follow_up)
    again = FollowUp(
        id=uuid4(),
        commitment_id=follow_up.commitment_id,
        round_no=sheet_queries.last_round(follow_up) + 1,
        household_id=follow_up.household_id,
        cadre_id=follow_up.cadre_id,
        unit_id=follow_up.unit_id,
        state=FollowUpState.OPEN,
        due_on=_redo_day(subject.begun_on, subject.promised_for or subject.begun_on),
        scheduled_at=clock.now(),
    )
    db.session.add(again)
    # Whoever looked after it may have left since.
    passing.of_household(db.session.get_one(Household, again.household_id), None)


def _redo_day(promised_on: date, promised_for: date) -> date:
    rule = due_rules(current_app.extensions["fieldvisit"].due_rules)[DueKind.REDO]
    whole = Span(max((promised_for - promised_on).days, 1), Unit.DAY)
    return first_due(rule, clock.today(), workdays.table(), whole=whole)


def rule(who: Cadre, follow_up: FollowUp, ruling: Ruling, reason: str) -> None:
    """Decide for the office about what was judged badly twice; refuse (409) when somebody else has."""
    if follow_up.state is not FollowUpState.TO_DECIDE:
        raise Refused("这一件已经有人处理了，请刷新页面看结果。", 409)
    row = FollowUpRuling(follow_up_id=follow_up.id, cadre_id=who.id, ruling=ruling, reason=reason, at=clock.now())
    db.session.add(row)
    follow_up.state = FollowUpState.REDO if ruling is Ruling.REDO else FollowUpState.DECIDED
    if follow_up.concern_id is not None:
        ledger.decide(who, follow_up, ruling, reason)
    elif ruling is Ruling.REDO:
        do_again(follow_up)
    record(who.id, "follow_up_ruled", "follow_up", follow_up.id, ruling=ruling.value)
