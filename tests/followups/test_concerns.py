"""Facts about asking residents what they say of the replies to their concerns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.concerns import actions as concerns
from fieldvisit.concerns import queries as steps
from fieldvisit.concerns import seat_queries
from fieldvisit.concerns.rules import Outcome, State, Step
from fieldvisit.database import write_transactions
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.followups import calendar_queries
from fieldvisit.followups.calendar import calendar_text
from fieldvisit.followups.models import FollowUp
from fieldvisit.followups.rules import FollowUpState, Mark
from fieldvisit.workdays import queries as workdays
from fieldvisit.workdays.rules import working_days_between
from tests.factories import Factory
from tests.followups.concerns_making import REPLY, WORDS, Asked
from tests.followups.making import AtTheDoor, promise
from tests.person import Person
from tests.visits.counting import queries_counted

DAY = timedelta(days=1)
S = FollowUpState


@pytest.fixture
def asked(app: Flask, make: Factory) -> Asked:
    """A concern that lies with the department."""
    return Asked(app, make)


def test_a_reply_is_asked_about_within_three_working_days_by_the_paired_cadre(asked: Asked) -> None:
    follow_up = asked.reply()
    assert follow_up is not None
    assert (follow_up.cadre_id, follow_up.state, follow_up.round_no) == (asked.ledger.cadre.id, S.OPEN, 1)
    assert working_days_between(clock.today(), follow_up.due_on, workdays.table()) == 3


def test_the_page_shows_promises_and_concerns_in_one_go_with_the_reply_as_what_was_done(asked: Asked) -> None:
    promise(asked.ledger.cadre, asked.household, "问清低保政策回话")
    asked.reply()
    page = asked.door.page()
    for words in ("问清低保政策回话", WORDS, f"区住建局答复：{REPLY}", asked.concern.number):
        assert words in page
    # What became of the promise is asked; what became of the concern, the unit has said.
    assert page.count('name="outcome" value="kept"') == 1
    assert page.count('name="mark" value="satisfied"') == 2


def test_the_concern_s_page_leads_whoever_asks_about_the_reply_to_the_return_visit(asked: Asked) -> None:
    path = f"/concerns/{asked.concern.id}"
    assert "做回访" not in Person(asked.app, asked.ledger.cadre).get(path).text
    asked.reply()
    page = Person(asked.app, asked.ledger.cadre).get(path).text
    assert f'<a class="button concern-task" href="/households/{asked.household.id}/followups">做回访</a>' in page
    asked.judged("satisfied")
    assert "做回访" not in Person(asked.app, asked.ledger.cadre).get(path).text


@pytest.mark.parametrize("who", ["officer", "handler", "supervisor", "mayor"])
def test_nobody_else_is_led_to_the_return_visit(asked: Asked, who: str) -> None:
    asked.reply()
    page = Person(asked.app, getattr(asked.ledger, who)).get(f"/concerns/{asked.concern.id}").text
    assert REPLY in page
    assert "做回访" not in page


def test_every_page_of_a_cadre_says_that_it_is_a_concern(asked: Asked) -> None:
    asked.reply()
    with time_machine.travel(clock.now() + 10 * DAY):
        person = Person(asked.app, asked.ledger.cadre)
        for path in ("/", "/followups", f"/households/{asked.household.id}"):
            page = person.get(path).text
            assert '<span class="tag">诉求</span>' in page
            assert WORDS in page
        assert "您反映的“" + WORDS in person.get(f"/households/{asked.household.id}/judge").text
        assert str(asked.household.id) in person.get("/offline").text


def test_the_page_costs_as_many_queries_for_three_things_as_for_one(asked: Asked) -> None:
    asked.reply()
    asked.door.page()
    with queries_counted() as one:
        asked.door.page()
    other = asked.ledger.replied(asked.ledger.register(household_id=asked.household.id, words="路灯不亮"))
    promise(asked.ledger.cadre, asked.household)
    with queries_counted() as three:
        assert other.words in asked.door.page()
    assert len(three) == len(one)


def test_the_cadre_reports_nothing_about_the_outcome(asked: Asked) -> None:
    follow_up = asked.reply()
    assert follow_up is not None
    asked.door.enter(follow_up.id, outcome="kept", note="我修的", mark="satisfied")
    asked.door.finish()
    (row,) = asked.rounds()
    assert (row.outcome, row.done_note, row.mark) == (None, REPLY, Mark.SATISFIED)


def test_a_visit_with_nothing_filled_in_of_a_concern_is_not_finished(asked: Asked) -> None:
    asked.reply()
    assert asked.door.finish().status_code == 422


def test_words_without_a_mark_wait_on_the_page_for_the_mark(asked: Asked) -> None:
    follow_up = asked.reply()
    assert follow_up is not None
    asked.door.enter(follow_up.id, comment="水还有点浑")
    assert asked.door.finish().status_code == 200
    assert "水还有点浑" in asked.door.page()
    assert asked.states() == [S.OPEN]


@pytest.mark.parametrize("mark", ["satisfied", "basically_satisfied"])
def test_what_the_residents_are_content_with_is_closed_in_the_ledger(asked: Asked, mark: str) -> None:
    asked.reply()
    asked.judged(mark)
    concern = asked.now()
    assert (concern.state, concern.mark, concern.closed_on) == (State.CLOSED, mark, clock.today())
    assert asked.states() == [S.DONE]


def test_after_three_fruitless_tries_it_is_closed_as_unrated(asked: Asked) -> None:
    follow_up = asked.reply()
    assert follow_up is not None
    for tries in range(3):
        assert (asked.now().state, asked.rounds()[0].tries) == (State.REPLIED, tries)
        asked.door.said(follow_up.id, "unrated", "by_phone", why="no_answer")
    assert (asked.now().state, asked.now().mark) == (State.CLOSED, "unrated")


def test_dissatisfied_once_the_department_does_it_again_and_is_asked_about_again(asked: Asked) -> None:
    asked.reply()
    asked.judged("dissatisfied")
    assert (asked.now().state, asked.now().round_no) == (State.REDO, 2)
    assert asked.states() == [S.REDO]
    asked.reply("又修了一次。")
    assert asked.states() == [S.REDO, S.OPEN]
    assert "上次住户不满意" in asked.door.page()
    asked.judged("satisfied")
    assert asked.states() == [S.REDONE, S.DONE]
    assert asked.now().mark == "satisfied"


def test_dissatisfied_twice_waits_for_the_office_and_supervisors_see_it(asked: Asked) -> None:
    second = asked.twice_bad()
    assert (second.state, asked.now().state) == (S.TO_DECIDE, State.REPLIED)
    assert WORDS in asked.office.get("/dissatisfied").text
    for who in (asked.ledger.supervisor, asked.ledger.mayor):
        person = Person(asked.app, who)
        assert WORDS in person.get("/dissatisfied?state=to_decide").text
        assert REPLY in person.get(f"/dissatisfied/{second.id}").text


@pytest.mark.parametrize(
    ("ruling", "state", "outcome"),
    [("explained", State.CLOSED, Outcome.EXPLAINED), ("unreasonable", State.CLOSED, Outcome.NOT_SUPPORTED)],
)
def test_what_the_office_decides_closes_the_concern_with_the_mark_that_stands(
    asked: Asked, ruling: str, state: State, outcome: Outcome
) -> None:
    second = asked.twice_bad()
    answer = asked.office.post(f"/dissatisfied/{second.id}", {"ruling": ruling, "reason": "已上门说明"})
    assert answer.status_code == 303
    concern = asked.now()
    assert (concern.state, concern.outcome, concern.mark) == (state, outcome, "dissatisfied")
    assert asked.states() == [S.REDONE, S.DECIDED]
    assert steps.last_step(concern.id).words == "已上门说明"


def test_the_office_has_it_done_once_more_and_no_fourth_time(asked: Asked) -> None:
    second = asked.twice_bad()
    asked.office.post(f"/dissatisfied/{second.id}", {"ruling": "redo", "reason": "请换主管道"})
    assert (asked.now().state, asked.now().round_no) == (State.REDO, 3)
    asked.reply("主管道已换。")
    asked.judged("dissatisfied")
    assert asked.states() == [S.REDONE, S.REDONE, S.TO_DECIDE]
    answer = asked.office.post(f"/dissatisfied/{asked.rounds()[-1].id}", {"ruling": "redo", "reason": "再来"})
    assert answer.status_code == 422
    assert "已经重办过两次" in answer.text
    assert "再来" in answer.text
    assert asked.states()[-1] is S.TO_DECIDE


def test_a_mind_changed_among_the_content_ones_only_changes_the_mark(asked: Asked) -> None:
    asked.reply()
    asked.judged("satisfied")
    version = asked.now().version
    asked.judged("basically_satisfied")
    assert (asked.now().state, asked.now().mark, asked.now().version) == (
        State.CLOSED, "basically_satisfied", version,
    )  # fmt: skip


def test_a_mind_changed_to_dissatisfied_within_sixty_days_has_it_done_again(asked: Asked) -> None:
    asked.reply()
    asked.judged("satisfied")
    with time_machine.travel(clock.now() + 59 * DAY):
        asked.door = AtTheDoor(Person(asked.app, asked.ledger.cadre), asked.household)
        asked.judged("dissatisfied")
        assert (asked.now().state, asked.now().closed_on) == (State.REDO, None)
        asked.reply()
        assert asked.states() == [S.REDO, S.OPEN]


def test_a_mind_changed_after_sixty_days_is_not_taken(asked: Asked) -> None:
    asked.reply()
    asked.judged("satisfied")
    with time_machine.travel(clock.now() + 61 * DAY):
        asked.door = AtTheDoor(Person(asked.app, asked.ledger.cadre), asked.household)
        assert asked.judged("dissatisfied") == 409
    assert asked.now().mark == "satisfied"


@pytest.mark.parametrize("is_archived", [True, False])
def test_who_is_dissatisfied_with_what_is_done_twice_or_put_away_is_heard_by_the_office(
    asked: Asked, is_archived: bool
) -> None:
    asked.reply()
    if not is_archived:
        asked.judged("dissatisfied")
        asked.reply()
    asked.judged("satisfied")
    if is_archived:
        concerns.archive(asked.ledger.officer, asked.now(), asked.now().version)
        db.session.commit()
    before = asked.now().state
    assert asked.judged("dissatisfied") == 200
    assert (asked.states()[-1], asked.now().state, asked.now().mark) == (S.TO_DECIDE, before, "dissatisfied")
    last = asked.rounds()[-1].id
    asked.office.post(f"/dissatisfied/{last}", {"ruling": "explained", "reason": "已说明"})
    assert asked.states()[-1] is S.DECIDED


def settled(asked: Asked, how: str) -> None:
    """Let the office act on the concern's own page."""
    who, concern = asked.ledger.officer, asked.now()
    if how == "close":
        concerns.close(who, concern, concern.version, "satisfied", "电话里问的")
    elif how == "redo":
        concerns.redo(who, concern, concern.version, "没修好")
    elif how == "withdraw":
        concerns.withdraw(asked.ledger.cadre, concern, concern.version, "住户说不用了")
    else:
        concerns.correct(who, concern, concern.version, {"nature": "report"}, "实为举报")
    db.session.commit()


