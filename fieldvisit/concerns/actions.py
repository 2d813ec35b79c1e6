"""The steps of a concern: each checks who may take it, in which state and until when, and is kept for ever."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import current_app

from fieldvisit import clock, filters
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.concerns import clocks, import_queries, indexing, notifying, queries, rules, seat_queries, unit_queries
from fieldvisit.concerns.events import concern_replied, concern_settled
from fieldvisit.concerns.lists import lists
from fieldvisit.concerns.models import Concern, ConcernStep
from fieldvisit.concerns.registering import put_on_lists
from fieldvisit.concerns.rules import Outcome, Party, Says, State, Step
from fieldvisit.concerns.words import STATE_WORDS, STEP_WORDS
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Unit
from fieldvisit.workdays import queries as workdays
from fieldvisit.workdays.due import DueKind, Span, due_rules

# What the office may put right while a concern is open.
CORRECTABLE = frozenset(
    {
        "nature", "domain", "level", "people", "place", "words", "channel", "village_code",
        "locality_unit_id", "lead_unit_id", "contact_unit_id", "reported_unit_id", "reported_cadre_id",
    }
)  # fmt: skip


def accept(who: Cadre, concern: Concern, seen: int) -> None:
    """Take a concern on: the statutory time begins."""
    _take(who, concern, Step.ACCEPT, seen, accepted_on=clock.today())


def dispatch(who: Cadre, concern: Concern, seen: int, unit_id: int | None, words: str = "") -> None:
    """Give a concern to the unit that is to handle it; one not yet accepted is accepted by that."""
    unit = unit_queries.active_unit(unit_id)
    if unit is None:
        raise Refused("请选择承办单位；已撤销的单位不能承办。")
    if concern.restricted and _is_about(concern, unit):
        raise Refused("这件反映的就是这个单位，不能交给它办。")
    today = clock.today()
    accepted_on = concern.accepted_on or today
    due_on = clocks.due(_span(concern), today, accepted_on, concern.is_extended, workdays.table())
    _take(
        who, concern, Step.DISPATCH, seen, words,
        accepted_on=accepted_on, dispatched_on=today, due_on=due_on, handling_unit_id=unit.id,
    )  # fmt: skip


def _is_about(concern: Concern, unit: Unit) -> bool:
    return concern.reported_unit_id is not None and f"/{concern.reported_unit_id}/" in unit.path


def take_up(who: Cadre, concern: Concern, seen: int) -> None:
    """Begin to handle a concern."""
    _take(who, concern, Step.TAKE_UP, seen)


def return_to_office(who: Cadre, concern: Concern, seen: int, words: str) -> None:
    """Object to having been given a concern, within five working days."""
    table = workdays.table()
    if concern.dispatched_on is not None and not clocks.may_return(concern.dispatched_on, clock.today(), table):
        until = filters.day(clocks.return_until(concern.dispatched_on, table))
        raise Refused(f"交办不当要在 5 个工作日内退回，这件到{until}为止。请继续办理，办不了的请与群众工作部商量。")
    _take(who, concern, Step.RETURN, seen, words, handling_unit_id=None, due_on=None)


def extend(who: Cadre, concern: Concern, seen: int, day: date, words: str) -> None:
    """Extend the time of a concern, once, with a reason that the resident reads."""
    if concern.is_extended:
        raise Refused("这件已经延期过一次，不能再延。")
    if concern.due_on is None or concern.accepted_on is None:
        raise Refused(_not_now(concern, Step.EXTEND), 409)
    furthest = clocks.furthest_extension(concern.due_on, _span(concern), concern.accepted_on, workdays.table())
    if not concern.due_on < day <= furthest:
        raise Refused(f"新的期限要在{filters.day(concern.due_on)}之后、{filters.day(furthest)}之前（含当天）。")
    _take(who, concern, Step.EXTEND, seen, words, due_on=day, is_extended=True)


def note(who: Cadre, concern: Concern, seen: int, words: str) -> None:
    """Note how things go; read by the office and the units only."""
    _take(who, concern, Step.NOTE, seen, words)


def reply(who: Cadre, concern: Concern, seen: int, outcome: Outcome, words: str) -> None:
    """Report what became of a concern in words for the resident, who is asked next."""
    _take(who, concern, Step.REPLY, seen, words, outcome=outcome, replied_at=clock.now())
    concern_replied.send(concern, by=who)


def redirect(who: Cadre, concern: Concern, seen: int, words: str) -> None:
    """Send a concern on to whoever is in charge outside this ledger, and tell the resident where."""
    _take(who, concern, Step.REDIRECT, seen, words, outcome=Outcome.REDIRECTED)


def reject(who: Cadre, concern: Concern, seen: int, words: str) -> None:
    """Not take a concern on, and tell the resident why."""
    _take(who, concern, Step.REJECT, seen, words, outcome=Outcome.NOT_SUPPORTED)


def merge(who: Cadre, concern: Concern, seen: int, into: Concern, words: str) -> None:
    """Handle a concern together with another one of the same matter."""
    if into.id == concern.id or into.merged_into_id is not None or into.state not in rules.OPEN:
        raise Refused("只能并入另一条还在办理的诉求。")
    if into.restricted != concern.restricted or into.county_code != concern.county_code:
        raise Refused("这两条不能合并：要在同一个区县，并且同为普通件或同为密件。")
    _take(who, concern, Step.MERGE, seen, words, merged_into_id=into.id)


def withdraw(who: Cadre, concern: Concern, seen: int, words: str) -> None:
    """Close a concern that whoever brought it no longer wants."""
    _take(who, concern, Step.WITHDRAW, seen, words, outcome=Outcome.WITHDRAWN)


def supervise(who: Cadre, concern: Concern, seen: int, words: str) -> None:
    """督办: urge the unit that handles a concern, for the file."""
    _take(who, concern, Step.SUPERVISE, seen, words)


def close(who: Cadre, concern: Concern, seen: int, mark: str, words: str, outcome: Outcome | None = None) -> None:
    """Close a replied concern at the office: for those whom no return visit asks. `mark` is what they said by phone.

    `outcome` is what stands instead of what the unit reported, where the office has decided so.
    """
    if concern.household_id is not None and not concern.is_anonymous and not mark:
        raise Refused("这件有住户，要由住户评价后办结。")
    _take(who, concern, Step.CLOSE, seen, words, mark=mark or "unrated", outcome=outcome or concern.outcome)


def redo(who: Cadre, concern: Concern, seen: int, words: str) -> None:
    """Have a concern done again, with half its level's time."""
    if concern.round_no >= rules.MOST_ROUNDS:
        raise Refused("这件已经重办过两次，请按实际情况办结并说明。")
    _take(who, concern, Step.REDO, seen, words, **_again(concern))


