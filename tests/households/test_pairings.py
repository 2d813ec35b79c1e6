"""Who is tied to which household: who manages it, and what is kept."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.errors import Refused
from fieldvisit.extensions import db
from fieldvisit.households import pairing_actions, queries
from fieldvisit.households.models import Household, Pairing
from tests.factories import OTHER_VILLAGE, VILLAGE, Factory
from tests.households.conftest import Add, Sign
from tests.households.helpers import audited, counted_statements
from tests.person import Person

TODAY = clock.today()
DAY = timedelta(days=1)


@pytest.fixture
def unit_cadre(make: Factory) -> Cadre:
    """A cadre of a unit that the county's administrator administers."""
    return make.cadre(Role.CADRE, unit=make.unit("局", parent=make.unit("区委群众工作部", division="340212")))


@pytest.fixture(autouse=True)
def _county(make: Factory) -> None:
    make.unit("区委群众工作部", division="340212", villages=())


def all_pairings() -> list[Pairing]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Pairing).order_by(Pairing.id)))


def tick(*households: Household, starts_on: date = TODAY) -> dict[str, object]:
    return {"household": [str(one.id) for one in households], "starts_on": starts_on.isoformat()}


def test_an_administrator_pairs_several_households_at_once(administrator: Person, unit_cadre: Cadre, add: Add) -> None:
    first, second = add("李桂英"), add("陈大勇")
    url = f"/pairings/{unit_cadre.id}"
    found = administrator.get(url, query_string={"area": VILLAGE}, fragment=True).text
    assert "李桂英" in found
    assert "<html" not in found
    assert administrator.post(url + "/pair", tick(first, second)).status_code == 303
    assert {one.household_id for one in all_pairings()} == {first.id, second.id}
    assert len(audited("paired")) == 2
    assert "已结对：" in administrator.get(url, query_string={"q": "陈大勇"}).text


def test_a_second_tap_pairs_nothing_twice(administrator: Person, unit_cadre: Cadre, add: Add) -> None:
    household = add()
    for _ in range(2):
        administrator.post(f"/pairings/{unit_cadre.id}/pair", tick(household))
    assert len(all_pairings()) == 1


@pytest.mark.parametrize("role", [Role.CADRE, Role.SUPERVISOR, Role.HANDLER, Role.OFFICE])
def test_nobody_but_an_administrator_manages_pairings(
    role: Role, sign: Sign, make: Factory, unit_cadre: Cadre, add: Add
) -> None:
    person = sign(role, unit=make.unit("区委群众工作部"))
    pairing = make.pairing(unit_cadre, add())
    base = f"/pairings/{unit_cadre.id}"
    assert person.get("/pairings").status_code == 404
    assert person.get(base).status_code == 404
    assert person.post(base + "/pair", tick(add("陈大勇"))).status_code == 404
    assert person.post(f"{base}/{pairing.id}/end", {"ends_on": TODAY.isoformat()}).status_code == 404
    assert person.post(base + "/move", {}).status_code == 404
    assert [one.ends_on for one in all_pairings()] == [None]


def test_cadres_of_units_elsewhere_do_not_exist(administrator: Person, make: Factory, add: Add) -> None:
    outsider, household = make.cadre(unit=make.unit("别的县")), add()
    pairing = make.pairing(outsider, household)
    base = f"/pairings/{outsider.id}"
    assert administrator.get(base).status_code == 404
    assert administrator.post(base + "/pair", tick(household)).status_code == 404
    assert administrator.post(f"{base}/{pairing.id}/end", {"ends_on": TODAY.isoformat()}).status_code == 404
    assert administrator.post(base + "/move", {}).status_code == 404
    assert "别的县" not in administrator.get("/pairings", query_string={"q": outsider.name}).text


def test_households_elsewhere_are_not_paired(sign: Sign, make: Factory, add: Add) -> None:
    unit = make.unit("别的镇", division=OTHER_VILLAGE, villages=())
    administrator, cadre = sign(Role.ADMINISTRATOR, unit=unit), make.cadre(unit=unit)
    assert administrator.post(f"/pairings/{cadre.id}/pair", tick(add())).status_code == 404
    assert not all_pairings()


@pytest.mark.parametrize("ids", [[], ["x"], [str(uuid4()), ""]])
def test_pairing_needs_ticked_households(ids: list[str], administrator: Person, unit_cadre: Cadre) -> None:
    form = {"household": ids, "starts_on": TODAY.isoformat()}
    answer = administrator.post(f"/pairings/{unit_cadre.id}/pair", form)
    assert answer.status_code == 422
    assert "请先勾选要结对的住户" in answer.text


def test_an_unknown_household_is_not_paired(administrator: Person, unit_cadre: Cadre) -> None:
    form = {"household": [str(uuid4())], "starts_on": TODAY.isoformat()}
    assert administrator.post(f"/pairings/{unit_cadre.id}/pair", form).status_code == 404


@pytest.mark.parametrize("day", ["", "x", "2026-02-30", "1999-12-31", "3000-01-01"])
def test_pairing_needs_a_sensible_day_and_keeps_the_ticks(
    day: str, administrator: Person, unit_cadre: Cadre, add: Add
) -> None:
    household = add()
    url = f"/pairings/{unit_cadre.id}/pair?area={VILLAGE}"
    answer = administrator.post(url, {"household": [str(household.id)], "starts_on": day})
    assert answer.status_code == 422
    assert "日期" in answer.text
    assert f'value="{household.id}" checked' in answer.text


