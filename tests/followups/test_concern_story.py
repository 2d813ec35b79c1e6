"""One concern, from the kitchen to a satisfied household, on a calendar of its own."""

from __future__ import annotations

from datetime import date

from flask import Flask

from fieldvisit.concerns.rules import State
from fieldvisit.followups.rules import FollowUpState
from tests.cards.making import Resident
from tests.cards.test_story import on
from tests.factories import Factory
from tests.followups.concerns_making import WORDS, Asked
from tests.followups.making import AtTheDoor
from tests.person import Person

# Thursday before and Wednesday after the Qingming days off of 2026; level B's 15 working days, and half of them.
FOUND, REPLIED, ASKED = date(2026, 3, 12), date(2026, 4, 2), date(2026, 4, 8)
DUE, REDO_DUE, AGAIN = date(2026, 4, 2), date(2026, 4, 20), date(2026, 4, 22)


def test_what_a_household_is_not_satisfied_with_is_done_again_by_the_unit_until_it_is(
    app: Flask, make: Factory
) -> None:
    with on(FOUND):
        asked = Asked(app, make)
        assert asked.now().due_on == DUE
    with on(REPLIED):
        follow_up = asked.reply()
        assert follow_up is not None
        # Saturday to Monday are days off.
        assert follow_up.due_on == date(2026, 4, 8)
        assert WORDS not in Person(app, asked.ledger.cadre).get("/").text
    with on(ASKED):
        assert WORDS in Person(app, asked.ledger.cadre).get("/").text
        door = AtTheDoor(Person(app, asked.ledger.cadre), asked.household)
        door.said(asked.rounds()[0].id, "dissatisfied", comment="还在漏")
        assert (asked.now().state, asked.now().due_on) == (State.REDO, REDO_DUE)
        assert "没有等着回访的事了" in door.page()
        assert "正在重办 · 4月20日前" in Resident(app, asked.ledger.cadre, asked.household).page().text
        assert WORDS in Person(app, asked.ledger.supervisor).get("/dissatisfied").text
    with on(REDO_DUE):
        asked.reply("换了主管道。")
        assert asked.states() == [FollowUpState.REDO, FollowUpState.OPEN]
    with on(AGAIN):
        door = AtTheDoor(Person(app, asked.ledger.cadre), asked.household)
        page = door.page()
        assert "上次住户不满意" in page
        assert "还在漏" in page
        door.said(asked.rounds()[1].id, "satisfied")
        assert (asked.now().state, asked.now().mark, asked.now().closed_on) == (State.CLOSED, "satisfied", AGAIN)
        assert asked.states() == [FollowUpState.REDONE, FollowUpState.DONE]
        assert WORDS not in Person(app, asked.ledger.supervisor).get("/dissatisfied").text
        assert WORDS in Person(app, asked.ledger.supervisor).get("/dissatisfied?state=settled").text
