"""Changing visits. Every function checks the rule itself; none commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.households import queries as households
from fieldvisit.households.models import Household
from fieldvisit.visits import photo_queries, queries, rules
from fieldvisit.visits.events import visit_finished
from fieldvisit.visits.models import (
    Answer,
    Commitment,
    DisplacedAnswer,
    Visit,
    VisitRevision,
    VisitState,
)

VISIT_DAY = "visited_on"
# Of the table itself, and built once.
INSERT_ANSWER = sa.insert(Answer.metadata.tables[Answer.__tablename__])
CLOSED = "这次走访已经完成，不能直接改。要补充，请在走访记录里点“修改”并写明原因。"


def visit_to_change(who: Cadre, visit_id: UUID, household_id: UUID, checklist_version: str, at: datetime) -> Visit:
    """Return `who`'s visit for a change; the first write of an id makes it, begun `at` that instant.

    Others' visits raise NotYours.
    """
    visit = queries.locked_visit(visit_id)
    if visit is None:
        return _begin(who, visit_id, household_id, checklist_version, at)
    if visit.cadre_id != who.id or visit.household_id != household_id:
        raise NotYours
    if not rules.may(rules.Step.CHANGE, visit.state):
        raise Refused(CLOSED, 409)
    return visit


def _begin(who: Cadre, visit_id: UUID, household_id: UUID, checklist_version: str, at: datetime) -> Visit:
    household = active_household(who, household_id)
    visit = Visit(
        id=visit_id,
        household_id=household.id,
        cadre_id=who.id,
        unit_id=who.unit_id,
        village_code=household.village_code,
        state=VisitState.DRAFT,
        visited_on=clock.local(at).date(),
        checklist_version=checklist_version,
        started_at=at,
        revision=0,
    )
    db.session.add(visit)
    db.session.flush()
    record(who.id, "visit_begun", "visit", visit.id)
    return visit


def active_household(who: Cadre, household_id: UUID) -> Household:
    """Return a household that may be visited, or say why not."""
    household = households.confided_household(who, household_id)
    if not household.active:
        raise Refused("这一户已停用（搬走等），不能再开始走访。如果又住回来了，请先在住户页恢复。", 409)
    return household


@dataclass(frozen=True)
class Saved:
    """What became of a save: what the card holds now, and what another phone had written that it displaced."""

    answer: Answer
    displaced: DisplacedAnswer | None = None


def save_answer(visit: Visit, card: str, content: dict[str, Any], save: rules.Save, answer: Answer | None) -> Saved:
    """Save what a card says (`content`: value, tags, note) in the place of the `answer` that it has now, if any.

    An older save of the same phone changes nothing.
    """
    if answer is None:
        return Saved(_first_answer(visit, card, content, save))
    verdict = _judge(visit, answer, save)
    displaced = _displace(answer) if verdict is rules.Verdict.APPLY_AND_KEEP_OTHER else None
    if verdict is not rules.Verdict.IGNORE:
        _write(answer, content, save)
    # Two phones that say the same have nothing to tell each other.
    differs = displaced is not None and queries.differs(displaced, answer)
    return Saved(answer, displaced if differs else None)


def _first_answer(visit: Visit, card: str, content: dict[str, Any], save: rules.Save) -> Answer:
    """Insert what a card says for the first time: the commonest write of all, in half the time of a unit of work."""
    row = {
        "visit_id": visit.id,
        "card": card,
        **content,
        "device": save.device,
        "seq": save.seq,
        "revision": 1,
        "saved_at": clock.now(),
    }
    db.session.execute(INSERT_ANSWER, row)
    return Answer(**row)


def _judge(visit: Visit, answer: Answer, save: rules.Save) -> rules.Verdict:
    stored = rules.Stored(answer.device, answer.seq, answer.revision)
    seq = 0 if save.device == answer.device else queries.displaced_seq(visit.id, answer.card, save.device)
    return rules.judge_save(save, stored, seq)


def _write(answer: Answer, content: dict[str, Any], save: rules.Save) -> None:
    answer.value, answer.tags, answer.note = content["value"], content["tags"], content["note"]
    answer.device, answer.seq = save.device, save.seq
    answer.revision += 1
    answer.saved_at = clock.now()


def _displace(answer: Answer) -> DisplacedAnswer:
    displaced = DisplacedAnswer(
        visit_id=answer.visit_id,
        card=answer.card,
        value=answer.value,
        tags=answer.tags,
        note=answer.note,
        device=answer.device,
        seq=answer.seq,
        saved_at=answer.saved_at,
    )
    db.session.add(displaced)
    return displaced


def save_visit_day(visit: Visit, day: date, save: rules.Save, stored: Answer | None) -> Saved:
    """Save the day of the visit; kept as an answer too, so that late and parallel saves are judged alike."""
    saved = save_answer(visit, VISIT_DAY, {"value": day.isoformat(), "tags": [], "note": ""}, save, stored)
    visit.visited_on = date.fromisoformat(saved.answer.value)
    return saved


def save_commitment(visit: Visit, commitment_id: UUID, text: str, due_on: date, save: rules.Save) -> Commitment:
    """Save one commitment; the id is the phone's. A removed one stays removed."""
    commitment = queries.commitment(visit.id, commitment_id)
    if commitment is None:
        commitment = Commitment(id=commitment_id, visit_id=visit.id, household_id=visit.household_id, removed=False)
        db.session.add(commitment)
    elif commitment.removed or (commitment.device == save.device and save.seq <= commitment.seq):
        return commitment
    elif commitment.device != save.device and commitment.text != text:
        _keep_commitment_text(commitment)
    commitment.text, commitment.due_on = text, due_on
    commitment.device, commitment.seq = save.device, save.seq
    return commitment