def test_a_pairing_ends_on_a_day_and_is_kept(administrator: Person, unit_cadre: Cadre, add: Add, make: Factory) -> None:
    household = add()
    pairing = make.pairing(unit_cadre, household)
    url = f"/pairings/{unit_cadre.id}/{pairing.id}/end"
    assert administrator.post(url, {"ends_on": (TODAY - DAY).isoformat()}).status_code == 303
    assert all_pairings()[0].ends_on == TODAY - DAY
    assert queries.is_paired(unit_cadre, household.id, TODAY - DAY)
    assert not queries.is_paired(unit_cadre, household.id, TODAY)
    assert "以前的结对" in administrator.get(f"/pairings/{unit_cadre.id}").text


def test_a_pairing_does_not_end_before_it_began(
    administrator: Person, unit_cadre: Cadre, add: Add, make: Factory
) -> None:
    pairing = make.pairing(unit_cadre, add())
    url = f"/pairings/{unit_cadre.id}/{pairing.id}/end"
    answer = administrator.post(url, {"ends_on": "2019-12-31"}, fragment=True)
    assert answer.status_code == 422
    assert "不能早于" in answer.text
    assert all_pairings()[0].ends_on is None


def test_another_cadre_s_pairing_is_not_ended_through_one_s_page(
    administrator: Person, unit_cadre: Cadre, add: Add, make: Factory
) -> None:
    pairing = make.pairing(make.cadre(unit=make.unit("局")), add())
    url = f"/pairings/{unit_cadre.id}/{pairing.id}/end"
    assert administrator.post(url, {"ends_on": TODAY.isoformat()}).status_code == 404


def test_all_of_a_cadre_s_households_move_to_another_one(
    administrator: Person, unit_cadre: Cadre, add: Add, make: Factory
) -> None:
    successor = make.cadre(unit=make.unit("局"))
    households = [add("李桂英"), add("陈大勇")]
    for household in households:
        make.pairing(unit_cadre, household)
    form = {"to": str(successor.id), "day": TODAY.isoformat()}
    assert administrator.post(f"/pairings/{unit_cadre.id}/move", form).status_code == 303
    assert list(queries.paired_households(unit_cadre, TODAY)) == []
    assert len(queries.paired_households(unit_cadre, TODAY - DAY)) == 2
    assert {one.id for one in queries.paired_households(successor, TODAY)} == {one.id for one in households}


def test_what_has_not_begun_is_moved_without_a_trace_of_days(app: Flask, make: Factory, add: Add) -> None:
    leaving, successor, household = make.cadre(), make.cadre(), add()
    pairing_actions.pair(leaving, household, TODAY)
    assert pairing_actions.move_pairings(leaving, successor, TODAY) == 1
    db.session.commit()
    [pairing] = all_pairings()
    assert (pairing.cadre_id, pairing.starts_on) == (successor.id, TODAY)


@pytest.mark.parametrize("to", ["", "0", "x", "999999"])
def test_moving_needs_somebody_of_the_list(
    to: str, administrator: Person, unit_cadre: Cadre, add: Add, make: Factory
) -> None:
    make.pairing(unit_cadre, add())
    form = {"to": to, "day": TODAY.isoformat()}
    answer = administrator.post(f"/pairings/{unit_cadre.id}/move", form)
    assert answer.status_code == 422
    assert "接手的干部" in answer.text
    assert [one.cadre_id for one in all_pairings()] == [unit_cadre.id]


@pytest.mark.parametrize(("role", "active"), [(Role.SUPERVISOR, True), (Role.CADRE, False)])
def test_only_active_cadres_are_paired(role: Role, active: bool, make: Factory, add: Add) -> None:
    with pytest.raises(Refused, match="不能结对"):
        pairing_actions.pair(make.cadre(role, active=active), add(), TODAY)


def test_pairing_again_opens_a_pairing_that_was_going_to_end(app: Flask, make: Factory, add: Add) -> None:
    cadre, household = make.cadre(), add()
    make.pairing(cadre, household, ends_on=TODAY + DAY)
    pairing_actions.pair(cadre, household, TODAY)
    db.session.commit()
    assert [one.ends_on for one in all_pairings()] == [None]


def test_after_a_pairing_has_ended_a_new_one_is_made(app: Flask, make: Factory, add: Add) -> None:
    cadre, household = make.cadre(), add()
    make.pairing(cadre, household, ends_on=TODAY - DAY)
    pairing_actions.pair(cadre, household, TODAY)
    db.session.commit()
    assert [one.ends_on for one in all_pairings()] == [TODAY - DAY, None]


def test_the_page_lists_cadres_of_a_unit_and_by_name(
    administrator: Person, unit_cadre: Cadre, make: Factory, add: Add
) -> None:
    make.pairing(unit_cadre, add())
    other = make.cadre(name="王敏", unit=make.unit("区委群众工作部"))
    by_unit = administrator.get("/pairings", query_string={"unit": unit_cadre.unit_id}, fragment=True).text
    assert "结对 1 户" in by_unit
    assert other.name not in by_unit
    assert "王敏" in administrator.get("/pairings", query_string={"q": "王"}).text
    assert "王敏" not in administrator.get("/pairings", query_string={"q": "%"}).text
    assert administrator.get("/pairings", query_string={"unit": "x"}).status_code == 200


def test_the_number_of_queries_of_a_cadre_s_page_is_constant(
    administrator: Person, unit_cadre: Cadre, make: Factory, add: Add
) -> None:
    counts = []
    for rows in (1, 12):
        for number in range(rows):
            make.pairing(unit_cadre, add(f"李{number}", village_code=(VILLAGE, OTHER_VILLAGE)[number % 2]))
        with counted_statements() as seen:
            administrator.get(f"/pairings/{unit_cadre.id}", query_string={"village": VILLAGE})
        counts.append(len(seen))
    assert counts[0] == counts[1]