def archive(who: Cadre, concern: Concern, seen: int) -> None:
    """Put what has its end away."""
    _take(who, concern, Step.ARCHIVE, seen)


def correct(who: Cadre, concern: Concern, seen: int, changes: dict[str, Any], words: str = "") -> None:
    """Put right what the ledger says of an open concern; the deadline follows a new level."""
    assert changes.keys() <= CORRECTABLE
    known = lists()
    changes = {name: value for name, value in changes.items() if getattr(concern, name) != value}
    domain, nature = changes.get("domain", concern.domain), changes.get("nature", concern.nature)
    if "domain" in changes and not (domain in known.domains and known.domains[domain].parent):
        raise Refused("这个领域已经停用或不存在，请重新选择涉及领域。")
    if not changes.get("village_code", concern.county_code).startswith(concern.county_code):
        raise Refused("编号已按区县编好，地点只能改到同一个区县里。")
    if {"domain", "nature"} & changes.keys():
        changes["restricted"] = known.is_restricted(nature, domain)
        if concern.restricted and not changes["restricted"] and import_queries.is_number_taken(concern):
            raise Refused("同一编号已经另外登记了一件普通件，这件不能改成普通件。")
    if "level" in changes and concern.dispatched_on is not None and concern.state is not State.REDO:
        span, accepted_on = span_of(changes["level"]), concern.accepted_on or concern.dispatched_on
        changes["due_on"] = clocks.due(
            span, concern.dispatched_on, accepted_on, concern.is_extended, workdays.table()
        )  # fmt: skip
    if not changes:
        raise Refused("没有什么改动。")
    before = indexing.text_of(concern)
    _take(who, concern, Step.CORRECT, seen, words, **changes)
    indexing.replace(concern, before)


