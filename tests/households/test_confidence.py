"""An administrator who also visits: the list is the administrator's, what was confided is the cadre's alone."""

from __future__ import annotations

import pytest

from fieldvisit.accounts.models import Role
from fieldvisit.households.models import Household
from tests.factories import COUNTY, OTHER_VILLAGE, VILLAGE, Factory
from tests.households.conftest import Add, Sign
from tests.households.helpers import cadre_of, people_of
from tests.person import Person

NOTE, PHONE = "怕生，去前先打电话", "13905530001"


@pytest.fixture
def both(sign: Sign, make: Factory) -> Person:
    """An administrator of the county who visits households in VILLAGE."""
    return sign(Role.ADMINISTRATOR, Role.CADRE, unit=make.unit("区委群众工作部", division=COUNTY))


def household_in(add: Add, village: str) -> Household:
    return add("胡守田", village_code=village, note=NOTE, phone=PHONE)


def test_what_is_private_shows_in_the_villages_of_the_cadre_only(both: Person, add: Add) -> None:
    near, far = (both.get(f"/households/{household_in(add, v).id}").text for v in (VILLAGE, OTHER_VILLAGE))
    assert NOTE in near
    assert "胡守田" in far
    assert NOTE not in far


def test_a_paired_household_is_the_cadres_wherever_it_lies(both: Person, add: Add, make: Factory) -> None:
    household = household_in(add, OTHER_VILLAGE)
    make.pairing(cadre_of(both), household)
    assert NOTE in both.get(f"/households/{household.id}").text


@pytest.mark.parametrize(("village", "status"), [(VILLAGE, 200), (OTHER_VILLAGE, 404)])
def test_phones_forms_and_visits_go_no_further_than_the_cadre(
    both: Person, add: Add, village: str, status: int
) -> None:
    household = household_in(add, village)
    page, resident = f"/households/{household.id}", people_of(household)[0]
    assert both.post(f"{page}/people/{resident.id}/phone").status_code == status
    for form in ("edit", "leave", "people/new", f"people/{resident.id}", "visit"):
        assert both.get(f"{page}/{form}").status_code == status, form


def test_a_number_far_away_is_not_found_digit_by_digit(both: Person, add: Add) -> None:
    household_in(add, OTHER_VILLAGE)
    assert "胡守田" not in both.get("/households?mine=0&q=05530001", fragment=True).text
    assert "胡守田" in both.get("/households?mine=0&q=0001", fragment=True).text


def test_the_office_keeps_its_confidence_beside_the_administration(sign: Sign, make: Factory, add: Add) -> None:
    office = sign(Role.ADMINISTRATOR, Role.OFFICE, unit=make.unit("区委群众工作部", division=COUNTY, villages=()))
    assert NOTE in office.get(f"/households/{household_in(add, OTHER_VILLAGE).id}").text
