"""Facts about photos of a concern, units in charge of domains, and the public look-up."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit.accounts.models import Role
from fieldvisit.complaints.rules import MOST_GUESSES
from fieldvisit.concerns import actions, numbering, photo_queries
from fieldvisit.concerns.models import Concern, ConcernPhoto, DomainLead
from fieldvisit.concerns.rules import Outcome
from fieldvisit.extensions import db
from tests import photos_factory
from tests.concerns.making import Ledger
from tests.factories import COUNTY
from tests.person import Person


def photograph(person: Person, concern: Concern, number: int = 0) -> TestResponse:
    """Send a photo."""
    photo = BytesIO(photos_factory.phone_jpeg(width=800 + number, height=600))
    return person.post(f"/concerns/{concern.id}/photos/{uuid4()}", {"photo": (photo, "a.jpg")}, fragment=True)


def look_up(person: Person, number: str, code: str) -> TestResponse:
    """Fill in the form of the look-up."""
    return person.post("/concerns/look-up", {"number": number, "code": code})


def test_photos_are_added_by_office_and_unit_and_seen_by_those_who_know_of_it(app: Flask, ledger: Ledger) -> None:
    concern = ledger.dispatched(ledger.at_home())
    for number, who in enumerate((ledger.officer, ledger.handler)):
        assert photograph(Person(app, who), concern, number).status_code == 200
    for who in (ledger.cadre, ledger.supervisor):
        assert photograph(Person(app, who), concern).status_code == 404
    photo = db.session.query(ConcernPhoto).first()
    assert photo is not None
    assert photo_queries.is_named(photo.sha256)
    path = f"/concerns/photos/{photo.id}/small.jpg"
    stranger = ledger.make.cadre(*Role, unit=ledger.make.unit("区民政局", villages=()))
    for who, status in ((ledger.officer, 200), (ledger.cadre, 200), (ledger.mayor, 200), (stranger, 404)):
        assert Person(app, who).get(path).status_code == status
    assert Person(app).get(path).status_code == 302
    remove = f"/concerns/{concern.id}/photos/{photo.id}/remove"
    assert Person(app, ledger.cadre).post(remove).status_code == 404
    assert Person(app, ledger.officer).post(remove).status_code == 200
    assert Person(app, ledger.officer).get(path).status_code == 404


def test_photos_of_a_confidential_concern_are_for_office_and_unit_alone(app: Flask, ledger: Ledger) -> None:
    secret = ledger.register(nature="report")
    photograph(Person(app, ledger.officer), secret)
    photo = db.session.query(ConcernPhoto).one()
    for who in (ledger.cadre, ledger.supervisor, ledger.mayor, ledger.handler):
        assert Person(app, who).get(f"/concerns/photos/{photo.id}/full.jpg").status_code == 404


def test_what_has_ended_takes_no_photos_and_no_photo_is_another_concern_s(app: Flask, ledger: Ledger) -> None:
    first, second = ledger.register(), ledger.register()
    officer = Person(app, ledger.officer)
    photograph(officer, first)
    photo = db.session.query(ConcernPhoto).one()
    assert officer.post(f"/concerns/{second.id}/photos/{photo.id}/remove").status_code == 404
    actions.reject(ledger.officer, first, first.version, "不在本区")
    db.session.commit()
    assert photograph(officer, first, 1).status_code == 409


def test_the_office_puts_a_unit_in_charge_and_takes_it_back(app: Flask, ledger: Ledger) -> None:
    officer, address = Person(app, ledger.officer), f"/concerns/leads/{COUNTY}/0207"
    assert "按规则" in officer.get("/concerns/leads").text
    assert officer.post(address, {"unit_id": str(ledger.contact.id)}).status_code == 303
    assert ledger.register().lead_unit_id == ledger.contact.id
    page = officer.get("/concerns/leads").text
    assert "不指定时：区住建局" in page
    assert officer.post(address, {"unit_id": ""}).status_code == 303
    assert ledger.register().lead_unit_id == ledger.lead.id


def test_a_dissolved_unit_is_flagged_and_can_not_be_put_in_charge(app: Flask, ledger: Ledger) -> None:
    db.session.add(DomainLead(county_code=COUNTY, domain="02", unit_id=ledger.contact.id))
    ledger.contact.active = False
    db.session.commit()
    officer = Person(app, ledger.officer)
    assert "已撤销，请重新指定" in officer.get("/concerns/leads").text
    refused = officer.post(f"/concerns/leads/{COUNTY}/03", {"unit_id": str(ledger.contact.id)})
    assert refused.status_code == 422


@pytest.mark.parametrize("role", [Role.CADRE, Role.SUPERVISOR, Role.HANDLER, Role.ADMINISTRATOR])
def test_nobody_else_puts_units_in_charge(app: Flask, ledger: Ledger, role: Role) -> None:
    person = Person(app, ledger.make.cadre(role, unit=ledger.office_unit))
    assert person.get("/concerns/leads").status_code == 404
    assert person.post(f"/concerns/leads/{COUNTY}/0207", {"unit_id": ""}).status_code == 404


def test_no_other_county_and_no_unknown_domain_can_be_set(app: Flask, ledger: Ledger) -> None:
    officer = Person(app, ledger.officer)
    for address in ("340223/0207", f"{COUNTY}/0299", f"{COUNTY}/x"):
        assert officer.post(f"/concerns/leads/{address}", {"unit_id": ""}).status_code == 404


def test_number_and_code_show_state_answers_and_no_names(app: Flask, ledger: Ledger, anonymous: Person) -> None:
    concern = ledger.dispatched(ledger.at_home())
    actions.note(ledger.handler, concern, concern.version, "内部进展")
    actions.reply(ledger.handler, concern, concern.version, Outcome.RESOLVED, "水管已换新 <b>")
    db.session.commit()
    code = numbering.code_of(concern.uid)
    for number, typed in ((concern.number, code), (concern.number.replace("-", " "), f"{code[:4]} {code[4:].lower()}")):
        page = look_up(anonymous, number, typed)
        assert page.status_code == 200
        assert "承办单位已答复" in page.text
        assert "水管已换新 &lt;b&gt;" in page.text
        for hidden in ("内部进展", "李桂英", "吴涛", "孙丽", "王敏", concern.words):
            assert hidden not in page.text


def test_the_due_day_is_told_and_the_page_needs_no_script(ledger: Ledger, anonymous: Person) -> None:
    concern = ledger.dispatched()
    assert concern.due_on is not None
    page = look_up(anonymous, concern.number, numbering.code_of(concern.uid)).text
    assert f"{concern.due_on.month}月{concern.due_on.day}日" in page
    assert "<script" not in page
    assert len(page) < 4000
    assert "/concerns/look-up" in anonymous.get("/complaints/look-up").text


def test_a_wrong_code_and_a_number_of_nobody_are_told_alike_and_what_was_typed_stays(
    ledger: Ledger, anonymous: Person
) -> None:
    concern = ledger.register()
    wrong = look_up(anonymous, concern.number, "AAAA2222")
    nobody = look_up(anonymous, "繁-202601-9999", "AAAA2222")
    assert (wrong.status_code, nobody.status_code) == (422, 422)
    assert wrong.text.replace(concern.number, "") == nobody.text.replace("繁-202601-9999", "")
    assert concern.number in wrong.text
    assert look_up(anonymous, "不是编号", "AAAA2222").status_code == 422
    assert look_up(anonymous, concern.number, "水" * 20_000).status_code == 422


def test_guessing_ends(ledger: Ledger, anonymous: Person) -> None:
    concern = ledger.register()
    for _ in range(MOST_GUESSES):
        assert look_up(anonymous, concern.number, "AAAA2222").status_code == 422
    assert look_up(anonymous, concern.number, numbering.code_of(concern.uid)).status_code == 429
