"""Facts about registering at the office's desk: what is suggested, refused and kept, and the receipt."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask

from fieldvisit.accounts.models import Role
from fieldvisit.concerns import likeness, numbering
from fieldvisit.concerns.likeness import Candidate
from fieldvisit.concerns.models import Concern
from fieldvisit.extensions import db
from fieldvisit.households.models import HouseholdTerm
from tests.concerns.making import Ledger
from tests.factories import OTHER_VILLAGE, TOWN, VILLAGE
from tests.person import Person

WORDS = "村东头水管破了，三户人家停水三天"


@pytest.fixture
def officer(app: Flask, ledger: Ledger) -> Person:
    """The office's browser."""
    return Person(app, ledger.officer)


def filled(**changed: str) -> dict[str, str]:
    """Return a filled form."""
    values = {
        "uid": str(uuid4()), "village": "繁阳镇 缸窑村", "channel": "letter", "nature": "help", "top": "02",
        "domain": "0207", "level": "B", "people": "3", "words": WORDS,
    }  # fmt: skip
    return values | changed


def concerns() -> list[Concern]:
    return db.session.query(Concern).order_by(Concern.id).all()


def test_a_letter_is_registered_and_answered_with_its_receipt(officer: Person) -> None:
    answer = officer.post("/concerns/new", filled(asker_name="刘先生", asker_phone="138 0553 0001"))
    (concern,) = concerns()
    assert answer.headers["Location"] == f"/concerns/{concern.id}/receipt"
    assert (concern.village_code, concern.channel, concern.people) == (VILLAGE, "letter", 3)
    assert concern.asker_phone == "13805530001"
    receipt = officer.get(answer.headers["Location"]).text
    code = numbering.code_of(concern.uid)
    assert concern.number in receipt
    assert f"{code[:4]} {code[4:]}" in receipt
    assert "/concerns/look-up" in receipt


def test_one_form_sent_twice_is_one_concern(officer: Person) -> None:
    data = filled()
    places = [officer.post("/concerns/new", data).headers["Location"] for _ in "12"]
    assert len(concerns()) == 1
    assert places[0] == places[1]


@pytest.mark.parametrize("role", [Role.CADRE, Role.SUPERVISOR, Role.HANDLER, Role.ADMINISTRATOR])
def test_nobody_else_registers_at_the_desk(app: Flask, ledger: Ledger, role: Role) -> None:
    person = Person(app, ledger.make.cadre(role, unit=ledger.office_unit))
    assert person.get("/concerns/new").status_code == 404
    assert person.post("/concerns/new", filled()).status_code == 404
    assert person.post("/concerns/new/hints", filled()).status_code == 404
    assert person.get(f"/concerns/people?reported_unit_id={ledger.lead.id}").status_code == 404