@pytest.mark.parametrize("how", ["close", "redo", "withdraw", "confidential"])
def test_what_is_settled_without_the_residents_word_is_asked_about_no_more(asked: Asked, how: str) -> None:
    follow_up = asked.reply()
    assert follow_up is not None
    settled(asked, how)
    assert asked.states() == [S.WITHDRAWN]
    status = asked.door.judged(follow_up.id, "satisfied").status_code
    assert status == (404 if how == "confidential" else 409)
    assert WORDS not in asked.door.page()


@pytest.mark.parametrize(
    ("how", "states"),
    [("close", [S.REDONE, S.DECIDED]), ("redo", [S.REDO, S.REDO]), ("withdraw", [S.TO_DECIDE, S.TO_DECIDE])],
)
def test_what_the_office_settles_on_the_concern_s_page_is_settled_among_the_dissatisfied_too(
    asked: Asked, how: str, states: list[FollowUpState]
) -> None:
    asked.reply()
    asked.judged("dissatisfied")
    if how == "withdraw":
        # While it is done again: what was judged badly does not end by the cadre's hand.
        settled(asked, how)
        assert asked.states() == [S.TO_DECIDE]
        return
    asked.reply()
    asked.judged("dissatisfied")
    assert asked.states() == [S.REDONE, S.TO_DECIDE]
    settled(asked, how)
    assert asked.states()[-1] is states[-1]


