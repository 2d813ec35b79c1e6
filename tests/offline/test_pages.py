"""Facts about what a phone is told to have with it, and about putting the site on its home screen."""

from __future__ import annotations

import re

from flask import Flask

from fieldvisit.accounts.models import Cadre
from fieldvisit.visits.models import VisitState
from tests.factories import Factory
from tests.person import Person
from tests.visits.counting import queries_counted
from tests.visits.making import make_visit


def stamp_of(page: str, address: str) -> str:
    found = re.search(rf'href="{address}" data-keep="([^"]*)"', page)
    assert found, address
    return found[1]


def test_the_list_costs_as_many_queries_with_two_households_as_with_twenty(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    person = Person(app, cadre)
    costs = []
    for number in (2, 18):
        for _ in range(number):
            make_visit(cadre, make.household(paired=cadre))
        with queries_counted() as statements:
            assert person.get("/offline").status_code == 200
        costs.append(len(statements))
    assert costs[0] == costs[1]
    # In working hours the reminder asks once more.
    assert costs[0] <= 11


def test_a_page_is_fetched_anew_when_the_household_or_its_last_visit_changed(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    household = make.household(paired=cadre)
    person, address = Person(app, cadre), f"/households/{household.id}"
    before = stamp_of(person.get("/offline").text, address)
    assert stamp_of(person.get("/offline").text, address) == before
    visit = make_visit(cadre, household)
    page = person.get("/offline").text
    assert stamp_of(page, address) != before
    assert stamp_of(page, f"/visits/{visit.id}")


def test_a_draft_goes_along_too(app: Flask, make: Factory) -> None:
    cadre: Cadre = make.cadre()
    draft = {"state": VisitState.DRAFT, "revision": 0, "finished_at": None}
    visit = make_visit(cadre, make.household(paired=cadre), **draft)
    assert stamp_of(Person(app, cadre).get("/offline").text, f"/visits/{visit.id}/edit")


def test_the_contact_card_of_each_paired_household_goes_along(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    household = make.household(paired=cadre)
    person, address = Person(app, cadre), f"/households/{household.id}/card"
    assert stamp_of(person.get("/offline").text, address)
    assert person.get(address).headers["X-Keep-Offline"] == str(cadre.id)


def test_the_site_can_be_put_on_the_home_screen(anonymous: Person) -> None:
    manifest = anonymous.get("/manifest.webmanifest").get_json(force=True)
    assert (manifest["start_url"], manifest["display"]) == ("/", "standalone")
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in manifest["icons"]:
        assert anonymous.get(icon["src"]).content_type == "image/png"
