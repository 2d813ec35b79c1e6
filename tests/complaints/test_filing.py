"""Filing: who may, what is kept, what comes back, and that nothing is filed twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.complaints import receipts, rules
from fieldvisit.extensions import db
from tests.complaints.filing import PHONE, WORDS, Filer, audited, complaints, receipt_of, the_one
from tests.factories import Factory
from tests.person import Person

ID_NUMBER = "34022119560312001X"


def test_a_resident_without_an_account_files_and_gets_a_receipt(filer: Filer) -> None:
    receipt = filer.file(place="繁阳镇缸窑村")
    found = the_one()
    assert receipt.number == found.number == rules.number_of(rules.month_of(clock.today()), 1)
    assert (found.words, found.place, found.name, found.phone) == (WORDS, "繁阳镇缸窑村", "", "")


def test_the_receipt_says_who_answers_until_when_and_how_to_look_it_up(filer: Filer) -> None:
    page = filer.send(filer.filled()).text
    due = the_one().answer_by
    assert due == clock.today() + timedelta(days=15)
    for words in (
        "区委群众工作部",
        f"{due.year}年{due.month}月{due.day}日",
        "/complaints/look-up",
        "查答复",
        "只显示这一次",
    ):
        assert words in page


def test_the_receipt_names_the_public_address_where_it_is_set(filer: Filer, public_url: str) -> None:
    assert f"打开 {public_url}/complaints/look-up（" in filer.send(filer.filled()).text


def test_the_form_says_who_reads_it_and_until_when_it_is_answered(filer: Filer) -> None:
    page = filer.person.get("/complaints").text
    assert "由区委群众工作部专人查看，15 天内答复" in page
    assert "您反映的单位和个人看不到" in page


def test_the_office_is_the_unit_of_those_who_still_work_there(make: Factory, filer: Filer) -> None:
    make.cadre(Role.OFFICE, unit=make.unit("旧办公室", position=-1), active=False)
    assert "由区委群众工作部专人查看" in filer.person.get("/complaints").text


def test_the_box_is_open_before_the_office_has_an_account(anonymous: Person) -> None:
    assert receipt_of(Filer(anonymous).send(Filer(anonymous).filled())).number.endswith("-0001")


@pytest.mark.parametrize("address", ["/sign-in", "/nowhere"])
def test_pages_without_navigation_lead_to_the_box(anonymous: Person, address: str) -> None:
    assert 'href="/complaints"' in anonymous.get(address, follow_redirects=True).text


@pytest.mark.parametrize("role", list(Role))
def test_everybodys_pages_lead_to_the_box(app: Flask, make: Factory, role: Role) -> None:
    assert 'href="/complaints"' in Person(app, make.cadre(role)).get("/me").text


def test_the_code_is_kept_as_a_digest_only(filer: Filer) -> None:
    receipt = filer.file()
    found = the_one()
    code = rules.typed_code(receipt.code)
    assert found.code_sha256 == receipts.code_digest(found.id, code)
    assert code not in str({column.name: getattr(found, column.name) for column in found.__table__.columns})


def test_the_code_shows_on_no_other_page(filer: Filer, desk: Person) -> None:
    receipt = filer.file()
    desk_page = desk.get(f"/complaints/desk/{the_one().id}").text
    for page in (desk_page, filer.look_up(*receipt).text, filer.person.get("/complaints").text):
        assert receipt.code not in page


def test_a_second_tap_files_nothing_and_shows_the_same_receipt(filer: Filer) -> None:
    form = filer.filled()
    assert receipt_of(filer.send(form)) == receipt_of(filer.send(form))
    assert len(complaints()) == 1
    assert len(audited("complaint_filed")) == 1


def test_a_second_tap_takes_no_number(filer: Filer) -> None:
    form = filer.filled()
    filer.send(form)
    filer.send(form)
    assert filer.file().number.endswith("-0002")


def test_other_words_in_a_form_that_came_back_are_another_complaint(filer: Filer) -> None:
    form = filer.filled()
    first, second = (receipt_of(filer.send(form | {"words": words})) for words in ("路灯坏了", "水管也坏了"))
    assert first.code != second.code
    assert [found.words for found in complaints()] == ["路灯坏了", "水管也坏了"]


def test_two_peoples_same_words_are_two_complaints(filer: Filer) -> None:
    assert filer.file().code != filer.file().code
    assert len(complaints()) == 2


def test_numbers_begin_again_with_each_month_of_china(filer: Filer) -> None:
    numbers = []
    for day in (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), datetime(2026, 11, 30, 16, 1, tzinfo=UTC)):
        with time_machine.travel(day):
            numbers.append(filer.file().number)
    assert numbers == ["投-202611-0001", "投-202612-0001"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"words": ""}, "请写下您要反映的事"),
        ({"words": "  \n "}, "请写下您要反映的事"),
        ({"words": "字" * 2001}, "内容最多 2000 个字，现在有 2001 个"),
        ({"words": f"我的号码是{ID_NUMBER}"}, "系统不收身份证号"),
        ({"place": "村" * 61}, "地点最多 60 个字，现在有 61 个"),
        ({"place": ID_NUMBER}, "系统不收身份证号"),
        ({"name": "李" * 41}, "称呼最多 40 个字"),
        ({"name": ID_NUMBER}, "系统不收身份证号"),
        ({"phone": "12345"}, "电话号码不对"),
        ({"call_back": "y"}, "要回电话，请留下电话号码"),
        ({"kind": "praise"}, "请选择类别"),
    ],
)
def test_a_wrong_form_comes_back_with_a_sentence_and_all_that_was_typed(
    filer: Filer, typed: dict[str, str], sentence: str
) -> None:
    form = filer.filled(words=WORDS, place="缸窑村", name="李先生") | typed
    answer = filer.send(form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert complaints() == []
    for field in ("words", "place", "name", "phone"):
        assert form.get(field, "").strip() in answer.text
    assert form["word"] in answer.text


def test_two_thousand_characters_are_kept_in_full(filer: Filer) -> None:
    filer.file(words="字" * 2000)
    assert the_one().words == "字" * 2000


def test_a_call_back_needs_a_phone_which_is_kept_in_one_form(filer: Filer) -> None:
    filer.file(call_back="y", phone="139 0553-0009")
    found = the_one()
    assert (found.phone, found.call_back, found.calling) == (PHONE, True, True)


def test_words_are_shown_as_text_never_as_markup(filer: Filer, desk: Person) -> None:
    attack = "<script>alert(1)</script>"
    receipt = filer.file(words=attack, place=attack, name=attack)
    pages = [
        filer.look_up(*receipt).text,
        desk.get("/complaints/desk").text,
        desk.get(f"/complaints/desk/{the_one().id}").text,
        filer.send(filer.filled(words=attack, phone="x")).text,
    ]
    for page in pages:
        assert attack not in page
        assert "&lt;script&gt;" in page


def test_a_form_of_another_site_is_refused(filer: Filer) -> None:
    assert filer.send(filer.filled(), headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert complaints() == []


# Who is signed in


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """Somebody with an account who has something to say."""
    return make.cadre(name="王敏", phone=PHONE)


@pytest.fixture
def own(app: Flask, officer: Cadre, cadre: Cadre) -> Filer:
    """That person's browser."""
    return Filer(Person(app, cadre))


