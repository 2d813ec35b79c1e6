"""Scheduling return visits, and noting what was found at them. None of these commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.followups import judging, ledger, photo_queries, queries, rules, sheet_queries
from fieldvisit.followups.models import FollowUp, FollowUpEntry, FollowUpPhoto, Rescheduling
from fieldvisit.followups.rules import FollowUpState, Mark, Outcome, PhotoKind, Way, Why
from fieldvisit.households.models import Household
from fieldvisit.visits.models import Commitment, Visit
from fieldvisit.visits.photos import PreparedPhoto

MOST_PHOTOS = 10
CLOSED = "这一件已经有了结果，不用再填。请刷新页面看看。"
LEFT = "这一户已停用"


def schedule(visit: Visit) -> None:
    """Give each commitment of a finished visit its return visit; follow what an amendment moved or took back."""
    existing = queries.of_visit(visit.id)
    for commitment in queries.commitments_of_visit(visit.id):
        follow_up = existing.get(commitment.id)
        if follow_up is None and not commitment.removed:
            _add(visit, commitment)
        elif follow_up is not None and follow_up.state is FollowUpState.OPEN:
            _follow(follow_up, commitment)


def _add(visit: Visit, commitment: Commitment) -> None:
    db.session.add(
        FollowUp(
            id=uuid4(),
            commitment_id=commitment.id,
            household_id=visit.household_id,
            cadre_id=visit.cadre_id,
            unit_id=visit.unit_id,
            state=FollowUpState.OPEN,
            due_on=rules.return_day(commitment.due_on, clock.today()),
            scheduled_at=clock.now(),
        )
    )


def _follow(follow_up: FollowUp, commitment: Commitment) -> None:
    if commitment.removed:
        follow_up.state = FollowUpState.WITHDRAWN
        judging.settle_earlier(follow_up, FollowUpState.TO_DECIDE)
    elif follow_up.round_no == 1 and not sheet_queries.times_put_off(follow_up.id):
        follow_up.due_on = rules.return_day(commitment.due_on, clock.local(follow_up.scheduled_at).date())


def check_photo_wanted(follow_up: FollowUp, kind: PhotoKind) -> None:
    """Refuse a photo without the householder's agreement or when there are plenty; a signature needs neither."""
    check_takes_reports(follow_up)
    if kind is PhotoKind.SIGNATURE:
        return
    if not follow_up.photo_agreed:
        raise Refused("拍照要先征得户主同意：请先点“户主同意拍照”，再拍。")
    if len(photo_queries.photos_of([follow_up.id])[follow_up.id]) >= MOST_PHOTOS:
        raise Refused(f"这一件已有 {MOST_PHOTOS} 张照片，够用了。要换，请先删掉一张。")


def add_photo(
    follow_up: FollowUp, kind: PhotoKind, photo_id: UUID, prepared: PreparedPhoto, source_sha256: str
) -> FollowUpPhoto:
    """Add a stored photo under the id that the phone made; the same bytes again are the same photo.

    A signature takes the place of the one before.
    """
    check_photo_wanted(follow_up, kind)
    photo = photo_queries.earlier_photo(follow_up.id, kind, source_sha256, photo_id)
    if kind is PhotoKind.SIGNATURE:
        for earlier in photo_queries.photos_of([follow_up.id])[follow_up.id]:
            earlier.removed = earlier.removed or earlier.kind is kind
    if photo is None:
        photo = FollowUpPhoto(id=photo_id, follow_up_id=follow_up.id, kind=kind, source_sha256=source_sha256)
        db.session.add(photo)
    photo.sha256, photo.width, photo.height = prepared.sha256, prepared.width, prepared.height
    photo.added_at, photo.removed = clock.now(), False
    return photo


@dataclass(frozen=True)
class Entered:
    """What the cadre's page says of one follow-up, and the running number of the save on its device."""

    outcome: Outcome | None
    note: str
    mark: Mark | None
    why: Why | None
    comment: str
    device: str
    seq: int


def agree_to_photos(follow_up: FollowUp, is_agreed: bool) -> None:
    """Note whether the householder agrees to photos; those already there stay until somebody takes them away."""
    check_takes_reports(follow_up)
    follow_up.photo_agreed = is_agreed


def check_takes_reports(follow_up: FollowUp) -> None:
    """Refuse (409) what is told of a follow-up that was withdrawn, has lapsed or was decided."""
    if follow_up.state not in rules.TAKES_REPORTS:
        raise Refused(CLOSED, 409)


