"""Which office answers: a complaint has a county, and each office reads those of its own area."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.complaints.models import Complaint
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Division, Level
from tests.complaints.filing import PHONE, Filer, make_complaint, receipt_of, the_one
from tests.factories import COUNTY, TOWN, VILLAGE, Factory
from tests.person import Person
from tests.visits.counting import queries_counted

CITY, OTHER_COUNTY = "3402", "340281"


@pytest.fixture
def _two_counties(make: Factory) -> None:
    """A city with a second county."""
    make.divisions()
    city = Division(code=CITY, level=Level.CITY, name="芜湖市", full_name="芜湖市")
    db.session.add(city)
    db.session.flush()
    db.session.get_one(Division, COUNTY).parent_code = CITY
    db.session.add(Division(code=OTHER_COUNTY, level=Level.COUNTY, name="无为市", full_name="无为市", parent_code=CITY))
    db.session.commit()


@pytest.fixture
def neighbour(app: Flask, make: Factory, _two_counties: None) -> Person:
    """The office of the other county."""
    return Person(app, make.cadre(Role.OFFICE, unit=make.unit("无为市群众工作部", division=OTHER_COUNTY)))


@pytest.fixture
def city(app: Flask, make: Factory, _two_counties: None) -> Person:
    """The city's office."""
    return Person(app, make.cadre(Role.OFFICE, unit=make.unit("市群众工作部", division=CITY)))


def statuses(person: Person, complaint: Complaint) -> set[int]:
    """Ask for a complaint by each of its routes."""
    page = f"/complaints/desk/{complaint.id}"
    posts = {"answer": {"seen": "0", "words": "好"}, "call": {"seen": "0", "reached": "no"}, "phone": {}}
    asked = [person.get(page).status_code]
    return {*asked, *(person.post(f"{page}/{part}", data).status_code for part, data in posts.items())}


def numbers(person: Person) -> list[str]:
    """Return the numbers in somebody's list of all."""
    return sorted(re.findall(r"<strong>(投-.+?)</strong>", person.get("/complaints/desk?state=all").text))


# The form


def test_with_one_county_nobody_is_asked_and_it_is_filled_in(filer: Filer) -> None:
    assert 'name="county"' not in filer.person.get("/complaints").text
    filer.file()
    assert the_one().county_code == COUNTY


def test_without_any_county_there_is_none(anonymous: Person) -> None:
    receipt_of(Filer(anonymous).send(Filer(anonymous).filled()))
    assert the_one().county_code is None


@pytest.mark.usefixtures("_two_counties")
@pytest.mark.parametrize(("chosen", "kept"), [(OTHER_COUNTY, OTHER_COUNTY), ("none", None)])
def test_with_several_counties_the_chosen_one_is_kept_and_not_knowing_is_an_answer(
    filer: Filer, chosen: str, kept: str | None
) -> None:
    page = filer.person.get("/complaints").text
    assert re.findall(r'<option[^>]* value="([^"]*)"', page) == ["", COUNTY, OTHER_COUNTY, "none"]
    filer.file(county=chosen)
    assert the_one().county_code == kept


@pytest.mark.usefixtures("_two_counties")
@pytest.mark.parametrize(
    ("county", "sentence"), [("", "请选择区县"), ("340299", "请从列表里选择区县"), (VILLAGE, "请从列表里选择区县")]
)
def test_a_county_that_is_none_is_asked_for_again(filer: Filer, county: str, sentence: str) -> None:
    answer = filer.send(filer.filled(county=county, words="路灯坏了"))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "路灯坏了" in answer.text


@pytest.mark.usefixtures("_two_counties")
def test_who_is_signed_in_finds_the_county_of_their_unit_chosen(app: Flask, make: Factory, filer: Filer) -> None:
    selected = rf'<option selected value="{COUNTY}">'
    assert selected in Person(app, make.cadre()).get("/complaints").text
    assert selected not in filer.person.get("/complaints").text


def test_whose_unit_has_to_do_with_several_counties_chooses(city: Person) -> None:
    assert '<option selected value="">' in city.get("/complaints").text


