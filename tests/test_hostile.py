"""Requests that no page of ours would send: each gets an ordinary answer and changes nothing."""

from __future__ import annotations

import base64
import json

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.extensions import db
from fieldvisit.organisation.models import Division, Unit
from tests.factories import COUNTY, Factory
from tests.person import Person

BEYOND_64_BITS = "99999999999999999999999"
BEYOND_32_BITS = "3000000000"
# Deeper than any recursion limit, shorter than any limit of an address.
DEEP = base64.urlsafe_b64encode(b"[" * 2500).decode()


def cursor_of(*values: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.fixture
def somebody(app: Flask, make: Factory) -> Person:
    """Somebody who may open every page."""
    return Person(app, make.cadre(*Role, unit=make.unit(division=COUNTY)))


@pytest.mark.parametrize("number", [BEYOND_32_BITS, BEYOND_64_BITS])
@pytest.mark.parametrize(
    "address",
    [
        "/people/{}",
        "/organisation/units/{}",
        "/organisation/contact-points/{}/end",
        "/pairings/{}",
        "/concerns/{}",
        "/concerns/{}/receipt",
        "/channels/{}/state",
    ],
)
def test_a_number_too_large_for_the_database_is_not_found(somebody: Person, address: str, number: str) -> None:
    assert somebody.get(address.format(number)).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        f"/people?unit={BEYOND_32_BITS}",
        f"/people?unit={BEYOND_64_BITS}",
        f"/pairings?unit={BEYOND_64_BITS}",
        f"/people?cursor={cursor_of('王', BEYOND_64_BITS)}",
        f"/households?after={cursor_of('3402', BEYOND_64_BITS, '', '0' * 32)}",
        *(f"{page}={DEEP}" for page in ("/people?cursor", "/households?after", "/visits?after", "/followups?after")),
        f"/reviews?after={DEEP}",
        f"/notices?after={DEEP}",
        f"/notices?after={cursor_of(BEYOND_64_BITS)}",
        f"/channels?after={cursor_of('0', BEYOND_64_BITS, '1')}",
        f"/complaints/desk?after={DEEP}",
        f"/concerns?after={DEEP}",
        f"/concerns?list=overdue&after={cursor_of('2026-01-01', BEYOND_64_BITS)}",
        f"/concerns?unit={BEYOND_64_BITS}&month=9999-99&q=%00",
        f"/concerns/people?reported_unit_id={BEYOND_64_BITS}",
        "/concerns/domains?top=%00",
        "/concerns/leads?county=%00&domain=%00",
        "/households?area=34021210021x",
        "/households?area=3402121002%00",
        "/households?area=%EF%BC%93%EF%BC%94%EF%BC%90212100217",
        "/households?tag=%00",
        "/households?q=%00%25_",
    ],
)
def test_odd_values_in_an_address_break_nothing(somebody: Person, address: str) -> None:
    assert somebody.get(address).status_code == 200


def test_an_odd_village_breaks_nothing_where_households_are_paired(somebody: Person, make: Factory) -> None:
    assert somebody.get(f"/pairings/{make.cadre().id}?area=34021210021x").status_code == 200


@pytest.mark.parametrize("unit_id", [BEYOND_32_BITS, BEYOND_64_BITS, "-1", "x", "\0"])
def test_a_person_of_an_impossible_unit_is_refused(somebody: Person, unit_id: str) -> None:
    entry = {"name": "新人", "user_name": "newcomer", "phone": "", "roles": "office", "unit_id": unit_id}
    answer = somebody.post("/people/new", entry)
    assert answer.status_code == 422
    assert "请选择单位" in answer.text


def test_a_broken_origin_is_another_site(anonymous: Person) -> None:
    for origin in ("http://[", "null", ""):
        answer = anonymous.client.post("/sign-in", headers={"Origin": origin})
        assert answer.status_code == 403, origin


def test_an_opaque_origin_is_not_ours_even_without_a_host(app: Flask) -> None:
    answer = app.test_client().post("/sign-in", headers={"Origin": "null", "Host": ""})
    assert answer.status_code == 403


def test_a_broken_address_of_the_present_page_is_none(anonymous: Person) -> None:
    answer = anonymous.get("/households", fragment=True, headers={"HX-Current-URL": "http://["})
    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["HEAD", "GET", "OPTIONS"])
def test_only_a_post_writes_whatever_else_carries_a_form(somebody: Person, make: Factory, method: str) -> None:
    unit, other = make.unit(), make.cadre()
    forms: dict[str, dict[str, str | list[str]]] = {
        "/organisation/units/new": {"name": "新单位", "parent_id": "0", "division_code": "", "position": "1"},
        f"/organisation/units/{unit.id}": {"name": "改名", "parent_id": "0", "division_code": "", "position": "1"},
        "/organisation/divisions/340212": {"name": "改名", "active": "y"},
        "/people/new": {"name": "新人", "user_name": "newcomer", "unit_id": str(unit.id), "roles": "office"},
        f"/people/{other.id}": {
            "name": "改名",
            "user_name": other.user_name,
            "phone": other.phone or "",
            "unit_id": str(unit.id),
            "roles": "cadre",
        },
    }
    before = _everything()
    for address, form in forms.items():
        # As another site would: only a POST is asked where it comes from.
        answer = somebody._send(method, address, False, data=form, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 200, address
    assert _everything() == before


def _everything() -> list[tuple[object, ...]]:
    db.session.rollback()
    units = db.session.execute(sa.select(Unit.id, Unit.name, Unit.active).order_by(Unit.id))
    people = db.session.execute(sa.select(Cadre.id, Cadre.name, Cadre.active).order_by(Cadre.id))
    places = db.session.execute(sa.select(Division.code, Division.name).order_by(Division.code))
    return [tuple(row) for rows in (units, people, places) for row in rows]