def test_a_household_that_left_is_asked_no_more_and_the_office_closes(asked: Asked) -> None:
    asked.reply()
    asked.door.person.post(f"/households/{asked.household.id}/leave", {"reason": "已搬走"})
    assert asked.states() == [S.LAPSED]
    concern = asked.now()
    concerns.close(asked.ledger.officer, concern, concern.version, "unrated", "已搬走")
    db.session.commit()
    asked.door.person.post(f"/households/{asked.household.id}/restore")
    assert asked.states() == [S.LAPSED]


def test_a_household_that_came_back_while_it_waits_is_asked_again(asked: Asked) -> None:
    asked.reply()
    asked.door.person.post(f"/households/{asked.household.id}/leave", {"reason": "已搬走"})
    asked.door.person.post(f"/households/{asked.household.id}/restore")
    assert asked.states() == [S.OPEN]


def test_nobody_is_sent_to_a_household_that_has_left(asked: Asked) -> None:
    asked.door.person.post(f"/households/{asked.household.id}/leave", {"reason": "已搬走"})
    assert asked.reply() is None


@pytest.mark.parametrize(
    "values", [{"nature": "report"}, {"domain": "1401"}, {"is_anonymous": True}, {"household_id": None}]
)
def test_confidential_and_anonymous_ones_and_those_of_no_household_never_get_a_return_visit(
    asked: Asked, values: dict[str, Any]
) -> None:
    asked.ledger.replied(asked.ledger.register(**{"household_id": asked.household.id} | values))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FollowUp)) == 0


