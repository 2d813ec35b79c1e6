"""Facts about the residents' page: what it says, what it takes, what it refuses, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit import clock, filters
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.cards import actions as card_actions
from fieldvisit.cards import rules
from fieldvisit.extensions import db
from fieldvisit.followups import actions as follow_up_actions
from fieldvisit.followups import judging
from fieldvisit.followups.models import Judgement
from fieldvisit.followups.rules import FollowUpState, Mark, Outcome, Ruling, Way
from fieldvisit.households.models import Household
from tests.cards.making import TODAY, Resident, judgements, words_of
from tests.factories import COUNTY, Factory
from tests.followups.making import fresh, promise, rounds
from tests.person import Person
from tests.visits.counting import queries_counted

LATER = TODAY + timedelta(days=6)
ID_NUMBER = "340221195611240018"


# What it says


def test_the_page_names_the_village_and_the_cadre_and_nobody_of_the_household(
    make: Factory, cadre: Cadre, household: Household, resident: Resident
) -> None:
    promise(cadre, household, "联系镇里看屋顶")
    answer = resident.page()
    said = words_of(answer)
    assert "您好" in said
    assert "缸窑村" in said
    assert "王敏 区市场监管局" in said
    assert "联系镇里看屋顶" in said
    for private in ("李桂英", "17 号", "5 组", "繁阳镇", str(household.id)):
        assert private not in answer.text, private


@pytest.mark.parametrize(
    ("values", "words", "may"),
    [
        ({"due_on": LATER}, f"还在办 · {filters.day(LATER)}前 到期后请您评价。", False),
        ({"due_on": TODAY}, "到了说好的日子，请您评价", True),
        ({"due_on": LATER, "outcome": Outcome.KEPT, "reported_at": clock.now()}, "办好了，请您评价", True),
        ({"outcome": Outcome.PARTLY, "reported_at": clock.now()}, "办了一部分，请您评价", True),
        ({"outcome": Outcome.NOT_KEPT, "reported_at": clock.now()}, "还没办成，请您评价", True),
        ({"due_on": LATER, "round_no": 2}, f"正在重办 · {filters.day(LATER)}前", False),
        ({"round_no": 2}, "这是重办后的结果。", True),
        ({"state": FollowUpState.TO_DECIDE, "closed_at": clock.now()}, "已交群众工作部处理", False),
        ({"state": FollowUpState.DECIDED, "closed_at": clock.now()}, "群众工作部已处理", False),
        ({"state": FollowUpState.LAPSED, "reason": "老人已去世"}, "这件事已经结束 不用再评价了。", False),
    ],
)
def test_each_state_is_said_in_plain_words_and_asks_for_a_judgement_only_when_one_is_taken(
    cadre: Cadre, household: Household, resident: Resident, values: dict[str, Any], words: str, may: bool
) -> None:
    follow_up = promise(cadre, household, "修水管", **values)
    answer = resident.page()
    assert words in words_of(answer)
    assert ("提交评价" in answer.text) is may
    assert resident.judge(follow_up, "satisfied").status_code == (303 if may else 409)
    assert "去世" not in answer.text


@pytest.mark.parametrize(
    ("mark", "way", "days", "words"),
    [
        (Mark.SATISFIED, Way.OWN_PHONE, 0, "您已评价：满意"),
        (Mark.BASICALLY_SATISFIED, Way.HANDED_OVER, 10, "您已评价：基本满意"),
        (Mark.SATISFIED, Way.AT_THE_DOOR, 1, "这是干部上门时问的。"),
        (Mark.SATISFIED, Way.BY_PHONE, 1, "这是干部打电话问的。"),
        (Mark.UNRATED, Way.AT_THE_DOOR, 3, "您还没有评价"),
        (Mark.SATISFIED, Way.OWN_PHONE, 61, "您已评价：满意"),
    ],
)
def test_what_was_judged_says_how_and_until_when_it_can_be_changed(
    cadre: Cadre, household: Household, resident: Resident, mark: Mark, way: Way, days: int, words: str
) -> None:
    closed_at = clock.now() - timedelta(days=days)
    promise(cadre, household, "修水管", state=FollowUpState.DONE, mark=mark, way=way, closed_at=closed_at)
    said = words_of(resident.page())
    until = filters.day(clock.local(closed_at).date() + timedelta(days=60))
    assert words in said
    assert (f"{until}前可以" in said) is (days <= 60)
    assert ("提交评价" in said) is (days <= 60)


def test_what_was_taken_back_is_not_shown(cadre: Cadre, household: Household, resident: Resident) -> None:
    follow_up = promise(cadre, household, "写错了的承诺", state=FollowUpState.WITHDRAWN)
    assert "写错了的承诺" not in resident.page().text
    answer = resident.judge(follow_up, "satisfied")
    assert answer.status_code == 409
    assert judging.NOT_NOW[FollowUpState.WITHDRAWN] in answer.text


def test_what_asks_for_a_word_comes_first(cadre: Cadre, household: Household, resident: Resident) -> None:
    promise(cadre, household, "已经评过", state=FollowUpState.DONE, mark=Mark.SATISFIED, closed_at=clock.now())
    promise(cadre, household, "还在办的", LATER)
    promise(cadre, household, "等您评价的")
    said = words_of(resident.page())
    assert said.index("等您评价的") < said.index("还在办的") < said.index("已经评过")


def test_the_page_says_so_when_nothing_was_promised(resident: Resident) -> None:
    assert "现在没有要您评价的事" in resident.page().text


def test_what_other_households_were_promised_is_not_on_the_page(
    make: Factory, cadre: Cadre, resident: Resident
) -> None:
    promise(cadre, make.household("周家富", paired=cadre), "别家的事")
    assert "别家的事" not in resident.page().text


# Judging


def test_judged_badly_it_is_done_again_and_then_judged_again(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    first = promise(cadre, household, "修水管", TODAY)
    answer = resident.judge(first, "dissatisfied", comment="还在漏")
    assert answer.status_code == 303
    assert "谢谢您" in resident.page(f"?judged={fresh(first).commitment_id}").text
    assert fresh(first).state is FollowUpState.REDO
    second = rounds(first)[-1]
    assert (second.round_no, second.state) == (2, FollowUpState.OPEN)
    said = words_of(resident.page())
    assert "正在重办" in said
    assert said.count("修水管") == 1
    with time_machine.travel(clock.day_start(second.due_on) + timedelta(hours=9)):
        assert resident.judge(second.id, "satisfied").status_code == 303
        assert "您已评价：满意" in words_of(resident.page())
    assert fresh(second.id).state is FollowUpState.DONE
    assert fresh(first).state is FollowUpState.REDONE
    assert [(row.mark, row.way, row.cadre_id) for row in judgements()] == [
        (Mark.DISSATISFIED, Way.OWN_PHONE, None),
        (Mark.SATISFIED, Way.OWN_PHONE, None),
    ]


def test_judged_badly_twice_it_goes_to_the_office_and_its_end_is_told(
    make: Factory, cadre: Cadre, household: Household, resident: Resident
) -> None:
    follow_up = promise(cadre, household, "修水管", round_no=2)
    assert resident.judge(follow_up, "dissatisfied").status_code == 303
    assert "已交群众工作部处理" in words_of(resident.page())
    judging.rule(make.cadre(Role.OFFICE), fresh(follow_up), Ruling.EXPLAINED, "内部的理由")
    db.session.commit()
    page = resident.page()
    assert "群众工作部已处理" in words_of(page)
    assert "内部的理由" not in page.text


def test_of_two_judgements_the_later_stands_and_both_are_kept(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    follow_up = promise(cadre, household, "修水管")
    resident.judge(follow_up, "basically_satisfied")
    assert resident.judge(follow_up, "satisfied").status_code == 303
    assert [(row.mark, row.stands) for row in judgements()] == [
        (Mark.BASICALLY_SATISFIED, False),
        (Mark.SATISFIED, True),
    ]
    assert "前可以改" in words_of(resident.page())


def test_words_go_to_the_office_only_when_the_resident_wants_it_and_are_not_shown_on_the_page(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    hidden, told = promise(cadre, household, "修水管"), promise(cadre, household, "看屋顶")
    resident.judge(hidden, "satisfied", comment="只给部里看")
    form = {"id": str(uuid4()), "mark": "satisfied", "comment": "都可以看"}
    resident.person.post(f"/r/{resident.token}/followups/{told}", form)
    assert {(row.comment, row.is_hidden) for row in judgements()} == {("只给部里看", True), ("都可以看", False)}
    # The cadre who made the card can open its page too.
    assert "只给部里看" not in resident.page().text


def test_a_mind_is_changed_for_sixty_days_from_the_first_judgement_however_often(
    app: Flask, cadre: Cadre, household: Household
) -> None:
    follow_up = promise(cadre, household, "修水管")
    first = clock.day_start(TODAY) + timedelta(hours=9)
    taken = []
    for days, mark in ((0, "satisfied"), (50, "basically_satisfied"), (60, "satisfied"), (61, "dissatisfied")):
        with time_machine.travel(first + timedelta(days=days)):
            taken.append(Resident(app, cadre, household).judge(follow_up, mark).status_code)
    assert taken == [303, 303, 303, 409]
    assert fresh(follow_up).mark is Mark.SATISFIED


def test_who_is_not_satisfied_any_more_is_read_by_the_day_on_which_they_said_so(
    app: Flask, cadre: Cadre, household: Household, resident: Resident
) -> None:
    follow_up = promise(cadre, household, "修水管")
    resident.judge(follow_up, "satisfied")
    with time_machine.travel(clock.now() + timedelta(days=50)):
        resident.judge(follow_up, "dissatisfied")
        closed_at = fresh(follow_up).closed_at
        assert closed_at is not None
        assert clock.local(closed_at).date() == clock.today()


def test_a_judgement_on_the_own_phone_is_on_record_without_a_person(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    follow_up = promise(cadre, household, "修水管")
    resident.judge(follow_up, "satisfied")
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "follow_up_judged")).one()
    assert event.actor_id is None
    assert event.subject_id == str(follow_up)


def test_what_is_not_yet_due_is_refused_with_the_words_kept(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    follow_up = promise(cadre, household, "修水管", LATER)
    answer = resident.judge(follow_up, "satisfied", comment="我的话还在")
    assert answer.status_code == 409
    assert card_actions.NOT_YET in answer.text
    assert "我的话还在" in answer.text
    assert judgements() == []


def test_what_is_being_done_again_is_refused_at_its_item_with_the_words_kept(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    first = promise(cadre, household, "修水管")
    promise(cadre, household, "看屋顶")
    resident.judge(first, "dissatisfied")
    # An old page of the first round, and a page of the second before its day.
    for follow_up_id in (first, rounds(first)[-1].id):
        answer = resident.judge(follow_up_id, "satisfied", comment="我的话还在")
        assert answer.status_code == 409
        item = answer.text[answer.text.index(f'id="item-{fresh(first).commitment_id}"') :].partition("</section>")[0]
        assert judging.NOT_NOW[FollowUpState.REDO] in item
        assert "我的话还在" in item
    assert len(judgements()) == 1


def test_the_form_of_a_judgement_sent_twice_is_one_judgement(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    follow_up = promise(cadre, household, "修水管")
    said_id = str(uuid4())
    for mark in ("dissatisfied", "dissatisfied", "satisfied"):
        assert resident.judge(follow_up, mark, id=said_id).status_code == 303
    assert [row.mark for row in judgements()] == [Mark.DISSATISFIED]
    assert resident.link.written == 1


def test_the_id_of_one_judgement_is_not_taken_for_another_thing(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    one, other = promise(cadre, household, "修水管"), promise(cadre, household, "看屋顶")
    said_id = str(uuid4())
    resident.judge(one, "satisfied", id=said_id)
    answer = resident.judge(other, "satisfied", id=said_id)
    assert answer.status_code == 409
    assert card_actions.USED in answer.text
    assert resident.judge(other, "satisfied", id="not an id").status_code == 303


def test_a_follow_up_of_another_household_is_not_found_and_the_page_stays(
    make: Factory, cadre: Cadre, household: Household, resident: Resident
) -> None:
    promise(cadre, household, "自家的事")
    other = promise(cadre, make.household("周家富", paired=cadre), "别家的事")
    for follow_up_id in (other, uuid4()):
        answer = resident.judge(follow_up_id, "satisfied")
        assert answer.status_code == 404
        assert "没有找到这一件" in answer.text
        assert "自家的事" in answer.text
        assert "别家的事" not in answer.text
    assert judgements() == []


@pytest.mark.parametrize("mark", ["", "unrated", "excellent", "SATISFIED"])
def test_no_face_or_none_of_the_three_is_refused_with_the_words_kept(
    cadre: Cadre, household: Household, resident: Resident, mark: str
) -> None:
    answer = resident.judge(promise(cadre, household, "修水管"), mark, comment="我的话还在")
    assert answer.status_code == 422
    assert "我的话还在" in answer.text
    assert "没有收下：" in answer.text
    assert judgements() == []


def test_twenty_thousand_characters_are_too_many_said_at_the_field_and_all_still_there(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    words = "水" * 20_000
    answer = resident.judge(promise(cadre, household, "修水管"), "satisfied", comment=words)
    assert answer.status_code == 422
    assert "您的话太长了，最多 500 个字。" in answer.text
    assert words in answer.text
    assert re.search(r'value="satisfied" required checked', answer.text)
    assert re.search(r'aria-describedby="(words-[^"]+-error)"', answer.text)
    answer = resident.report(words, phone="13805530000")
    assert answer.status_code == 422
    assert "最多 1000 个字" in answer.text
    assert words in answer.text
    assert "13805530000" in answer.text


def test_an_id_card_number_is_refused_wherever_it_is_written(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    follow_up = promise(cadre, household, "修水管")
    for answer in (
        resident.judge(follow_up, "satisfied", comment=f"我是{ID_NUMBER}"),
        resident.report(f"我是{ID_NUMBER}"),
    ):
        assert answer.status_code == 422
        assert "系统不收身份证号" in answer.text
        assert ID_NUMBER in answer.text
    assert judgements() == []


def test_after_twenty_things_in_a_day_a_link_takes_no_more_and_says_so(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    follow_up = promise(cadre, household, "修水管")
    start = clock.day_start(clock.today()) + timedelta(hours=9)
    with time_machine.travel(start, tick=False):
        for number in range(rules.MOST_WRITES):
            assert resident.report(f"第 {number} 件").status_code == 303
        for answer in (resident.report("再来一件"), resident.judge(follow_up, "satisfied", comment="再来一件")):
            assert answer.status_code == 429
            assert "今天提交的次数太多了" in answer.text
            assert "再来一件" in answer.text
    with time_machine.travel(start + timedelta(days=1), tick=False):
        assert resident.report("第二天的事").status_code == 303
        assert resident.judge(follow_up, "satisfied").status_code == 303


def test_what_was_not_taken_does_not_count_as_sent(resident: Resident) -> None:
    for _ in range(3):
        resident.report("")
    assert resident.link.written == 0


# Who may write


@pytest.mark.parametrize("role", list(Role))
def test_whoever_is_signed_in_only_reads_so_that_nobody_judges_their_own_work(
    app: Flask, make: Factory, cadre: Cadre, household: Household, resident: Resident, role: Role
) -> None:
    follow_up = promise(cadre, household, "修水管")
    resident.person = Person(app, make.cadre(role, unit=make.unit("区委群众工作部", division=COUNTY)))
    page = resident.page()
    assert page.status_code == 200
    assert "提交" not in page.text
    assert "工作账号" in page.text
    assert resident.judge(follow_up, "satisfied").status_code == 403
    assert resident.report("代住户写的").status_code == 403
    assert judgements() == []


def test_the_maker_of_a_card_does_not_judge_by_it_either(
    app: Flask, cadre: Cadre, household: Household, resident: Resident
) -> None:
    follow_up = promise(cadre, household, "修水管")
    resident.person = Person(app, cadre)
    assert resident.judge(follow_up, "satisfied").status_code == 403
    assert judgements() == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_judgement_from_another_site_is_refused(
    cadre: Cadre, household: Household, resident: Resident, site: str
) -> None:
    follow_up = promise(cadre, household, "修水管")
    address = f"/r/{resident.token}/followups/{follow_up}"
    answer = resident.person.post(address, {"mark": "satisfied"}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert judgements() == []


def test_an_old_browser_that_tells_only_its_origin_judges_too(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    follow_up = promise(cadre, household, "修水管")
    # With the policy "no-referrer" it would send "null" here.
    assert resident.page().headers["Referrer-Policy"] == "same-origin"
    address = f"/r/{resident.token}/followups/{follow_up}"
    form = {"mark": "satisfied", "comment": ""}
    answer = resident.person.client.post(address, data=form, headers={"Origin": "http://localhost"})
    assert answer.status_code == 303


def test_the_pages_are_listed_nowhere_kept_nowhere_and_need_no_cookie(resident: Resident) -> None:
    for more in ("", "/privacy"):
        answer = resident.page(more)
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Set-Cookie" not in answer.headers
        assert "<script" not in answer.text


def test_the_privacy_page_says_what_for_how_long_and_who(resident: Resident) -> None:
    said = words_of(resident.page("/privacy"))
    for words in ("收集什么", "用来做什么", "谁能看到", "保存多久", "想更正或者删除", "不收身份证号"):
        assert words in said


def test_reading_writes_nothing(cadre: Cadre, household: Household, resident: Resident) -> None:
    promise(cadre, household, "修水管")
    with queries_counted() as statements:
        resident.page()
        resident.page("/privacy")
    assert not [statement for statement in statements if not statement.startswith("SELECT")]


def test_the_page_costs_the_same_queries_however_much_was_promised(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    costs = []
    for _ in range(2):
        for number in range(6):
            promise(cadre, household, f"第 {number} 件", TODAY if number % 2 else LATER)
            resident.report(f"第 {number} 件") if number % 3 else None
        with queries_counted() as statements:
            resident.page()
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 5


def test_a_household_that_moved_is_told_plainly_that_it_is_over(
    cadre: Cadre, household: Household, resident: Resident
) -> None:
    follow_up = promise(cadre, household, "修水管")
    follow_up_actions.lapse(cadre, [fresh(follow_up)], "已搬走")
    db.session.commit()
    page = resident.page()
    assert "这件事已经结束 不用再评价了。" in words_of(page)
    assert "搬走" not in page.text
    answer = resident.judge(follow_up, "satisfied")
    assert answer.status_code == 409
    assert judging.NOT_NOW[FollowUpState.LAPSED] in answer.text
    assert db.session.scalars(sa.select(Judgement)).all() == []
