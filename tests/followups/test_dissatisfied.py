"""Facts about what residents judged badly: who is told, and who decides."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.extensions import db
from fieldvisit.followups import desk_queries
from fieldvisit.followups.models import FollowUpRuling
from fieldvisit.followups.rules import FollowUpState
from fieldvisit.households.models import Household
from tests.factories import COUNTY, Factory
from tests.followups.making import AtTheDoor, promise, rounds
from tests.person import Person
from tests.visits.counting import queries_counted

TODAY = clock.today()


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """Who promised something."""
    return make.cadre()


@pytest.fixture
def household(make: Factory, cadre: Cadre) -> Household:
    """To whom."""
    return make.household("方守仁", paired=cadre)


@pytest.fixture
def door(app: Flask, cadre: Cadre, household: Household) -> AtTheDoor:
    """The cadre's page there."""
    return AtTheDoor(Person(app, cadre), household)


@pytest.fixture
def supervisor(app: Flask, make: Factory) -> Person:
    """Who oversees the cadre's unit."""
    return Person(app, make.cadre(Role.SUPERVISOR))


@pytest.fixture
def office(app: Flask, make: Factory) -> Person:
    """Who decides."""
    return Person(app, make.cadre(Role.OFFICE, unit=make.unit("群众工作部", division=COUNTY, villages=())))


def twice_bad(door: AtTheDoor, cadre: Cadre, household: Household) -> UUID:
    """Let something be judged badly twice; return its second round."""
    follow_up_id = promise(cadre, household, "修路灯")
    door.judged(follow_up_id, "dissatisfied", comment="没人来", is_hidden="y")
    second = rounds(follow_up_id)[1].id
    door.judged(second, "dissatisfied", comment="还是没来")
    return second


def test_the_supervisor_is_told_at_once_and_until_it_has_an_end(
    door: AtTheDoor, supervisor: Person, cadre: Cadre, household: Household
) -> None:
    follow_up_id = promise(cadre, household, "修路灯")
    assert 'class="news"' not in supervisor.get("/reviews").text
    door.judged(follow_up_id, "dissatisfied")
    assert 'class="news">1' in supervisor.get("/reviews").text
    assert "修路灯" in supervisor.get("/dissatisfied").text
    door.judged(rounds(follow_up_id)[1].id, "satisfied")
    assert 'class="news"' not in supervisor.get("/reviews").text
    assert "修路灯" not in supervisor.get("/dissatisfied").text
    assert "修路灯" in supervisor.get("/dissatisfied?state=settled").text


def test_words_for_the_office_alone_are_read_by_the_office_alone(
    door: AtTheDoor, supervisor: Person, office: Person, cadre: Cadre, household: Household
) -> None:
    second = twice_bad(door, cadre, household)
    for path in ("/dissatisfied?state=settled", f"/dissatisfied/{second}"):
        assert "没人来" not in supervisor.get(path).text
        assert "没人来" in office.get(path).text
    assert "还是没来" in supervisor.get(f"/dissatisfied/{second}").text


@pytest.mark.parametrize(
    ("ruling", "state", "follow_ups"),
    [
        ("redo", FollowUpState.REDO, 3),
        ("explained", FollowUpState.DECIDED, 2),
        ("unreasonable", FollowUpState.DECIDED, 2),
    ],
)
def test_the_office_decides_what_was_bad_twice_and_the_reason_stays(
    door: AtTheDoor,
    office: Person,
    cadre: Cadre,
    household: Household,
    ruling: str,
    state: FollowUpState,
    follow_ups: int,
) -> None:
    second = twice_bad(door, cadre, household)
    assert "修路灯" in office.get("/dissatisfied").text
    assert office.post(f"/dissatisfied/{second}", {"ruling": ruling, "reason": "已上门说明"}).status_code == 303
    assert rounds(second)[1].state is state
    assert len(rounds(second)) == follow_ups
    assert "已上门说明" in office.get(f"/dissatisfied/{second}").text


def test_a_decision_needs_a_reason_and_keeps_what_was_chosen(
    door: AtTheDoor, office: Person, cadre: Cadre, household: Household
) -> None:
    second = twice_bad(door, cadre, household)
    answer = office.post(f"/dissatisfied/{second}", {"ruling": "explained", "reason": " "})
    assert answer.status_code == 422
    assert "请填写理由" in answer.text
    assert re.search(r"<input[^>]*checked[^>]*value=\"explained\"", answer.text)
    assert rounds(second)[1].state is FollowUpState.TO_DECIDE


