"""Facts about concerns on the residents' own page."""

from __future__ import annotations

import pytest
from flask import Flask

from fieldvisit.concerns.rules import State
from fieldvisit.extensions import db
from fieldvisit.followups.rules import FollowUpState, Way
from tests.cards.making import Resident, words_of
from tests.factories import Factory
from tests.followups.concerns_making import REPLY, WORDS, Asked


@pytest.fixture
def asked(app: Flask, make: Factory) -> Asked:
    """A concern that lies with the department."""
    return Asked(app, make)


@pytest.fixture
def resident(app: Flask, asked: Asked) -> Resident:
    """Somebody of the household."""
    return Resident(app, asked.ledger.cadre, asked.household)


def test_a_reply_is_judged_at_once_whatever_the_day_of_the_return_visit(asked: Asked, resident: Resident) -> None:
    asked.reply()
    page = words_of(resident.page())
    for words in (WORDS, f"区住建局答复：{REPLY}", "已经答复，请您评价", asked.concern.number):
        assert words in page
    assert "方守仁" not in page
    assert resident.judge(asked.rounds()[0].id, "satisfied").status_code == 303
    assert (asked.now().state, asked.rounds()[0].way) == (State.CLOSED, Way.OWN_PHONE)


def test_the_thanks_stand_at_what_was_judged(asked: Asked, resident: Resident) -> None:
    asked.reply()
    answer = resident.judge(asked.rounds()[0].id, "satisfied")
    page = resident.person.get(answer.headers["Location"].partition("#")[0]).text
    assert "谢谢您，已经记下" in page
    assert "您已评价：满意" in page


def test_who_is_not_satisfied_reads_by_when_it_is_done_again(asked: Asked, resident: Resident) -> None:
    asked.reply()
    resident.judge(asked.rounds()[0].id, "dissatisfied", comment="还在漏")
    due_on = asked.now().due_on
    assert due_on is not None
    assert f"正在重办 · {due_on.month}月{due_on.day}日前" in words_of(resident.page())
    assert resident.judge(asked.rounds()[0].id, "satisfied").status_code == 409


def test_what_became_confidential_is_not_on_the_page_and_not_judged_there(asked: Asked, resident: Resident) -> None:
    asked.reply()
    resident.judge(asked.rounds()[0].id, "satisfied")
    concern = asked.now()
    concern.restricted = True
    db.session.commit()
    assert WORDS not in resident.page().text
    assert resident.judge(asked.rounds()[0].id, "dissatisfied").status_code == 404
    assert asked.states() == [FollowUpState.DONE]


def test_a_concern_that_is_not_replied_to_yet_is_shown_but_not_asked_about(asked: Asked, resident: Resident) -> None:
    page = resident.page().text
    assert WORDS in page
    assert "我来评价" not in page
