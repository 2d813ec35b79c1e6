"""Facts about registering in a home: who may, what arrives twice, what the household's page says of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.concerns.models import Concern
from fieldvisit.concerns.rules import Level, Outcome
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from tests.concerns.making import Ledger
from tests.person import Person

FIRST = str(uuid4())
ONE_AND_TWO = (FIRST, FIRST, str(uuid4()))


@pytest.fixture
def household(ledger: Ledger) -> Household:
    """A household of the cadre's."""
    return ledger.make.household("李桂英", paired=ledger.cadre)


def write_down(
    app: Flask, who: Cadre, household: Household, uid: UUID | None = None, key: str = "", **values: Any
) -> TestResponse:
    """Send what the phone sends."""
    form = {"words": "饮水水质差", "domain": "0405", "people": "1"} | values
    headers = {"Idempotency-Key": key or str(uuid4()), "X-Cadre": str(who.id)}
    url = f"/households/{household.id}/concerns/{uid or uuid4()}"
    return Person(app, who).post(url, form, fragment=True, headers=headers)


def registered() -> list[Concern]:
    """Return what the ledger holds."""
    return db.session.query(Concern).order_by(Concern.id).all()


def test_a_cadre_registers_in_a_household_of_theirs(app: Flask, ledger: Ledger, household: Household) -> None:
    answer = write_down(app, ledger.cadre, household, people="40")
    [concern] = registered()
    assert concern.number in answer.text
    assert (concern.household_id, concern.registered_by, concern.channel, concern.nature) == (
        household.id, ledger.cadre.id, "home_visit", "help",
    )  # fmt: skip
    assert (concern.people, concern.level) == (40, Level.A)


def test_the_same_write_and_the_same_id_by_another_write_are_one_concern(
    app: Flask, ledger: Ledger, household: Household
) -> None:
    uid = uuid4()
    answers = [write_down(app, ledger.cadre, household, uid, key=key) for key in ONE_AND_TWO]
    assert {answer.status_code for answer in answers} == {200}
    assert len(registered()) == 1


def test_another_household_s_or_another_person_s_id_is_refused(
    app: Flask, ledger: Ledger, household: Household
) -> None:
    uid = uuid4()
    write_down(app, ledger.cadre, household, uid)
    other = ledger.make.household("王海", paired=ledger.cadre)
    assert write_down(app, ledger.cadre, other, uid).status_code == 409
    assert len(registered()) == 1


def test_it_belongs_to_one_s_own_visit_in_that_household_and_to_no_other(
    app: Flask, ledger: Ledger, household: Household
) -> None:
    for visit in (str(uuid4()), "nonsense", ""):
        assert write_down(app, ledger.cadre, household, visit=visit, card="kitchen").status_code == 200
    assert {(concern.visit_id, concern.card) for concern in registered()} == {(None, "")}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"words": "  "}, "请填写诉求"),
        ({"words": "水" * 1001}, "太长"),
        ({"words": "34021119561105002X"}, "身份证号"),
        ({"domain": ""}, "请选择涉及领域"),
        ({"domain": "0299"}, "已经停用"),
        ({"nature": "gossip"}, "已经停用"),
        ({"people": "0"}, "人数请填"),
        ({"people": "many"}, "人数请填"),
    ],
)
def test_what_can_not_be_taken_is_said_in_a_sentence(
    app: Flask, ledger: Ledger, household: Household, values: dict[str, Any], sentence: str
) -> None:
    answer = write_down(app, ledger.cadre, household, **values)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert registered() == []


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.HANDLER, Role.ADMINISTRATOR])
def test_nobody_else_registers_in_a_home(app: Flask, ledger: Ledger, household: Household, role: Role) -> None:
    who = ledger.make.cadre(role, unit=ledger.contact)
    assert write_down(app, who, household).status_code == 404
    assert Person(app, who).get(f"/households/{household.id}/concerns/new").status_code == 404


def test_a_cadre_of_another_village_does_not(app: Flask, ledger: Ledger, household: Household) -> None:
    stranger = ledger.make.cadre(unit=ledger.make.unit("区民政局", villages=()))
    assert write_down(app, stranger, household).status_code == 404
    assert "登记诉求" not in Person(app, ledger.make.cadre(Role.ADMINISTRATOR, unit=ledger.office_unit)).get(
        f"/households/{household.id}"
    ).text  # fmt: skip


def test_what_is_confidential_is_confirmed_without_a_number_and_shown_nowhere(
    app: Flask, ledger: Ledger, household: Household
) -> None:
    answer = write_down(app, ledger.cadre, household, domain="1401", words="乱收费")
    [concern] = registered()
    assert "密件" in answer.text
    assert concern.number not in answer.text
    page = Person(app, ledger.cadre).get(f"/households/{household.id}").text
    assert "乱收费" not in page
    assert concern.number not in page


def test_the_household_s_page_says_what_became_of_it(app: Flask, ledger: Ledger, household: Household) -> None:
    write_down(app, ledger.cadre, household)
    [concern] = registered()
    ledger.replied(concern, Outcome.PARTLY_RESOLVED)
    page = Person(app, ledger.cadre).get(f"/households/{household.id}").text
    for words in (concern.number, "已答复", "部分化解", "水管已换新。"):
        assert words in page


def test_what_was_registered_by_mistake_is_taken_back_by_whoever_registered_it(
    app: Flask, ledger: Ledger, household: Household
) -> None:
    uid = uuid4()
    write_down(app, ledger.cadre, household, uid)
    colleague = ledger.make.cadre(unit=ledger.contact)
    ledger.make.pairing(colleague, household)
    url = f"/households/{household.id}/concerns/{uid}/withdraw"
    assert Person(app, colleague).post(url, fragment=True).status_code == 404
    assert Person(app, ledger.cadre).post(url, fragment=True).status_code == 200
    assert registered()[0].outcome is Outcome.WITHDRAWN


def test_markup_in_the_words_is_text_on_every_page(app: Flask, ledger: Ledger, household: Household) -> None:
    write_down(app, ledger.cadre, household, words="<script>alert(1)</script>")
    assert "<script>alert" not in Person(app, ledger.cadre).get(f"/households/{household.id}").text


def test_a_tag_never_points_to_a_confidential_domain(app: Flask, ledger: Ledger, household: Household) -> None:
    page = Person(app, ledger.cadre).get(f"/households/{household.id}/visit").text
    assert (
        "&#34;干部作风&#34;: &#34;&#34;" in page or '"\\u5e72\\u90e8\\u4f5c\\u98ce": ""'.replace('"', "&#34;") in page
    )
    assert "按密件办理" in page