def _keep_commitment_text(commitment: Commitment) -> None:
    db.session.add(
        DisplacedAnswer(
            visit_id=commitment.visit_id,
            card="commitments",
            value="",
            tags=[],
            note=f"{commitment.text}（{commitment.due_on.isoformat()} 前）",
            device=commitment.device,
            seq=commitment.seq,
            saved_at=clock.now(),
        )
    )


def remove_commitment(visit: Visit, commitment_id: UUID) -> None:
    """Take a commitment back; one that has not arrived yet is noted as removed, should it still come."""
    commitment = queries.commitment(visit.id, commitment_id)
    if commitment is None:
        commitment = Commitment(
            id=commitment_id,
            visit_id=visit.id,
            household_id=visit.household_id,
            text="",
            due_on=clock.today(),
            device="",
            seq=0,
        )
        db.session.add(commitment)
    commitment.removed = True


def finish(who: Cadre, visit: Visit, at: datetime) -> None:
    """Finish a visit, first or again, as its author did `at` that instant.

    It goes to the supervisors, and its commitments get their return visits.
    """
    if not rules.may(rules.Step.FINISH, visit.state):
        raise Refused(CLOSED, 409)
    visit.state = VisitState.FINISHED
    if not visit.revision:
        visit.ended_at = at
    visit.finished_at = clock.now()
    visit.sent_back_reason = ""
    visit.revision += 1
    db.session.flush()
    visit_finished.send(visit)
    record(who.id, "visit_finished", "visit", visit.id, revision=visit.revision)


def discard(who: Cadre, visit: Visit) -> None:
    """Throw a draft away, with what is on it; finished visits can't be."""
    if not rules.may(rules.Step.DISCARD, visit.state):
        raise Refused(CLOSED, 409)
    visit.state = VisitState.DISCARDED
    record(who.id, "visit_discarded", "visit", visit.id)


def amend(who: Cadre, visit: Visit, reason: str) -> None:
    """Open a finished or sent-back visit for its author to change; how it was stays readable."""
    if not rules.may(rules.Step.AMEND, visit.state):
        raise Refused("这次走访已被审阅或正在修改，不能再开始修改。", 409)
    db.session.add(
        VisitRevision(
            visit_id=visit.id,
            revision=visit.revision,
            reason=reason,
            amended_at=clock.now(),
            content=_content(visit),
        )
    )
    visit.state = VisitState.AMENDING
    # The reason stays with the revision: it may speak of a resident, and the audit can't forget.
    record(who.id, "visit_amended", "visit", visit.id, revision=visit.revision)


def _content(visit: Visit) -> dict[str, Any]:
    return {
        "visited_on": visit.visited_on.isoformat(),
        "answers": {
            card: {"value": answer.value, "tags": answer.tags, "note": answer.note}
            for card, answer in queries.answers(visit.id).items()
        },
        "commitments": [
            {"id": str(row.id), "text": row.text, "due_on": row.due_on.isoformat()}
            for row in queries.commitments(visit.id)
        ],
        "photos": [
            {"id": str(row.id), "card": row.card, "sha256": row.sha256}
            for rows in photo_queries.photos(visit.id).values()
            for row in rows
        ],
    }
