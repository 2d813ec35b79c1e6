"""Facts about the steps of a concern: what each leaves behind, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.concerns import actions, queries
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Level, Outcome, Stage, State, Step
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from tests.concerns.making import Ledger

DAY = timedelta(days=1)


def test_a_concern_goes_from_the_office_to_a_unit_and_back_to_the_resident(ledger: Ledger) -> None:
    concern = ledger.replied(ledger.at_home())
    assert (concern.state, concern.stage, concern.outcome) == (State.REPLIED, Stage.REPLIED, Outcome.RESOLVED)
    assert actions.judged(concern, "satisfied", False, None) is Step.CLOSE
    assert (concern.state, concern.mark, concern.closed_on) == (State.CLOSED, "satisfied", clock.today())
    taken = [row.row.step for row in queries.steps_of(concern.id)]
    assert taken == [Step.CLOSE, Step.REPLY, Step.DISPATCH, Step.REGISTER]


def test_a_dispatch_accepts_puts_on_the_unit_s_list_and_starts_its_clock(ledger: Ledger) -> None:
    concern = ledger.dispatched()
    assert (concern.accepted_on, concern.dispatched_on) == (clock.today(), clock.today())
    assert concern.clock_on == concern.due_on
    assert ledger.lead.id in {row.unit_id for row in queries.units_of(concern.id)}


def test_a_second_person_who_dispatches_what_was_dispatched_is_told_by_whom(ledger: Ledger) -> None:
    concern = ledger.register()
    seen = concern.version
    ledger.dispatched(concern)
    with pytest.raises(Refused, match="孙丽已经交办了这件") as refused:
        actions.dispatch(ledger.officer, concern, seen, ledger.contact.id)
    assert refused.value.status == 409
    assert concern.handling_unit_id == ledger.lead.id


def test_a_dissolved_unit_can_not_be_given_anything(ledger: Ledger) -> None:
    concern = ledger.register()
    ledger.lead.active = False
    with pytest.raises(Refused, match="已撤销的单位"):
        actions.dispatch(ledger.officer, concern, concern.version, ledger.lead.id)


def test_a_confidential_concern_is_never_given_to_the_unit_that_it_is_about(ledger: Ledger) -> None:
    secret = ledger.register(nature="report", reported_unit_id=ledger.lead.id)
    below = ledger.make.unit("区住建局供水站", parent=ledger.lead, villages=())
    for unit in (ledger.lead, below):
        with pytest.raises(Refused, match="反映的就是这个单位"):
            actions.dispatch(ledger.officer, secret, secret.version, unit.id)


def test_a_step_that_needs_a_reason_is_refused_without_one(ledger: Ledger) -> None:
    concern = ledger.dispatched()
    tries: list[tuple[Callable[..., None], Cadre]] = [
        (actions.return_to_office, ledger.handler), (actions.note, ledger.handler), (actions.supervise, ledger.officer),
        (actions.withdraw, ledger.cadre),
    ]  # fmt: skip
    for take, who in tries:
        with pytest.raises(Refused, match="请写明"):
            take(who, concern, concern.version, "")


def test_a_unit_gives_back_what_is_not_its_own_within_five_working_days(ledger: Ledger) -> None:
    concern = ledger.dispatched()
    actions.return_to_office(ledger.handler, concern, concern.version, "属水务公司")
    assert (concern.state, concern.handling_unit_id, concern.due_on) == (State.RETURNED, None, None)


def test_a_unit_that_objects_too_late_is_told_until_when_it_could(ledger: Ledger) -> None:
    concern = ledger.dispatched()
    with time_machine.travel(clock.now() + 20 * DAY), pytest.raises(Refused, match="5 个工作日内退回"):
        actions.return_to_office(ledger.handler, concern, concern.version, "不归我们管")


def test_a_concern_is_extended_once_with_a_reason_that_the_resident_reads(ledger: Ledger) -> None:
    concern = ledger.dispatched()
    assert concern.due_on is not None
    actions.extend(ledger.handler, concern, concern.version, concern.due_on + 5 * DAY, "等管材到货")
    last = queries.last_step(concern.id)
    assert (last.told, last.words, concern.is_extended, concern.clock_on) == (True, "等管材到货", True, concern.due_on)
    with pytest.raises(Refused, match="不能再延"):
        actions.extend(ledger.handler, concern, concern.version, concern.due_on + DAY, "还没到货")


@pytest.mark.parametrize("days", [0, -1, 120])
def test_an_extension_is_later_than_before_and_within_the_law(ledger: Ledger, days: int) -> None:
    concern = ledger.dispatched()
    assert concern.due_on is not None
    with pytest.raises(Refused, match="新的期限要在"):
        actions.extend(ledger.handler, concern, concern.version, concern.due_on + days * DAY, "等管材到货")


def test_dissatisfied_once_is_done_again_in_half_the_time(ledger: Ledger) -> None:
    concern = ledger.replied(ledger.at_home(level=Level.C))
    assert actions.judged(concern, "dissatisfied", True, ledger.cadre) is Step.REDO
    assert (concern.state, concern.round_no, concern.outcome) == (State.REDO, 2, None)
    assert concern.due_on == clock.today() + 30 * DAY


def test_dissatisfied_twice_waits_for_the_office(ledger: Ledger) -> None:
    concern = ledger.replied(ledger.at_home())
    actions.judged(concern, "dissatisfied", True, ledger.cadre)
    actions.reply(ledger.handler, concern, concern.version, Outcome.RESOLVED, "又修了一次。")
    assert actions.judged(concern, "dissatisfied", True, ledger.cadre) is None
    assert (concern.state, concern.mark) == (State.REPLIED, "dissatisfied")


def test_the_office_does_not_close_in_the_place_of_a_household(ledger: Ledger) -> None:
    concern = ledger.replied(ledger.at_home())
    with pytest.raises(Refused, match="由住户评价后办结"):
        actions.close(ledger.officer, concern, concern.version, "", "")


def test_the_office_closes_what_no_household_can_judge(ledger: Ledger) -> None:
    concern = ledger.replied(ledger.register(ledger.officer, channel="letter", is_anonymous=True))
    actions.close(ledger.officer, concern, concern.version, "", "")
    assert (concern.state, concern.mark) == (State.CLOSED, "unrated")


def test_what_was_merged_points_to_what_it_was_merged_into(ledger: Ledger) -> None:
    one, other = ledger.register(), ledger.register()
    actions.merge(ledger.officer, one, one.version, other, "同一段水管")
    assert (one.state, one.merged_into_id) == (State.MERGED, other.id)


def test_nothing_is_merged_into_itself_into_what_has_ended_or_across_confidence(ledger: Ledger) -> None:
    one, ended, secret = ledger.register(), ledger.register(), ledger.register(nature="report")
    actions.reject(ledger.officer, ended, ended.version, "不在本区")
    for into in (one, ended, secret):
        with pytest.raises(Refused):
            actions.merge(ledger.officer, one, one.version, into, "同一段水管")


def test_a_correction_of_the_level_moves_the_deadline_and_keeps_both(ledger: Ledger) -> None:
    concern = ledger.dispatched()
    before = concern.due_on
    actions.correct(ledger.officer, concern, concern.version, {"level": Level.A, "people": 40}, "全组停水")
    details = queries.last_step(concern.id).details
    assert details["level"] == ["B", "A"]
    assert details["people"] == [1, 40]
    assert concern.due_on is not None
    assert before is not None
    assert concern.due_on < before


def test_a_correction_to_a_confidential_domain_takes_it_off_every_list(ledger: Ledger) -> None:
    concern = ledger.register()
    actions.correct(ledger.officer, concern, concern.version, {"domain": "1401"})
    db.session.flush()
    assert concern.restricted
    assert queries.units_of(concern.id) == []


def test_a_correction_without_a_change_or_to_another_county_is_refused(ledger: Ledger) -> None:
    concern = ledger.register()
    with pytest.raises(Refused, match="没有什么改动"):
        actions.correct(ledger.officer, concern, concern.version, {"people": 1})
    with pytest.raises(Refused, match="同一个区县"):
        actions.correct(ledger.officer, concern, concern.version, {"village_code": "340223100201"})


STEPS: dict[str, Callable[[Cadre, Concern], None]] = {
    "accept": lambda who, c: actions.accept(who, c, c.version),
    "dispatch": lambda who, c: actions.dispatch(who, c, c.version, who.unit_id),
    "reply": lambda who, c: actions.reply(who, c, c.version, Outcome.RESOLVED, "办好了"),
    "redirect": lambda who, c: actions.redirect(who, c, c.version, "请找法院"),
    "reject": lambda who, c: actions.reject(who, c, c.version, "不在本区"),
    "correct": lambda who, c: actions.correct(who, c, c.version, {"people": 9}),
    "close": lambda who, c: actions.close(who, c, c.version, "satisfied", ""),
    "redo": lambda who, c: actions.redo(who, c, c.version, "没修好"),
    "archive": lambda who, c: actions.archive(who, c, c.version),
    "extend": lambda who, c: actions.extend(who, c, c.version, clock.today(), "等料"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_cadre_and_a_supervisor_take_none_of_the_office_s_or_unit_s_steps(ledger: Ledger, step: str) -> None:
    concern = ledger.at_home()
    for who in (ledger.cadre, ledger.supervisor):
        with pytest.raises(Refused):
            STEPS[step](who, concern)
    assert concern.version == 1
