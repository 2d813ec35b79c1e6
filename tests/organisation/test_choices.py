"""What a filter by place offers, in small areas and in large ones."""

from __future__ import annotations

import pytest
from flask import Flask

from fieldvisit.extensions import db
from fieldvisit.organisation import choice_queries
from fieldvisit.organisation.models import Division, Level

COUNTY = "340212"


@pytest.fixture
def large(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A county of 3 towns with 3 villages each, where 4 entries are already many."""
    monkeypatch.setattr(choice_queries, "MOST", 4)
    db.session.add(Division(code="3402", level=Level.CITY, name="甲市", full_name="甲市"))
    db.session.flush()
    db.session.add(Division(code=COUNTY, level=Level.COUNTY, name="乙县", full_name="乙县", parent_code="3402"))
    db.session.flush()
    for town in range(100, 103):
        code = f"{COUNTY}{town}"
        name = f"{town}镇"
        db.session.add(Division(code=code, level=Level.TOWN, name=name, full_name=name, parent_code=COUNTY))
        db.session.flush()
        for number in range(200, 203):
            village = f"{number}村"
            row = Division(code=f"{code}{number}", level=Level.VILLAGE, name=village, full_name=f"{name} {village}")
            row.parent_code = code
            db.session.add(row)
    db.session.commit()


def values(areas: list[str], chosen: str = "") -> list[str]:
    return [choice.value for choice in choice_queries.places(areas, chosen)]


TOWNS = [f"{COUNTY}100", f"{COUNTY}101", f"{COUNTY}102"]
VILLAGES = [f"{COUNTY}101{number}" for number in (200, 201, 202)]


@pytest.mark.usefixtures("large")
def test_a_small_area_offers_its_villages_under_their_town() -> None:
    offered = choice_queries.places([TOWNS[1]])
    assert [choice.value for choice in offered] == VILLAGES
    assert offered[0].label == "200村"
    assert offered[0].heading == "101镇"


@pytest.mark.usefixtures("large")
def test_a_large_area_offers_its_towns_and_a_town_its_villages_and_the_way_back() -> None:
    assert values([COUNTY]) == TOWNS
    assert values([COUNTY], TOWNS[1]) == [COUNTY, TOWNS[1], *VILLAGES]


@pytest.mark.usefixtures("large")
def test_a_place_with_very_many_below_it_offers_them_all_and_itself_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice_queries, "MOST", 2)
    assert values(["3402"], TOWNS[1]) == ["3402", COUNTY, TOWNS[1], *VILLAGES]


@pytest.mark.usefixtures("large")
def test_a_chosen_village_stands_among_its_neighbours() -> None:
    assert values([COUNTY], VILLAGES[1]) == [COUNTY, TOWNS[1], *VILLAGES]


@pytest.mark.parametrize("chosen", ["", "9", "999999", "340212999", "x", "3402"])
@pytest.mark.usefixtures("large")
def test_a_place_outside_the_areas_or_unknown_offers_what_no_place_does(chosen: str) -> None:
    assert values([COUNTY], chosen) == TOWNS


@pytest.mark.usefixtures("app")
def test_nobody_s_areas_offer_nothing() -> None:
    assert values([]) == []
