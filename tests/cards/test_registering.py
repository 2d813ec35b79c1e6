"""Facts about reports that become concerns: registered once, by those whom they are for, and seen by the resident."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.cards.models import MessageState, ResidentMessage
from fieldvisit.concerns.models import Concern
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from tests.cards.making import Resident
from tests.concerns.making import Ledger
from tests.factories import Factory
from tests.person import Person


@pytest.fixture
def ledger(make: Factory) -> Ledger:
    """A county with the people who work on a concern."""
    return Ledger(make)


@pytest.fixture
def household(ledger: Ledger) -> Household:
    """A household of the ledger's cadre."""
    return ledger.make.household("李桂英", paired=ledger.cadre)


@pytest.fixture
def resident(app: Flask, ledger: Ledger, household: Household) -> Resident:
    """Somebody of that household."""
    return Resident(app, ledger.cadre, household)


def reported(resident: Resident, words: str = "村口路灯坏了", **fields: str) -> UUID:
    """Have something reported; return its id."""
    resident.report(words, **fields)
    return db.session.query(ResidentMessage).order_by(ResidentMessage.at.desc()).first().id  # type: ignore[union-attr]


def send(app: Flask, who: Cadre, message_id: UUID, **fields: str) -> TestResponse:
    """Register it."""
    form = {"words": "村口路灯坏了", "domain": "0208", "nature": "help", "people": "1"} | fields
    return Person(app, who).post(f"/messages/{message_id}/concern", form)


def registered() -> list[Concern]:
    """Return what the ledger holds."""
    return db.session.query(Concern).order_by(Concern.id).all()


def test_the_form_holds_the_resident_s_words_and_the_domain_that_they_point_to(
    app: Flask, ledger: Ledger, resident: Resident
) -> None:
    page = Person(app, ledger.cadre).get(f"/messages/{reported(resident)}/concern").text
    assert "村口路灯坏了</textarea>" in page
    assert '<option value="0208" selected>' in page


def test_what_was_registered_is_on_the_list_and_on_the_resident_s_page(
    app: Flask, ledger: Ledger, household: Household, resident: Resident
) -> None:
    message_id = reported(resident)
    assert send(app, ledger.cadre, message_id).status_code == 303
    [concern] = registered()
    assert (concern.uid, concern.household_id, concern.channel) == (message_id, household.id, "resident_page")
    assert concern.number in Person(app, ledger.cadre).get("/messages?state=all").text
    assert db.session.query(ResidentMessage).one().state is MessageState.TAKEN
    page = resident.page().text
    assert concern.number in page
    assert "等群众工作部受理" in page
    ledger.replied(concern)
    assert "水管已换新。" in resident.page().text


def test_a_second_person_who_registers_it_is_told_so(app: Flask, ledger: Ledger, resident: Resident) -> None:
    message_id = reported(resident)
    send(app, ledger.cadre, message_id)
    answer = send(app, ledger.officer, message_id, words="我改过的话")
    assert answer.status_code == 409
    assert "已经有人登记过了" in answer.text
    assert "我改过的话" in answer.text
    assert len(registered()) == 1


def test_what_goes_past_the_cadre_is_registered_by_the_office_and_stays_unseen_by_the_cadre(
    app: Flask, ledger: Ledger, household: Household, resident: Resident
) -> None:
    message_id = reported(resident, "帮扶总不上门", is_hidden="y", phone="13805530000")
    assert send(app, ledger.cadre, message_id).status_code == 404
    assert send(app, ledger.officer, message_id, words="帮扶总不上门", domain="1405").status_code == 303
    [concern] = registered()
    assert (concern.household_id, concern.asker_phone) == (None, "13805530000")
    assert concern.number not in Person(app, ledger.cadre).get(f"/households/{household.id}").text
    page = resident.page().text
    assert concern.number in page
    assert "帮扶总不上门" not in page


def test_what_is_confidential_is_not_on_the_resident_s_page(app: Flask, ledger: Ledger, resident: Resident) -> None:
    send(app, ledger.cadre, reported(resident), nature="report")
    [concern] = registered()
    assert concern.number not in resident.page().text
    assert concern.number not in Person(app, ledger.cadre).get("/messages?state=all").text


@pytest.mark.parametrize(("fields", "sentence"), [({"words": ""}, "请填写诉求"), ({"domain": ""}, "请选择涉及领域")])
def test_what_is_wrong_is_said_and_nothing_is_lost(
    app: Flask, ledger: Ledger, resident: Resident, fields: dict[str, str], sentence: str
) -> None:
    answer = send(app, ledger.cadre, reported(resident), **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="help" selected' in answer.text


def test_nobody_else_finds_it(app: Flask, ledger: Ledger, resident: Resident) -> None:
    message_id = reported(resident)
    stranger = ledger.make.cadre(unit=ledger.make.unit("区民政局", villages=()))
    for who in (stranger, ledger.supervisor, ledger.handler):
        assert send(app, who, message_id).status_code == 404
        assert Person(app, who).get(f"/messages/{message_id}/concern").status_code == 404


ORIGIN = "住户自己写的反映"


def test_a_concern_leads_back_to_the_message_that_it_was_registered_from(
    app: Flask, ledger: Ledger, resident: Resident
) -> None:
    other, message_id = reported(resident, "鸡叫得太早"), reported(resident)
    send(app, ledger.cadre, message_id, words="路灯的事")
    [concern] = registered()
    for who in (ledger.cadre, ledger.officer):
        page = Person(app, who).get(f"/concerns/{concern.id}").text
        assert f'<a href="/messages/{message_id}">{ORIGIN}</a>' in page
        message = Person(app, who).get(f"/messages/{message_id}").text
        assert "村口路灯坏了" in message
        assert concern.number in message
        assert "鸡叫得太早" not in message
    assert Person(app, ledger.cadre).get(f"/messages/{other}").status_code == 200


@pytest.mark.parametrize("who", ["handler", "supervisor", "mayor"])
def test_who_may_not_read_the_message_is_not_led_to_it(
    app: Flask, ledger: Ledger, resident: Resident, who: str
) -> None:
    message_id = reported(resident)
    send(app, ledger.cadre, message_id)
    [concern] = registered()
    ledger.dispatched(concern)
    person = Person(app, getattr(ledger, who))
    page = person.get(f"/concerns/{concern.id}")
    assert (page.status_code, ORIGIN in page.text, str(message_id) in page.text) == (200, False, False)
    assert person.get(f"/messages/{message_id}").status_code == 404


def test_a_message_that_goes_past_the_cadre_is_led_to_for_the_office_alone(
    app: Flask, ledger: Ledger, household: Household, resident: Resident
) -> None:
    message_id = reported(resident, "帮扶总不上门", is_hidden="y")
    send(app, ledger.officer, message_id, words="帮扶总不上门", domain="0901")
    [concern] = registered()
    assert ORIGIN in Person(app, ledger.officer).get(f"/concerns/{concern.id}").text
    # A handler of the unit at work who is the household's cadre as well.
    both = ledger.make.cadre(Role.HANDLER, Role.CADRE, unit=ledger.lead)
    ledger.make.pairing(both, household)
    ledger.dispatched(concern)
    page = Person(app, both).get(f"/concerns/{concern.id}")
    assert (page.status_code, ORIGIN in page.text) == (200, False)
    assert Person(app, both).get(f"/messages/{message_id}").status_code == 404


def test_a_concern_that_came_otherwise_leads_to_no_message(app: Flask, ledger: Ledger) -> None:
    assert ORIGIN not in Person(app, ledger.officer).get(f"/concerns/{ledger.register().id}").text
