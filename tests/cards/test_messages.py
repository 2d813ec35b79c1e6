"""Facts about what residents report: it arrives once, is read by those whom it is for, and is seen to be known."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.cards import actions, message_queries
from fieldvisit.cards.models import MessageState, ResidentMessage
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from tests.cards.making import Resident, words_of
from tests.factories import COUNTY, OTHER_VILLAGE, Factory
from tests.person import Person
from tests.visits.counting import queries_counted
from tests.visits.making import make_visit

YESTERDAY = clock.today() - timedelta(days=1)


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
    assert "13805530000" not in answer.text
    assert "路灯坏了" not in person.get("/messages").text
    assert "路灯坏了" in person.get("/messages?state=all").text
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "message_taken")).one()
    assert (event.actor_id, event.subject_id) == (cadre.id, str(household.id))


def test_whoever_takes_note_first_stays(app: Flask, cadre: Cadre, resident: Resident, office: Person) -> None:
    resident.report("路灯坏了")
    (row,) = messages()
    Person(app, cadre).post(f"/messages/{row.id}/take")
    assert "王敏" in office.post(f"/messages/{row.id}/take", fragment=True).text
    assert messages()[0].taken_by == cadre.id


def test_whoever_reads_a_report_may_see_its_number_which_the_audit_keeps(
    app: Flask, cadre: Cadre, household: Household, resident: Resident, office: Person
) -> None:
    resident.report("路灯坏了", phone="13805530000")
    (row,) = messages()
    for person in (Person(app, cadre), office):
        page = person.get("/messages").text
        assert "138****0000" in page
        assert "显示号码" in page
        shown = person.post(f"/messages/{row.id}/phone", fragment=True).text
        assert "tel:13805530000" in shown
        assert "<html" not in shown
    events = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "message_phone_shown")).all()
    assert [event.actor_id for event in events] == [cadre.id, office.cadre.id if office.cadre else None]
    assert {event.subject_id for event in events} == {str(household.id)}
    assert "13805530000" not in str([event.detail for event in events])


def test_without_script_the_number_comes_with_its_report(app: Flask, cadre: Cadre, resident: Resident) -> None:
    resident.report("路灯坏了", phone="13805530000")
    resident.report("水管坏了", phone="13805530001")
    first, _second = messages()
    page = Person(app, cadre).post(f"/messages/{first.id}/phone").text
    assert "路灯坏了" in page
    assert "tel:13805530000" in page
    assert "13805530001" not in page


def test_a_report_without_a_number_offers_none(app: Flask, cadre: Cadre, resident: Resident) -> None:
    resident.report("路灯坏了")
    assert "显示号码" not in Person(app, cadre).get("/messages").text


@pytest.mark.parametrize("tie", ["paired", "was paired", "left the card", "was there"])
def test_hidden_words_are_not_read_by_somebody_of_the_office_whom_they_may_be_about(
    app: Flask, make: Factory, cadre: Cadre, household: Household, resident: Resident, office: Person, tie: str
) -> None:
    unit = make.unit("区委群众工作部", division=COUNTY, villages=())
    both = make.cadre(Role.OFFICE, Role.CADRE, unit=unit, name="孙丽")
    writer = Resident(app, both, household) if tie == "left the card" else resident
    if tie.endswith("paired"):
        make.pairing(both, household, ends_on=YESTERDAY if tie == "was paired" else None)
    if tie == "was there":
        make_visit(both, household)
    writer.report("干部没来过", is_hidden="y", phone="13805530000")
    writer.report("路灯坏了")
    hidden, _open = messages()
    person = Person(app, both)
    for address in ("/messages", "/messages?state=all", f"/households/{household.id}"):
        page = person.get(address).text
        assert "干部没来过" not in page, address
        assert "路灯坏了" in page, address
    for part in ("take", "phone"):
        assert person.post(f"/messages/{hidden.id}/{part}").status_code == 404
    assert "干部没来过" in office.get("/messages").text


def test_somebody_of_the_office_reads_hidden_words_about_others_though_they_are_a_cadre_too(
    app: Flask, make: Factory, resident: Resident
) -> None:
    unit = make.unit("区委群众工作部", division=COUNTY, villages=())
    both = make.cadre(Role.OFFICE, Role.CADRE, unit=unit)
    make.household(paired=both)
    resident.report("干部没来过", is_hidden="y")
    assert "干部没来过" in Person(app, both).get("/messages").text


def test_what_is_for_the_office_only_no_cadre_sees(
    app: Flask, cadre: Cadre, household: Household, resident: Resident, office: Person
) -> None:
    resident.report("干部没来过", is_hidden="y")
    (row,) = messages()
    person = Person(app, cadre)
    for address in ("/messages", "/messages?state=all", f"/households/{household.id}", f"/r/{resident.token}"):
        assert "干部没来过" not in person.get(address).text, address
    for part in ("take", "phone"):
        assert person.post(f"/messages/{row.id}/{part}").status_code == 404
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
        for part in ("take", "phone"):
            assert person.post(f"/messages/{row.id}/{part}").status_code == 404
    assert "路灯坏了" not in Person(app, make.cadre()).get("/messages").text


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.HANDLER, Role.ADMINISTRATOR])
def test_others_have_no_list_and_take_note_of_nothing(
    app: Flask, make: Factory, household: Household, resident: Resident, role: Role
) -> None:
    resident.report("路灯坏了")
    (row,) = messages()
    person = Person(app, make.cadre(role, unit=make.unit("区委群众工作部", division=COUNTY)))
    assert person.get("/messages").status_code == 404
    for part in ("take", "phone"):
        assert person.post(f"/messages/{row.id}/{part}").status_code == 404
    assert "路灯坏了" not in person.get(f"/households/{household.id}").text
    assert messages()[0].state is MessageState.NEW


def test_the_list_is_paged_without_gaps(
    app: Flask, cadre: Cadre, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_queries, "PAGE", 3)
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