def judged(concern: Concern, mark: str, is_dissatisfied: bool, by: Cadre | None) -> Step | None:
    """Take in what the residents said of a reply; return the step that it led to (None: the office decides).

    A closed one they may come to be dissatisfied with; one that was put away is not done again by that.
    """
    step = rules.after_judgement(is_dissatisfied, concern.round_no)
    concern.mark = mark
    if step is not None and rules.is_allowed(step, concern.state, {Party.RESIDENT}):
        changes = _again(concern) if step is Step.REDO else {}
        _apply(by, concern, step, "住户不满意" if step is Step.REDO else "", changes)
        return step
    return None


def revised(concern: Concern, mark: str) -> None:
    """Note that the residents have changed their mind about a closed concern, without doing it again."""
    concern.mark = mark


# --- what every step does --------------------------------------------------------------------------------------------


def _take(who: Cadre, concern: Concern, step: Step, seen: int, words: str = "", /, **changes: Any) -> None:
    parties = seat_queries.parties_of(who, concern)
    if concern.version != seen:
        raise Refused(_meanwhile(concern), 409)
    if not rules.is_allowed(step, concern.state, parties):
        raise Refused(_not_now(concern, step), 409)
    if rules.TRANSITIONS[step].says is not Says.NOTHING and not words:
        raise Refused(f"请写明{STEP_WORDS[step]}的理由或情况。")
    before, was_restricted = concern.state, concern.restricted
    _apply(who, concern, step, words, changes)
    if concern.restricted and not was_restricted:
        notifying.forget(concern)
    if rules.is_settled(before, concern.state) or (concern.restricted and not was_restricted):
        concern_settled.send(concern, by=who)


def _apply(who: Cadre | None, concern: Concern, step: Step, words: str, changes: dict[str, Any]) -> None:
    details = {name: [_plain(getattr(concern, name)), _plain(value)] for name, value in changes.items()}
    for name, value in changes.items():
        setattr(concern, name, value)
    concern.state = rules.state_after(step, concern.state)
    concern.stage = rules.STAGE_OF[concern.state]
    concern.clock_on = _clock(concern)
    if concern.stage is rules.Stage.DONE and concern.closed_on is None:
        concern.closed_on, concern.closed_at = clock.today(), clock.now()
    elif concern.stage is not rules.Stage.DONE:
        concern.closed_on = concern.closed_at = None
    concern.version += 1
    row = ConcernStep(
        concern_id=concern.id,
        nth=concern.version,
        step=step,
        state=concern.state,
        cadre_id=who.id if who else None,
        unit_id=who.unit_id if who else None,
        words=words,
        told=step in rules.TRANSITIONS and rules.TRANSITIONS[step].says is Says.TOLD,
        details={name: pair for name, pair in details.items() if pair[0] != pair[1]},
        at=clock.now(),
    )
    db.session.add(row)
    put_on_lists(concern)
    record(who.id if who else None, f"concern_{step.value}", "concern", concern.id)
    notifying.tell(concern, step, who)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)


def _clock(concern: Concern) -> date | None:
    if concern.stage is rules.Stage.IN_HAND:
        return concern.due_on
    if concern.stage in (rules.Stage.NEW, rules.Stage.TO_DISPATCH):
        return clocks.tell_by(concern.registered_on)
    return None


def _again(concern: Concern) -> dict[str, Any]:
    due_on = clocks.redo_due(_span(concern), clock.today(), workdays.table())
    return {"due_on": due_on, "round_no": concern.round_no + 1, "outcome": None, "replied_at": None}


def _span(concern: Concern) -> Span:
    return span_of(concern.level)


def span_of(level: rules.Level) -> Span:
    """Return how long a concern of a level may take."""
    kind = DueKind(lists().levels[level].due)
    first = due_rules(current_app.extensions["fieldvisit"].due_rules)[kind].first
    assert isinstance(first, Span)
    return first


def _not_now(concern: Concern, step: Step) -> str:
    return f"这件现在是“{STATE_WORDS[concern.state]}”，您不能{STEP_WORDS[step]}。请看一看办理过程。"


def _meanwhile(concern: Concern) -> str:
    last = queries.last_step(concern.id)
    name = queries.name_of(last.cadre_id)
    return f"您打开之后，{name}已经{STEP_WORDS[last.step]}了这件。您填的还没有提交，请先看一看现在的情况。"
