"""The list of households: whose, in what order, in how many queries."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Role
from fieldvisit.households import list_queries
from tests.factories import OTHER_VILLAGE, VILLAGE, Factory
from tests.households.conftest import Add, Sign
from tests.households.helpers import cadre_of, counted_statements
from tests.person import Person

LIST = "/households?mine=0"


def test_a_cadre_sees_the_households_of_the_contact_point(sign: Sign, add: Add) -> None:
    add("李桂英")
    add("陈大勇", village_code=OTHER_VILLAGE)
    page = sign().get(LIST).text
    assert "李桂英" in page
    assert "陈大勇" not in page
    assert "繁阳镇 缸窑村" in page


def test_a_pairing_shows_a_household_of_another_village(sign: Sign, add: Add, make: Factory) -> None:
    person = sign()
    make.pairing(cadre_of(person), add("陈大勇", village_code=OTHER_VILLAGE))
    page = person.get(LIST).text
    assert "陈大勇" in page
    assert "结对</span>" in page


def test_a_pairing_that_has_ended_shows_nothing(sign: Sign, add: Add, make: Factory) -> None:
    person = sign()
    make.pairing(
        cadre_of(person),
        add("陈大勇", village_code=OTHER_VILLAGE),
        ends_on=clock.today().replace(year=clock.today().year - 1),
    )
    assert "陈大勇" not in person.get(LIST).text


def test_a_paired_household_of_the_own_village_is_listed_once(sign: Sign, add: Add, make: Factory) -> None:
    person = sign()
    make.pairing(cadre_of(person), add("李桂英"))
    assert person.get(LIST).text.count("<strong>李桂英") == 1


@pytest.mark.parametrize("role", [Role.CADRE, Role.SUPERVISOR, Role.OFFICE, Role.ADMINISTRATOR])
def test_another_units_households_are_in_nobodys_list(role: Role, sign: Sign, add: Add, make: Factory) -> None:
    add("李桂英")
    person = sign(role, unit=make.unit("别的镇", villages=()))
    assert "李桂英" not in person.get(LIST).text
    assert "<strong>李桂英" not in person.get("/households", query_string={"mine": "0", "q": "李桂英"}).text


def test_a_handler_has_no_list_of_households(sign: Sign) -> None:
    assert sign(Role.HANDLER).get(LIST).status_code == 404


def test_nobody_sees_the_list_without_a_sign_in(anonymous: Person) -> None:
    assert anonymous.get(LIST).status_code == 302


def test_the_list_goes_along_the_road(sign: Sign, add: Add) -> None:
    add("丁", door="17 号")
    add("丙", door="2 号")
    add("甲", group_no=3, door="99 号")
    add("乙", door="")
    page = sign().get(LIST).text
    places = [page.index(f"<strong>{name}<") for name in ("乙", "丙", "丁", "甲")]
    assert places == sorted(places)


def test_only_mine_leaves_the_neighbours_out(sign: Sign, add: Add, make: Factory) -> None:
    person = sign()
    make.pairing(cadre_of(person), add("李桂英"))
    add("陈大勇")
    page = person.get("/households", query_string={"mine": "1"}).text
    assert "李桂英" in page
    assert "陈大勇" not in page


def test_a_village_and_a_tag_narrow_the_list(office: Person, add: Add) -> None:
    add("李桂英", tags=["独居"])
    add("陈大勇", tags=["低保"])
    add("王秀兰", tags=["独居"], village_code=OTHER_VILLAGE)
    page = office.get("/households", query_string={"mine": "0", "area": VILLAGE, "tag": "独居"}).text
    assert "李桂英" in page
    assert "陈大勇" not in page
    assert "王秀兰" not in page


@pytest.mark.parametrize("village", ["999999999999", "'", "34", "缸窑村", "٣"])
def test_a_strange_village_finds_nothing(village: str, office: Person, add: Add) -> None:
    add("李桂英")
    assert "<strong>李桂英" not in office.get("/households", query_string={"mine": "0", "area": village}).text


def test_pages_hold_every_household_once(office: Person, add: Add, app: Flask) -> None:
    for number in range(120):
        add(f"户主{number:03}", village_code=(VILLAGE, OTHER_VILLAGE)[number % 2], door=f"{number} 号")
    who, seen, cursor = cadre_of(office), [], None
    for _ in range(3):
        with app.test_request_context():
            page = list_queries.households_page(who, list_queries.Filters(), cursor)
        seen += [row.head_name for row in page.rows]
        cursor = page.next
    assert cursor is None
    assert len(seen) == len(set(seen)) == 120


def test_the_next_page_as_a_fragment_is_rows_only(office: Person, add: Add) -> None:
    for number in range(51):
        add(f"户主{number:03}", door=f"{number} 号")
    first = office.get(LIST).text
    assert "户主050" not in first
    cursor = first.split("after=")[1].split('"')[0]
    rest = office.get(f"{LIST}&after={cursor}", fragment=True).text
    assert "户主050" in rest
    assert "<ul" not in rest


@pytest.mark.parametrize("cursor", ["x", "e30", "WyJhIiwiYiIsImMiLCJkIl0", "!!!", "WyIxIiwiMiIsIjMiLCI0Il0"])
def test_a_damaged_cursor_gives_the_first_page(cursor: str, sign: Sign, add: Add) -> None:
    add("李桂英")
    assert "李桂英" in sign().get("/households", query_string={"mine": "0", "after": cursor}).text


def test_the_number_of_queries_does_not_grow_with_the_list(sign: Sign, add: Add) -> None:
    person = sign()
    add("李桂英", tags=["独居"])
    person.get("/households?mine=0")
    counts = []
    for rows in (1, 45):
        for number in range(rows):
            add(f"李{number:03}", tags=["独居"], door=f"{number} 号")
        for query in ({}, {"q": "李", "mine": "0"}, {"tag": "独居", "mine": "0"}, {"mine": "0"}):
            with counted_statements() as seen:
                person.get("/households", query_string=query)
            counts.append(len(seen))
    assert counts[:4] == counts[4:]
    assert max(counts) <= 14


def test_the_list_holds_no_phone_number(office: Person, add: Add) -> None:
    add("李桂英", phone="13805530001")
    assert "1380553" not in office.get(LIST).text


def test_an_id_that_is_unknown_or_malformed_is_not_found(office: Person) -> None:
    assert office.get(f"/households/{uuid4()}").status_code == 404
    assert office.get("/households/17").status_code == 404


def test_a_cadre_s_list_begins_with_the_own_households(sign: Sign, add: Add, make: Factory) -> None:
    person = sign()
    make.pairing(cadre_of(person), add("李桂英"))
    add("陈大勇")
    page = person.get("/households").text
    assert "李桂英" in page
    assert "陈大勇" not in page


def test_a_place_of_any_level_narrows_the_list_within_what_one_may_see(sign: Sign, add: Add, office: Person) -> None:
    add("李桂英")
    add("陈大勇", village_code=OTHER_VILLAGE)
    for area in (VILLAGE, VILLAGE[:9], VILLAGE[:6]):
        assert "<strong>李桂英" in office.get(f"/households?area={area}").text
        page = sign().get(f"/households?mine=0&area={area}").text
        assert "<strong>李桂英" in page
        assert "<strong>陈大勇" not in page
