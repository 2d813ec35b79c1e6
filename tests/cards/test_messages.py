"""Facts about what residents report: it arrives once, is read by those whom it is for, and is seen to be known."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.cards import actions, queries
from fieldvisit.cards.models import MessageState, ResidentMessage
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from tests.cards.making import Resident, words_of
from tests.factories import COUNTY, OTHER_VILLAGE, Factory
from tests.person import Person
from tests.visits.counting import queries_counted


def messages() -> list[ResidentMessage]:
    """Return all messages, the oldest first."""
    db.session.expire_all()
    return list(db.session.scalars(sa.select(ResidentMessage).order_by(ResidentMessage.at)))


@pytest.fixture
def office(app: Flask, make: Factory) -> Person:
    """Somebody of the county's office."""
    return Person(app, make.cadre(Role.OFFICE, unit=make.unit("区委群众工作部", division=COUNTY, villages=())))


def test_what_is_reported_is_kept_with_its_link_and_shown_with_its_state(
    app: Flask, cadre: Cadre, household: Household, resident: Resident
) -> None:
    answer = resident.report("门口的路灯坏了", phone="138 0553 0000")
    assert answer.status_code == 303
    (row,) = messages()
    assert (row.words, row.phone, row.state) == ("门口的路灯坏了", "13805530000", MessageState.NEW)
    assert (row.household_id, row.link_id) == (household.id, resident.link_id)
    page = resident.page("?reported=1")
    assert "已经收到，谢谢您" in page.text
    assert "门口的路灯坏了" in page.text
    assert "已收到，等工作人员看" in page.text
    assert "13805530000" not in page.text
    Person(app, cadre).post(f"/messages/{row.id}/take")
    assert "工作人员已经知道了" in resident.page().text


def test_the_form_of_a_report_sent_twice_is_one_report(resident: Resident) -> None:
    message_id = str(uuid4())
    for _ in range(3):
        assert resident.report("路灯坏了", id=message_id).status_code == 303
    assert len(messages()) == 1


def test_the_id_of_another_household_s_report_is_not_taken(
    app: Flask, make: Factory, cadre: Cadre, resident: Resident
) -> None:
    other = Resident(app, cadre, make.household(paired=cadre))
    message_id = str(uuid4())
    other.report("别家的事", id=message_id)
    answer = resident.report("自家的事", id=message_id)
    assert answer.status_code == 409
    assert actions.USED in answer.text
    assert "自家的事" in answer.text
    assert "别家的事" not in answer.text