@pytest.mark.parametrize(("unit", "sentence"), [("town", "由区县的群众工作部门登记"), ("contact", "没有设管辖范围")])
def test_an_office_without_a_county_is_told_what_is_missing_and_who_sets_it(
    app: Flask, ledger: Ledger, unit: str, sentence: str
) -> None:
    person = Person(app, ledger.make.cadre(Role.OFFICE, unit=getattr(ledger, unit)))
    for answer in (person.get("/concerns/new"), person.post("/concerns/new", filled()), person.get("/concerns/leads")):
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "请联系管理员，在“单位”里" in answer.text
    assert concerns() == []


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("words", "", "请填写内容"),
        ("words", "水" * 20_000, "最多 5000 个字，现在有 20000 个"),
        ("words", "身份证 340221195611123456", "身份证号"),
        ("village", "没有这个村", "没有找到这个地方"),
        ("village", "村", "有几个地方叫这个名字：繁阳镇 缸窑村（340212100217）、繁阳镇 柳墩村（340212100218）"),
        ("channel", "x", "请从列表里选择渠道"),
        ("domain", "", "请选择具体领域"),
        ("level", "", "请选择级别"),
        ("people", "0", "请填 1 到 100000 的数字"),
        ("people", "很多", "请填 1 到 100000 的数字"),
        ("asker_phone", "12", "电话号码不对"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_everything_typed_stays(
    officer: Person, field: str, value: str, sentence: str
) -> None:
    data = filled(place="3 组村口<b>", asker_name="刘先生") | {field: value}
    for fragment in (False, True):
        answer = officer.post("/concerns/new", data, fragment=fragment)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "3 组村口&lt;b&gt;" in answer.text
        assert "刘先生" in answer.text
        assert data["words"] in answer.text
        assert data["uid"] in answer.text
    assert concerns() == []


def test_what_is_anonymous_keeps_no_name(officer: Person) -> None:
    refused = officer.post("/concerns/new", filled(is_anonymous="y", asker_name="刘先生"))
    assert refused.status_code == 422
    assert "刘先生" in refused.text
    assert officer.post("/concerns/new", filled(is_anonymous="y")).status_code == 303
    assert concerns()[0].is_anonymous


@pytest.mark.parametrize(
    ("typed", "code"), [("缸窑", VILLAGE), ("繁阳镇", TOWN), (OTHER_VILLAGE, OTHER_VILLAGE), ("柳墩村", OTHER_VILLAGE)]
)
def test_a_place_is_found_by_a_part_of_its_name_or_by_its_code(officer: Person, typed: str, code: str) -> None:
    officer.post("/concerns/new", filled(village=typed))
    assert [concern.village_code for concern in concerns()] == [code]


def test_a_household_is_found_in_the_village_and_belongs_to_it(officer: Person, ledger: Ledger) -> None:
    household = ledger.make.household("李桂英")
    db.session.add(HouseholdTerm(household_id=household.id, term="李桂英"))
    db.session.commit()
    hints = officer.post("/concerns/new/hints", filled(find="李桂"), fragment=True).text
    assert str(household.id) in hints
    assert str(household.id) not in officer.post("/concerns/new/hints", filled(find="李桂", village="柳墩村")).text
    refused = officer.post("/concerns/new", filled(household_id=str(household.id), village="柳墩村"))
    assert refused.status_code == 422
    assert "这一户不在上面选的村" in refused.text
    assert officer.post("/concerns/new", filled(household_id=str(household.id))).status_code == 303
    assert concerns()[0].household_id == household.id


def test_a_household_of_elsewhere_is_not_there(officer: Person) -> None:
    assert officer.post("/concerns/new", filled(household_id=str(uuid4()))).status_code == 404


def test_domain_and_level_are_suggested_from_the_words_and_filled_in_at_a_tap(officer: Person) -> None:
    data = filled(top="", domain="", level="")
    hints = officer.post("/concerns/new/hints", data, fragment=True).text
    assert "城乡建设 · 供水排水" in hints
    assert "写到了“停水”" in hints
    adopted = officer.post("/concerns/new/hints", data | {"adopt": "1"}).text
    assert '<option selected value="0207">' in adopted
    assert WORDS in adopted


def test_what_is_probably_the_same_is_shown_while_writing_and_on_the_page(officer: Person, ledger: Ledger) -> None:
    near, far = ledger.register(), ledger.register(words="村东头水管破了，三户停水", village_code=OTHER_VILLAGE)
    other = ledger.register(words="请多放两场电影", domain="0805", village_code=OTHER_VILLAGE)
    hints = officer.post("/concerns/new/hints", filled(), fragment=True).text
    assert near.number in hints
    assert far.number in hints
    assert other.number not in hints
    page = officer.get(f"/concerns/{near.id}").text
    assert far.number in page
    assert other.number not in page


def test_no_confidential_concern_is_hinted_at(app: Flask, ledger: Ledger, officer: Person) -> None:
    about_me = ledger.register(nature="report", reported_cadre_id=ledger.officer.id)
    secret = ledger.register(nature="report")
    open_one = ledger.register()
    for text in (
        officer.post("/concerns/new/hints", filled(), fragment=True).text, officer.get(f"/concerns/{open_one.id}").text
    ):  # fmt: skip
        assert secret.number not in text
        assert about_me.number not in text
    hints = officer.post("/concerns/new/hints", filled(nature="report"), fragment=True).text
    assert secret.number in hints
    assert about_me.number not in hints


def test_a_confidential_one_asks_whom_it_is_about_and_an_open_one_keeps_it_not(officer: Person, ledger: Ledger) -> None:
    about = {"reported_unit_id": str(ledger.lead.id), "reported_cadre_id": str(ledger.handler.id)}
    assert "reported_unit_id" not in officer.post("/concerns/new/hints", filled(), fragment=True).text.replace(
        'id="reported_unit_id-reported"', ""
    )
    officer.post("/concerns/new", filled(nature="report") | about)
    officer.post("/concerns/new", filled() | about)
    secret, plain = concerns()
    assert (secret.restricted, secret.reported_unit_id, secret.reported_cadre_id) == (
        True, ledger.lead.id, ledger.handler.id,
    )  # fmt: skip
    assert (plain.restricted, plain.reported_unit_id, plain.reported_cadre_id) == (False, None, None)


def test_nobody_registers_what_is_about_themselves(officer: Person, ledger: Ledger) -> None:
    answer = officer.post("/concerns/new", filled(nature="report", reported_unit_id=str(ledger.office_unit.id)))
    assert answer.status_code == 422
    assert "您本人或您的单位" in answer.text


def test_the_second_level_of_a_domain_follows_the_first(officer: Person) -> None:
    assert "农村公路" in officer.get("/concerns/domains?top=05").text
    assert "先选领域" in officer.get("/concerns/domains?top=x").text


@pytest.mark.parametrize(
    ("one", "other", "percent"),
    [
        ("水管破了", "水管破了", 100),
        ("水管破了！", "水管 破了", 100),
        ("水管破了", "路灯不亮", 0),
        ("", "", 0),
        ("水", "水", 0),
    ],
)
def test_words_are_alike_by_the_pieces_they_share(one: str, other: str, percent: int) -> None:
    assert likeness.likeness(one, other) == percent


def test_at_most_five_are_shown_the_most_alike_first() -> None:
    found = [Candidate(n, f"n{n}", "assigned", "水管破了" + "了" * n, VILLAGE, "0207") for n in range(9)]
    shown = likeness.alike("水管破了", VILLAGE, "0207", found)
    assert [one.concern.id for one in shown][:1] == [0]
    assert len(shown) == 5