def test_the_second_of_two_who_decide_at_once_is_told(
    door: AtTheDoor, office: Person, cadre: Cadre, household: Household
) -> None:
    second = twice_bad(door, cadre, household)
    office.post(f"/dissatisfied/{second}", {"ruling": "explained", "reason": "第一个人"})
    answer = office.post(f"/dissatisfied/{second}", {"ruling": "unreasonable", "reason": "第二个人"})
    assert answer.status_code == 409
    assert "已经有人处理了" in answer.text
    assert [row.reason for row in db.session.query(FollowUpRuling)] == ["第一个人"]


def test_what_the_office_has_decided_is_not_judged_again(
    door: AtTheDoor, office: Person, cadre: Cadre, household: Household
) -> None:
    second = twice_bad(door, cadre, household)
    office.post(f"/dissatisfied/{second}", {"ruling": "explained", "reason": "已上门说明"})
    assert door.judged(second, "satisfied").status_code == 409


@pytest.mark.parametrize("role", Role)
def test_people_of_elsewhere_see_and_decide_nothing(
    make: Factory, app: Flask, door: AtTheDoor, cadre: Cadre, household: Household, role: Role
) -> None:
    second = twice_bad(door, cadre, household)
    stranger = Person(app, make.cadre(role, unit=make.unit("区档案馆", villages=())))
    if role in (Role.SUPERVISOR, Role.OFFICE):
        for state in ("redo", "to_decide", "settled"):
            assert "修路灯" not in stranger.get(f"/dissatisfied?state={state}").text
    else:
        assert stranger.get("/dissatisfied").status_code == 404
    assert stranger.get(f"/dissatisfied/{second}").status_code == 404
    answer = stranger.post(f"/dissatisfied/{second}", {"ruling": "explained", "reason": "不归我管"})
    assert answer.status_code == 404
    assert rounds(second)[1].state is FollowUpState.TO_DECIDE


def test_nobody_oversees_what_they_did_themselves(make: Factory, app: Flask) -> None:
    both = make.cadre(Role.CADRE, Role.SUPERVISOR)
    household = make.household(paired=both)
    person = Person(app, both)
    follow_up_id = promise(both, household, "自己的事")
    AtTheDoor(person, household).judged(follow_up_id, "dissatisfied", comment="不好", is_hidden="y")
    assert "自己的事" not in person.get("/dissatisfied").text
    assert person.get(f"/dissatisfied/{follow_up_id}").status_code == 404


def test_a_supervisor_decides_nothing(door: AtTheDoor, supervisor: Person, cadre: Cadre, household: Household) -> None:
    second = twice_bad(door, cadre, household)
    assert "群众工作部怎么处理" not in supervisor.get(f"/dissatisfied/{second}").text
    assert supervisor.post(f"/dissatisfied/{second}", {"ruling": "redo", "reason": "再去"}).status_code == 404


def test_the_list_is_paged_without_gaps_at_the_same_cost(
    door: AtTheDoor,
    supervisor: Person,
    cadre: Cadre,
    household: Household,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(desk_queries, "PAGE", 3)
    for number in range(7):
        door.judged(promise(cadre, household, f"第{number}件", TODAY - timedelta(days=number)), "dissatisfied")
    seen: list[str] = []
    url, costs = "/dissatisfied?state=redo", set()
    while url:
        with queries_counted() as asked:
            page = supervisor.get(url).text
        costs.add(len(asked))
        seen += re.findall(r"第\d件", page)
        following = re.search(r'href="(/dissatisfied\?[^"]*after=[^"]+)"', page)
        url = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"第{number}件" for number in reversed(range(7))]
    assert len(costs) == 1


@pytest.mark.parametrize("query", ["state=nonsense", "state=redo&after=x", "after=WyJhIiwiYiJd"])
def test_a_damaged_address_is_not_an_error(supervisor: Person, query: str) -> None:
    assert supervisor.get(f"/dissatisfied?{query}").status_code in (200, 404)


def test_a_supervisor_is_told_of_their_own_units_work_not_of_others_in_a_village_that_it_is_tied_to(
    app: Flask, make: Factory, door: AtTheDoor, cadre: Cadre, household: Household
) -> None:
    other = Person(app, make.cadre(Role.SUPERVISOR, unit=make.unit("区水务局")))
    follow_up_id = promise(cadre, household, "修路灯")
    door.judged(follow_up_id, "dissatisfied")
    assert "修路灯" not in other.get("/dissatisfied").text
    assert other.get(f"/dissatisfied/{follow_up_id}").status_code == 200