def test_a_second_tap_is_one_complaint_with_its_county_too(neighbour: Person, filer: Filer) -> None:
    form = filer.filled(county=OTHER_COUNTY)
    assert receipt_of(filer.send(form)) == receipt_of(filer.send(form))
    assert the_one().county_code == OTHER_COUNTY


def test_the_receipt_names_the_office_of_the_county(neighbour: Person, city: Person, filer: Filer) -> None:
    pages = {county: filer.send(filer.filled(county=county)).text for county in (COUNTY, OTHER_COUNTY, "none")}
    named = {county: re.findall(r"<dt>谁答复</dt><dd>(.+?)</dd>", page) for county, page in pages.items()}
    assert named == {COUNTY: ["区委群众工作部"], OTHER_COUNTY: ["无为市群众工作部"], "none": ["市群众工作部"]}


# The desk


@pytest.mark.usefixtures("city")
def test_an_office_reads_and_answers_what_is_of_its_county_alone(desk: Person, neighbour: Person) -> None:
    own = make_complaint(phone=PHONE, call_back=True, calling=True)
    others = make_complaint(county_code=OTHER_COUNTY, phone=PHONE, call_back=True, calling=True)
    nobodys = make_complaint(county_code=None)
    assert numbers(desk) == [own.number]
    assert numbers(neighbour) == [others.number]
    for person, foreign in ((desk, others), (desk, nobodys), (neighbour, own), (neighbour, nobodys)):
        assert statuses(person, foreign) == {404}
    assert statuses(desk, own) == {200, 303}


def test_an_office_of_a_wider_area_reads_all_of_its_counties_and_what_has_none(
    city: Person, neighbour: Person, officer: Cadre
) -> None:
    made = [make_complaint(county_code=code) for code in (COUNTY, OTHER_COUNTY, None)]
    assert numbers(city) == sorted(row.number for row in made)
    page = city.get("/complaints/desk?state=all").text
    for name in ("繁昌区", "无为市", "没说哪个区县"):
        assert name in page
    assert "没说哪个区县" in city.get(f"/complaints/desk/{made[2].id}").text


def test_what_lies_outside_a_wider_area_is_not_its_own(city: Person) -> None:
    db.session.add(Division(code="340304", level=Level.COUNTY, name="外市的区", full_name="外市的区"))
    db.session.commit()
    outside = make_complaint(county_code="340304")
    assert numbers(city) == []
    assert statuses(city, outside) == {404}


def test_what_has_no_county_is_read_by_every_office_as_long_as_there_is_none_of_a_wider_area(
    desk: Person, neighbour: Person
) -> None:
    nobodys = make_complaint(county_code=None)
    assert numbers(desk) == numbers(neighbour) == [nobodys.number]


def test_an_office_of_a_town_answers_for_nobody(app: Flask, make: Factory) -> None:
    make.divisions()
    complaint = make_complaint()
    town = Person(app, make.cadre(Role.OFFICE, unit=make.unit("繁阳镇人民政府", division=TOWN)))
    assert town.get("/complaints/desk").status_code == 404
    assert statuses(town, complaint) == {404}


@pytest.mark.usefixtures("city")
def test_an_office_counts_what_is_late_in_its_own_area(desk: Person, neighbour: Person) -> None:
    for code in (COUNTY, OTHER_COUNTY, OTHER_COUNTY, None):
        make_complaint(days_ago=20, county_code=code)
    assert "有 1 件超期没有答复" in desk.get("/complaints/desk").text
    assert "有 2 件超期没有答复" in neighbour.get("/complaints/desk").text


def test_the_list_of_several_counties_costs_the_same_however_long_it_is(city: Person) -> None:
    costs = []
    for _ in range(2):
        for code in (COUNTY, OTHER_COUNTY, None):
            make_complaint(county_code=code)
        with queries_counted() as statements:
            city.get("/complaints/desk")
        costs.append(len(statements))
    assert costs[0] == costs[1]


def test_with_one_county_its_name_is_not_repeated_in_every_row(desk: Person) -> None:
    make_complaint()
    assert "繁昌区" not in desk.get("/complaints/desk").text
