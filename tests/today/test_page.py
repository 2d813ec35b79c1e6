"""Facts about the home page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Role
from fieldvisit.visits.models import VisitState
from tests.factories import OTHER_VILLAGE, Factory
from tests.person import Person
from tests.visits.counting import queries_counted
from tests.visits.making import make_visit


def test_paired_households_that_need_a_visit_are_planned_with_the_reason(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    make.household("陈大勇", paired=cadre)
    waiting = make.household("李桂英", paired=cadre)
    make_visit(cadre, waiting, visited_on=clock.today() - timedelta(days=72))
    recent = make.household("王家富", paired=cadre)
    make_visit(cadre, recent, visited_on=clock.today())
    page = Person(app, cadre).get("/").text
    assert "陈大勇" in page
    assert "首次走访" in page
    assert "72 天未走访" in page
    assert "王家富" not in page


def test_a_household_paired_until_yesterday_is_not_planned(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    household = make.household("陈大勇", village_code=OTHER_VILLAGE)
    make.pairing(cadre, household, ends_on=clock.today() - timedelta(days=1))
    assert "陈大勇" not in Person(app, cadre).get("/").text


def test_a_visit_begun_is_shown_as_unfinished_and_no_longer_as_planned(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    household = make.household("陈大勇", paired=cadre)
    visit = make_visit(cadre, household, state=VisitState.DRAFT)
    page = Person(app, cadre).get("/").text
    assert f"/visits/{visit.id}/edit" in page
    assert f"/households/{household.id}/visit" not in page


def test_with_nothing_to_do_the_page_says_so(app: Flask, make: Factory) -> None:
    page = Person(app, make.cadre()).get("/").text
    assert "今天没有要回访的" in page
    assert "近期都走访过了" in page


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.SUPERVISOR, "/reviews"),
        (Role.OFFICE, "/reviews"),
        (Role.HANDLER, "/concerns"),
        (Role.ADMINISTRATOR, "/households"),
    ],
)
def test_others_go_to_their_own_first_place(app: Flask, make: Factory, role: Role, home: str) -> None:
    assert Person(app, make.cadre(role)).get("/").headers["Location"] == home


def test_whoever_is_signed_out_is_asked_to_sign_in(anonymous: Person) -> None:
    assert anonymous.get("/").headers["Location"].startswith("/sign-in")


def test_the_page_costs_the_same_queries_for_2_and_for_60_households(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    costs = []
    for number in (2, 58):
        for _ in range(number):
            make_visit(cadre, make.household(paired=cadre), visited_on=clock.today() - timedelta(days=90))
        with queries_counted() as statements:
            Person(app, cadre).get("/")
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_the_order_along_the_road_is_a_choice(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    make.household("近处", paired=cadre, group_no=1)
    make_visit(cadre, make.household("远处", paired=cadre, group_no=9), visited_on=clock.today() - timedelta(days=300))
    road = Person(app, cadre).get("/?order=route").text
    assert road.index("近处") < road.index("远处")