def test_without_a_pairing_whoever_wrote_it_down_asks_and_otherwise_nobody(asked: Asked, make: Factory) -> None:
    lonely = make.household("许长河")
    asked.ledger.replied(asked.ledger.register(household_id=lonely.id))
    assert db.session.query(FollowUp).one().cadre_id == asked.ledger.cadre.id
    asked.ledger.replied(asked.ledger.register(asked.ledger.officer, household_id=lonely.id))
    asked.ledger.cadre.active = False
    db.session.commit()
    asked.ledger.replied(asked.ledger.register(household_id=lonely.id))
    assert db.session.query(FollowUp).count() == 1


def test_of_two_paired_cadres_the_one_who_wrote_it_down_asks(asked: Asked, make: Factory) -> None:
    other = make.cadre(unit=asked.ledger.contact, name="赵磊")
    make.pairing(other, asked.household)
    asked.ledger.replied(asked.ledger.register(other, household_id=asked.household.id))
    assert db.session.query(FollowUp).one().cadre_id == other.id


@pytest.mark.parametrize("role", Role)
def test_a_concern_that_became_confidential_is_hinted_at_by_no_page(asked: Asked, make: Factory, role: Role) -> None:
    asked.reply()
    asked.judged("dissatisfied")
    first = asked.rounds()[0].id
    settled(asked, "confidential")
    somebody = make.cadre(role, unit=asked.ledger.contact)
    make.pairing(somebody, asked.household)
    people = (somebody, asked.ledger.cadre, asked.ledger.supervisor, asked.ledger.mayor, asked.ledger.officer)
    for person in (Person(asked.app, who) for who in people):
        for path in (
            "/", "/followups", f"/households/{asked.household.id}", f"/households/{asked.household.id}/followups",
            f"/households/{asked.household.id}/judge", "/dissatisfied", "/dissatisfied?state=redo",
            "/dissatisfied?state=to_decide", "/dissatisfied?state=settled", f"/dissatisfied/{first}", "/reviews",
        ):  # fmt: skip
            page = person.get(path).text
            assert WORDS not in page
            assert asked.concern.number not in page
            assert 'class="news">1' not in page
    assert asked.door.judged(first, "satisfied").status_code == 404
    answer = asked.office.post(f"/dissatisfied/{first}", {"ruling": "redo", "reason": "再办"})
    assert answer.status_code == 404


