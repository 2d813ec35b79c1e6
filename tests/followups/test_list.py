"""Facts about the list of return visits."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Role
from fieldvisit.followups import queries
from tests.factories import COUNTY, OTHER_VILLAGE, VILLAGE, Factory
from tests.followups.making import promise
from tests.person import Person
from tests.visits.counting import queries_counted

TODAY = clock.today()


def test_today_shows_what_is_due_and_overdue_but_not_what_is_later(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    household = make.household(paired=cadre)
    for text, days in (("三天前答应的", -3), ("今天到期的", 0), ("明天到期的", 1)):
        promise(cadre, household, text, TODAY + timedelta(days=days))
    page = Person(app, cadre).get("/").text
    assert "三天前答应的" in page
    assert "天超期" in page
    assert "今天到期的" in page
    assert "明天到期的" not in page
    assert queries.due_counts(cadre, TODAY) == (1, 1)


def test_the_longest_overdue_comes_first(make: Factory) -> None:
    cadre = make.cadre()
    household = make.household(paired=cadre)
    for days in (-1, -9, 0):
        promise(cadre, household, f"{days}", TODAY + timedelta(days=days))
    assert [row.subject.text for row in queries.due(cadre, TODAY, 10)] == ["-9", "-1", "0"]


def test_the_whole_list_is_paged_without_gaps(app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    cadre = make.cadre()
    household = make.household(paired=cadre)
    for number in range(8):
        promise(cadre, household, f"第{number}件", TODAY + timedelta(days=number // 3))
    seen: list[str] = []
    url = "/followups"
    while url:
        page = Person(app, cadre).get(url).text
        seen += re.findall(r"第\d件", page)
        following = re.search(r'href="(/followups\?after=[^"]+)"', page)
        url = following[1] if following else ""
    assert sorted(seen) == [f"第{number}件" for number in range(8)]


@pytest.mark.parametrize("cursor", ["x", "bm9uc2Vuc2U", "WyJhIiwiYiJd", "%00"])
def test_a_damaged_page_address_is_not_an_error(app: Flask, make: Factory, cursor: str) -> None:
    assert Person(app, make.cadre()).get(f"/followups?after={cursor}").status_code in (200, 404)


def test_nobody_sees_what_others_promised(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    promise(cadre, make.household(paired=cadre), "别人的承诺", TODAY)
    other = Person(app, make.cadre())
    assert "别人的承诺" not in other.get("/").text
    assert "别人的承诺" not in other.get("/followups").text


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.HANDLER, Role.OFFICE, Role.ADMINISTRATOR])
def test_only_cadres_have_return_visits(app: Flask, make: Factory, role: Role) -> None:
    assert Person(app, make.cadre(role)).get("/followups").status_code == 404


def test_the_list_costs_the_same_queries_however_long_it_is(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    household = make.household(paired=cadre)
    costs = []
    for _ in range(2):
        for number in range(10):
            promise(cadre, household, f"{number}", TODAY)
        with queries_counted() as statements:
            Person(app, cadre).get("/followups")
        costs.append(len(statements))
    assert costs[0] == costs[1]


@pytest.mark.parametrize(("village", "shown"), [(VILLAGE, True), (OTHER_VILLAGE, False)])
def test_an_administrator_who_visits_reads_commitments_in_their_own_villages_only(
    app: Flask, make: Factory, village: str, shown: bool
) -> None:
    unit = make.unit("区委群众工作部", division=COUNTY)
    both = Person(app, make.cadre(Role.ADMINISTRATOR, Role.CADRE, unit=unit))
    household = make.household(village_code=village)
    promise(make.cadre(), household, "别处的承诺", TODAY)
    page = both.get(f"/households/{household.id}")
    assert page.status_code == 200
    assert ("别处的承诺" in page.text) is shown


def test_promises_of_a_visit_that_one_may_not_read_are_not_on_the_household(make: Factory) -> None:
    household = make.household()
    promise(make.cadre(), household, "答应了的", TODAY)
    elsewhere = make.cadre(Role.SUPERVISOR, unit=make.unit("区档案馆", villages=()))
    assert queries.of_household(elsewhere, household.id) == []