@pytest.mark.parametrize(
    ("words", "phone", "sentence"),
    [
        ("", "", "请填写您要反映的情况"),
        (" \n\t ", "", "请填写您要反映的情况"),
        ("路灯坏了", "12345", "号码不对"),
        ("路灯坏了", "打我儿子电话", "号码不对"),
        ("路灯坏了", "1" * 41, "太长了"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_the_rest_stays(
    resident: Resident, words: str, phone: str, sentence: str
) -> None:
    answer = resident.report(words, phone=phone)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert words.strip() in answer.text
    assert phone in answer.text
    assert messages() == []


def test_markup_in_a_report_stays_text_everywhere(
    app: Flask, cadre: Cadre, household: Household, resident: Resident
) -> None:
    resident.report("<script>alert(1)</script>")
    person = Person(app, cadre)
    for page in (resident.page(), person.get("/messages"), person.get(f"/households/{household.id}")):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert" in page.text


def test_the_cadre_finds_new_reports_on_the_household_and_in_the_list_until_they_are_known(
    app: Flask, cadre: Cadre, household: Household, resident: Resident
) -> None:
    resident.report("路灯坏了", phone="13805530000")
    (row,) = messages()
    person = Person(app, cadre)
    for address in ("/messages", f"/households/{household.id}"):
        page = person.get(address).text
        assert "路灯坏了" in page
        assert "138****0000" in page
        assert "13805530000" not in page
    answer = person.post(f"/messages/{row.id}/take", fragment=True)
    assert answer.status_code == 200
    assert "王敏" in answer.text
    assert "tel:13805530000" in answer.text
    assert "路灯坏了" not in person.get("/messages").text
    assert "路灯坏了" in person.get("/messages?state=all").text
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "message_taken")).one()
    assert (event.actor_id, event.subject_id) == (cadre.id, str(household.id))


def test_whoever_takes_note_first_stays_and_others_see_the_number_masked(
    app: Flask, cadre: Cadre, resident: Resident, office: Person
) -> None:
    resident.report("路灯坏了", phone="13805530000")
    (row,) = messages()
    Person(app, cadre).post(f"/messages/{row.id}/take")
    answer = office.post(f"/messages/{row.id}/take", fragment=True)
    assert "王敏" in answer.text
    assert "138****0000" in answer.text
    assert messages()[0].taken_by == cadre.id


def test_what_is_for_the_office_only_no_cadre_sees(
    app: Flask, cadre: Cadre, household: Household, resident: Resident, office: Person
) -> None:
    resident.report("干部没来过", is_hidden="y")
    (row,) = messages()
    person = Person(app, cadre)
    for address in ("/messages", "/messages?state=all", f"/households/{household.id}", f"/r/{resident.token}"):
        assert "干部没来过" not in person.get(address).text, address
    assert person.post(f"/messages/{row.id}/take").status_code == 404
    assert "干部没来过" in office.get("/messages").text
    assert office.post(f"/messages/{row.id}/take").status_code == 303


def test_an_office_of_elsewhere_and_a_cadre_who_is_not_paired_see_nothing_in_the_list(
    app: Flask, make: Factory, resident: Resident
) -> None:
    resident.report("路灯坏了")
    (row,) = messages()
    elsewhere = make.unit("区档案馆", villages=(OTHER_VILLAGE,))
    for role in (Role.OFFICE, Role.CADRE):
        person = Person(app, make.cadre(role, unit=elsewhere))
        assert "路灯坏了" not in person.get("/messages?state=all").text
        assert person.post(f"/messages/{row.id}/take").status_code == 404
    assert "路灯坏了" not in Person(app, make.cadre()).get("/messages").text


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.HANDLER, Role.ADMINISTRATOR])
def test_others_have_no_list_and_take_note_of_nothing(
    app: Flask, make: Factory, household: Household, resident: Resident, role: Role
) -> None:
    resident.report("路灯坏了")
    (row,) = messages()
    person = Person(app, make.cadre(role, unit=make.unit("区委群众工作部", division=COUNTY)))
    assert person.get("/messages").status_code == 404
    assert person.post(f"/messages/{row.id}/take").status_code == 404
    assert "路灯坏了" not in person.get(f"/households/{household.id}").text
    assert messages()[0].state is MessageState.NEW


def test_the_list_is_paged_without_gaps(
    app: Flask, cadre: Cadre, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    for number in range(8):
        resident.report(f"第{number}件")
    person, seen, url = Person(app, cadre), [], "/messages"
    while url:
        page = person.get(url).text
        seen += re.findall(r"第\d件", page)
        following = re.search(r'href="(/messages\?after=[^"]+)"', page)
        url = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"第{number}件" for number in range(7, -1, -1)]


@pytest.mark.parametrize("cursor", ["x", "bm9uc2Vuc2U", "WyJhIiwiYiJd", "%00", "WyIyMDI2LTAxLTAxIiwgIngiXQ"])
def test_a_damaged_page_address_is_not_an_error(app: Flask, cadre: Cadre, cursor: str) -> None:
    assert Person(app, cadre).get(f"/messages?after={cursor}").status_code in (200, 404)


def test_the_list_costs_the_same_queries_however_long_it_is(app: Flask, cadre: Cadre, resident: Resident) -> None:
    costs = []
    for _ in range(2):
        for number in range(4):
            resident.report(f"{number}")
        with queries_counted() as statements:
            assert words_of(Person(app, cadre).get("/messages"))
        costs.append(len(statements))
    assert costs[0] == costs[1]