@pytest.mark.parametrize("role", Role)
def test_people_of_elsewhere_see_and_judge_nothing_of_it(asked: Asked, make: Factory, role: Role) -> None:
    second = asked.twice_bad()
    stranger: Cadre = make.cadre(role, unit=make.unit("区档案馆", villages=()))
    person = Person(asked.app, stranger)
    for path in ("/followups", "/dissatisfied?state=to_decide", f"/dissatisfied/{second.id}", "/reviews"):
        assert WORDS not in person.get(path).text
    door = AtTheDoor(person, asked.household)
    assert door.judged(second.id, "satisfied").status_code == 404
    assert person.post(f"/dissatisfied/{second.id}", {"ruling": "redo", "reason": "再办"}).status_code == 404


def test_the_second_of_two_who_decide_at_once_is_told_and_keeps_the_words(asked: Asked) -> None:
    second = asked.twice_bad()
    asked.office.post(f"/dissatisfied/{second.id}", {"ruling": "explained", "reason": "第一个人"})
    answer = asked.office.post(f"/dissatisfied/{second.id}", {"ruling": "redo", "reason": "第二个人"})
    assert answer.status_code == 409
    assert asked.now().state is State.CLOSED


def test_the_same_judgement_sent_five_times_is_one_step(asked: Asked) -> None:
    follow_up, judgement_id = asked.reply(), uuid4()
    assert follow_up is not None
    for _ in range(5):
        asked.door.judged(follow_up.id, "satisfied", judgement_id)
    taken = [row.row.step for row in steps.steps_of(asked.concern.id)]
    assert taken.count(Step.CLOSE) == 1


@pytest.mark.parametrize("attempt", range(3))
def test_an_office_that_closes_while_the_resident_judges_leaves_one_end(asked: Asked, attempt: int) -> None:
    follow_up = asked.reply()
    assert follow_up is not None
    app, follow_up_id, concern_id = asked.app, follow_up.id, asked.concern.id
    officer_id = asked.ledger.officer.id

    def close() -> int:
        with app.app_context(), write_transactions():
            who = db.session.get_one(Cadre, officer_id)
            concern = seat_queries.concern_for(who, concern_id)
            try:
                concerns.close(who, concern, concern.version, "satisfied", "电话里问的")
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                return refused.status
            finally:
                db.session.remove()
            return 200

    with ThreadPoolExecutor(2) as pool:
        closing = pool.submit(close)
        judging = pool.submit(lambda: asked.door.judged(follow_up_id, "basically_satisfied").status_code)
        statuses = sorted([closing.result(), judging.result()])
    assert statuses == [200, 409]
    mark = asked.now().mark
    taken = [row.row.step for row in steps.steps_of(concern_id)]
    assert taken.count(Step.CLOSE) == 1
    assert asked.states() == [S.DONE if mark == "basically_satisfied" else S.WITHDRAWN]


def test_a_return_visit_is_about_one_thing_and_never_two(asked: Asked) -> None:
    follow_up = asked.reply()
    promised = db.session.get_one(FollowUp, promise(asked.ledger.cadre, asked.household)).commitment_id
    assert follow_up is not None
    for changes in ({"commitment_id": promised}, {"concern_id": None}):
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(sa.update(FollowUp).where(FollowUp.concern_id.is_not(None)).values(**changes))
    db.session.rollback()


def test_the_calendar_says_which_kind_is_due(asked: Asked) -> None:
    asked.reply()
    promise(asked.ledger.cadre, asked.household)
    days = calendar_queries.due_days(asked.ledger.cadre, clock.today())
    text = calendar_text("回访", days, {}).decode()
    assert [text.count("回访诉求"), text.count("回访承诺")] == [1, 1]
    assert WORDS not in text