def save_entry(follow_up: FollowUp, entered: Entered) -> FollowUpEntry | None:
    """Save what the page says of a follow-up; an older save of the same phone changes nothing.

    When the resident has judged meanwhile, it becomes the report at once, without a mark: then None is returned.
    """
    check_takes_reports(follow_up)
    if follow_up.state is not FollowUpState.OPEN:
        judging.report(follow_up, entered.outcome, entered.note)
        return None
    entry = sheet_queries.entry_of(follow_up.id)
    if entry is not None and entry.device == entered.device and entered.seq <= entry.seq:
        return entry
    if entry is None:
        entry = FollowUpEntry(follow_up_id=follow_up.id)
        db.session.add(entry)
    for name, value in vars(entered).items():
        setattr(entry, name, value)
    entry.saved_at = clock.now()
    return entry


def finish(who: Cadre, household_id: UUID, way: Way, at: datetime) -> int:
    """Finish a return visit made at an instant: what the page holds of each follow-up is reported and judged.

    Return how many of them nobody has judged yet; they stay open. Nothing may be left to do, when the residents have
    judged everything by their own hand.
    """
    rows = sheet_queries.entered(who, household_id)
    if not rows and not sheet_queries.is_any_judged(who, household_id):
        raise Refused("还没有填哪一件办得怎么样，请先填再完成。")
    for follow_up, entry in rows:
        if entry.mark is None and follow_up.concern_id is not None:
            # There is nothing to report of a concern: what the page holds stays there for the judgement.
            continue
        mark, why, comment = entry.mark, entry.why or judging.likely_why(way), entry.comment
        judging.take_report(follow_up)
        if mark is not None:
            judging.judge(follow_up, judging.Said(uuid4(), mark, way, why, comment, at=at), who)
    record(who.id, "follow_up_finished", "household", household_id, items=len(rows))
    return sum(follow_up.state is FollowUpState.OPEN and follow_up.mark is None for follow_up, _entry in rows)


def put_off(who: Cadre, follow_up: FollowUp, day: date, reason: str, on: date) -> None:
    """Put a return visit off to another day, with a reason; `on` is the day on which that was decided."""
    if follow_up.state is not FollowUpState.OPEN:
        raise Refused(CLOSED, 409)
    if not rules.may_put_off(follow_up.round_no, sheet_queries.times_put_off(follow_up.id)):
        raise Refused("这一件已经改过期，不能再改。请尽快回访，实在去不了请告诉审阅人。")
    scheduled_on = clock.local(follow_up.scheduled_at).date()
    furthest = rules.furthest_day(follow_up.round_no, follow_up.due_on, scheduled_on, on)
    if not on <= day <= furthest:
        raise Refused(f"新的日期要在{on.month}月{on.day}日到{furthest.month}月{furthest.day}日之间。")
    row = Rescheduling(
        follow_up_id=follow_up.id,
        cadre_id=who.id,
        from_day=follow_up.due_on,
        to_day=day,
        reason=reason,
        at=clock.now(),
    )
    db.session.add(row)
    follow_up.due_on = day
    record(who.id, "follow_up_put_off", "follow_up", follow_up.id, to_day=day.isoformat())


def lapse(who: Cadre, follow_ups: list[FollowUp], reason: str) -> None:
    """Close follow-ups that nobody can make any more: the household moved, the resident died. Nobody is at fault."""
    for follow_up in follow_ups:
        follow_up.state = FollowUpState.LAPSED
        follow_up.reason = reason
        follow_up.closed_at = clock.now()
        judging.settle_earlier(follow_up, FollowUpState.TO_DECIDE)
        record(who.id, "follow_up_lapsed", "follow_up", follow_up.id)


def close_with(household: Household, by: Cadre) -> None:
    """Close what is open in a household that has left."""
    lapse(by, list(sheet_queries.open_of_household(household.id)), LEFT)


def reopen_with(household: Household, by: Cadre) -> None:
    """Open again what was closed only because the household had left."""
    for follow_up in sheet_queries.lapsed_of_household(household.id, LEFT):
        if not ledger.is_still_asked(follow_up):
            continue
        follow_up.state, follow_up.reason, follow_up.closed_at = FollowUpState.OPEN, "", None
        for earlier in sheet_queries.earlier_rounds(follow_up, FollowUpState.TO_DECIDE):
            earlier.state = FollowUpState.REDO
        record(by.id, "follow_up_reopened", "follow_up", follow_up.id)