def test_who_is_signed_in_is_kept_nowhere_unless_they_say_so(own: Filer, cadre: Cadre) -> None:
    own.file()
    found = the_one()
    kept = " ".join(str(getattr(found, column.name)) for column in found.__table__.columns)
    assert not any(mark in kept for mark in (cadre.name, PHONE, cadre.user_name))
    assert [event.actor_id for event in audited("complaint_filed")] == [None]


def test_a_tick_adds_the_name_and_the_phone_of_the_account(own: Filer) -> None:
    own.file(own_name="y", call_back="y")
    assert (the_one().name, the_one().phone) == ("王敏", PHONE)


def test_what_is_typed_goes_before_the_account(own: Filer) -> None:
    own.file(own_name="y", name="小王", phone="13905530010")
    assert (the_one().name, the_one().phone) == ("小王", "13905530010")


def test_an_account_without_a_phone_can_not_be_called_back(app: Flask, make: Factory, officer: Cadre) -> None:
    own = Filer(Person(app, make.cadre(Role.ADMINISTRATOR, phone=None)))
    answer = own.send(own.filled(own_name="y", call_back="y"))
    assert answer.status_code == 422
    assert "请留下电话号码" in answer.text


def test_nobody_is_asked_about_an_account_that_they_do_not_have(filer: Filer) -> None:
    assert "own_name" not in filer.person.get("/complaints").text
    filer.file(own_name="y")
    assert the_one().name == ""


def test_the_audit_holds_no_words_names_or_phones(own: Filer) -> None:
    own.file(own_name="y", call_back="y", place="缸窑村")
    (event,) = audited("complaint_filed")
    assert event.detail == {"kind": "complaint"}
    assert event.subject_id == str(the_one().id)


# How many


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an address file three an hour."""
    monkeypatch.setattr(rules, "MOST_FILED", 3)


@pytest.mark.usefixtures("few")
def test_an_address_files_so_many_an_hour_and_is_told_what_to_do(filer: Filer) -> None:
    for _ in range(3):
        filer.file()
    form = filer.filled(words="第四件")
    answer = filer.send(form)
    assert answer.status_code == 429
    assert "改用手机流量" in answer.text
    assert "第四件" in answer.text
    assert form["word"] in answer.text
    assert len(complaints()) == 3


@pytest.mark.usefixtures("few")
def test_another_address_still_files(filer: Filer) -> None:
    for _ in range(3):
        filer.file()
    receipt_of(filer.send(filer.filled(), environ_base={"REMOTE_ADDR": "203.0.113.9"}))


@pytest.mark.usefixtures("few")
def test_after_an_hour_the_address_files_again(filer: Filer) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(3):
            filer.file()
        time.shift(timedelta(minutes=59))
        assert filer.send(filer.filled()).status_code == 429
        time.shift(timedelta(minutes=1))
        filer.file()


@pytest.mark.usefixtures("few")
def test_the_last_ones_second_tap_shows_the_receipt_too(filer: Filer) -> None:
    for _ in range(2):
        filer.file()
    form = filer.filled()
    assert receipt_of(filer.send(form)) == receipt_of(filer.send(form))


@pytest.mark.usefixtures("few")
def test_wrong_forms_do_not_count(filer: Filer) -> None:
    for _ in range(4):
        filer.send(filer.filled(words=""))
    filer.file()


def test_of_an_address_only_a_digest_is_kept(filer: Filer, app: Flask) -> None:
    filer.send(filer.filled(), environ_base={"REMOTE_ADDR": "203.0.113.9"})
    kept = db.session.connection().exec_driver_sql("SELECT * FROM address_use").all()
    assert len(kept) == 1
    assert not re.search(r"203\.0\.113", str(kept))
