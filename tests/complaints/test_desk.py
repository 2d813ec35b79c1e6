"""The office's desk: who may sit there, the list, answers, call-backs, phones."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from fieldvisit import paging
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.complaints import queries
from fieldvisit.complaints.forms import Wanted
from fieldvisit.complaints.models import Complaint, State
from fieldvisit.extensions import db
from tests.complaints.filing import PHONE, WORDS, Filer, audited, make_complaint
from tests.factories import COUNTY, Factory
from tests.person import Person
from tests.visits.counting import queries_counted


def numbers(person: Person, url: str = "/complaints/desk") -> list[str]:
    """Return the numbers that a page of the list holds, in its order."""
    return re.findall(r"<strong>(.+?)</strong>", person.get(url).text)


def page_of(complaint: Complaint) -> str:
    """Return the address of a complaint at the desk."""
    return f"/complaints/desk/{complaint.id}"


def answers(complaint: Complaint) -> list[str]:
    """Return its answers, the one that stands first."""
    return [answer.words for answer in queries.answers_to(complaint.id)]


@pytest.mark.parametrize("role", Role)
def test_the_desk_does_not_exist_for_anybody_else_nor_for_an_office_of_nowhere(
    app: Flask, make: Factory, role: Role
) -> None:
    complaint = make_complaint(phone=PHONE, call_back=True, calling=True)
    other, page = Person(app, make.cadre(role, unit=make.unit("区档案馆", villages=()))), page_of(complaint)
    statuses = [other.get(url).status_code for url in ("/complaints/desk", page)]
    statuses += [
        other.post(f"{page}/{part}", {"seen": 0, "words": "x", "reached": "yes"}).status_code
        for part in ("answer", "call", "phone")
    ]
    assert statuses == [404] * 5
    assert answers(complaint) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFFICE])
def test_nobody_elses_navigation_leads_to_the_desk(app: Flask, make: Factory, role: Role) -> None:
    assert "/complaints/desk" not in Person(app, make.cadre(role)).get("/me").text


def test_whoever_is_not_signed_in_is_sent_to_sign_in(anonymous: Person) -> None:
    assert "/sign-in" in anonymous.get("/complaints/desk").headers["Location"]


def test_the_offices_navigation_leads_to_the_desk(desk: Person) -> None:
    assert 'href="/complaints/desk"' in desk.get("/me").text


def test_the_list_has_the_newest_first_and_begins_with_what_waits(desk: Person) -> None:
    old, new = make_complaint(days_ago=3), make_complaint(days_ago=1)
    make_complaint(state=State.ANSWERED)
    assert numbers(desk) == [new.number, old.number]


def test_each_filter_shows_its_own(desk: Person) -> None:
    waiting = make_complaint(days_ago=2)
    answered = make_complaint(days_ago=1, state=State.ANSWERED)
    calling = make_complaint(state=State.ANSWERED, call_back=True, calling=True, phone=PHONE)
    shown = {wanted: numbers(desk, f"/complaints/desk?state={wanted}") for wanted in Wanted}
    assert shown == {
        Wanted.OPEN: [waiting.number],
        Wanted.ANSWERED: [calling.number, answered.number],
        Wanted.CALLING: [calling.number],
        Wanted.ALL: [calling.number, answered.number, waiting.number],
    }


@pytest.mark.parametrize("query", ["state=x", "state=%00", "after=x", "after=W10", "after=WyJ4IiwgInkiXQ"])
def test_odd_addresses_give_the_usual_list(desk: Person, query: str) -> None:
    complaint = make_complaint()
    assert numbers(desk, f"/complaints/desk?{query}") == [complaint.number]


def test_what_is_late_says_so_in_words(desk: Person) -> None:
    make_complaint(days_ago=18)
    make_complaint(days_ago=15)
    make_complaint(days_ago=18, state=State.ANSWERED)
    page = desk.get("/complaints/desk?state=all").text
    assert re.findall(r"超期 \d+ 天", page) == ["超期 3 天"]
    assert "有 1 件超期没有答复" in page


def test_pages_together_hold_everything_once(desk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    monkeypatch.setattr(paging.cut, "__defaults__", (3,))
    made = [make_complaint(days_ago=age // 2).number for age in range(8)]
    seen, url = [], "/complaints/desk?state=all"
    while url:
        seen += numbers(desk, url)
        following = re.search(r'href="([^"]+after=[^"]+)">更早的', desk.get(url).text)
        url = following[1].replace("&amp;", "&") if following else ""
    assert sorted(seen) == sorted(made)
    assert len(seen) == len(set(seen)) == 8


def test_the_list_costs_the_same_however_long_it_is(desk: Person) -> None:
    make_complaint()
    with queries_counted() as one:
        desk.get("/complaints/desk")
    for _ in range(10):
        make_complaint()
    with queries_counted() as eleven:
        desk.get("/complaints/desk")
    assert len(one) == len(eleven)


def test_the_list_shows_no_name_and_no_phone(desk: Person) -> None:
    make_complaint(name="李桂英", phone=PHONE, call_back=True, calling=True)
    page = desk.get("/complaints/desk").text
    assert "李桂英" not in page
    assert PHONE not in page
    assert PHONE[-4:] not in page


def test_long_words_are_cut_in_the_list_and_whole_on_their_page(desk: Person) -> None:
    words = "字" * 500 + "完"
    complaint = make_complaint(words=words)
    assert words not in desk.get("/complaints/desk").text
    assert words in desk.get(page_of(complaint)).text


# Phones


def test_a_phone_shows_only_on_a_tap_which_is_audited(desk: Person, officer: Cadre) -> None:
    complaint = make_complaint(phone=PHONE)
    page = desk.get(page_of(complaint)).text
    assert PHONE not in page
    assert "139****0009" in page
    assert audited("complaint_phone_shown") == []
    shown = desk.post(f"{page_of(complaint)}/phone", fragment=True).text
    assert f"tel:{PHONE}" in shown
    assert "<html" not in shown
    (event,) = audited("complaint_phone_shown")
    assert (event.actor_id, event.subject_id, event.detail) == (officer.id, str(complaint.id), {})


def test_without_script_the_whole_page_comes_with_the_phone(desk: Person) -> None:
    complaint = make_complaint(phone=PHONE)
    page = desk.post(f"{page_of(complaint)}/phone").text
    assert f"tel:{PHONE}" in page
    assert WORDS in page


# Answers


def test_an_answer_is_kept_with_who_gave_it(desk: Person, officer: Cadre) -> None:
    complaint = make_complaint()
    desk.post(f"{page_of(complaint)}/answer", {"seen": 0, "words": "周五修好。"})
    assert answers(complaint) == ["周五修好。"]
    db.session.refresh(complaint)
    assert complaint.state is State.ANSWERED
    (event,) = audited("complaint_answered")
    assert (event.actor_id, event.detail) == (officer.id, {"nth": 1})


def test_a_correction_keeps_both_and_the_later_one_stands(desk: Person) -> None:
    complaint = make_complaint()
    for seen, words in enumerate(("周五修好。", "周三修好。")):
        assert desk.post(f"{page_of(complaint)}/answer", {"seen": seen, "words": words}).status_code == 303
    assert answers(complaint) == ["周三修好。", "周五修好。"]
    page = desk.get(page_of(complaint)).text
    assert page.index("周三修好。") < page.index("周五修好。")
    assert len(audited("complaint_answer_corrected")) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "请写下答复"),
        ("字" * 2001, "现在有 2001 个"),
        ("身份证 34022119560312001X", "系统不收身份证号"),
    ],
)
def test_a_wrong_answer_comes_back_with_a_sentence(desk: Person, words: str, sentence: str) -> None:
    complaint = make_complaint()
    page = desk.post(f"{page_of(complaint)}/answer", {"seen": 0, "words": words})
    assert page.status_code == 422
    assert sentence in page.text
    assert words in page.text
    assert answers(complaint) == []


def test_of_two_people_who_answer_the_second_is_told_and_loses_nothing(
    app: Flask, make: Factory, desk: Person, officer: Cadre
) -> None:
    complaint = make_complaint()
    colleague = Person(app, make.cadre(Role.OFFICE, unit=make.unit("区委群众工作部", division=COUNTY), name="马骏"))
    desk.post(f"{page_of(complaint)}/answer", {"seen": 0, "words": "周五修好。"})
    page = colleague.post(f"{page_of(complaint)}/answer", {"seen": 0, "words": "正在了解。"})
    assert page.status_code == 409
    assert "刚才已经有人答复了这一件" in page.text
    assert "周五修好。" in page.text
    assert "正在了解。" in page.text
    assert answers(complaint) == ["周五修好。"]
    # Having seen it, they may go on.
    assert 'name="seen" value="1"' in page.text
    colleague.post(f"{page_of(complaint)}/answer", {"seen": 1, "words": "正在了解。"})
    assert answers(complaint) == ["正在了解。", "周五修好。"]


@pytest.mark.parametrize("seen", ["", "x", "-1", "99999999999999999999"])
def test_a_page_that_says_nothing_of_what_it_showed_changes_nothing(desk: Person, seen: str) -> None:
    complaint = make_complaint()
    assert desk.post(f"{page_of(complaint)}/answer", {"seen": seen, "words": "好"}).status_code == 409
    assert answers(complaint) == []


def test_the_same_words_again_are_no_correction(desk: Person) -> None:
    complaint = make_complaint()
    desk.post(f"{page_of(complaint)}/answer", {"seen": 0, "words": "周五修好。"})
    assert desk.post(f"{page_of(complaint)}/answer", {"seen": 1, "words": "周五修好。"}).status_code == 422
    assert len(answers(complaint)) == 1


# Call-backs


@pytest.fixture
def to_call(app: Flask) -> Complaint:
    """A complaint whose writer wishes a call."""
    return make_complaint(phone=PHONE, call_back=True, calling=True)


def call(desk: Person, complaint: Complaint, seen: int, reached: str, note: str = "") -> int:
    """Note an attempt; return the status."""
    data = {"seen": seen, "reached": reached, "note": note}
    return desk.post(f"{page_of(complaint)}/call", data).status_code


def test_reaching_somebody_ends_the_calling(desk: Person, to_call: Complaint, officer: Cadre) -> None:
    assert call(desk, to_call, 0, "yes", "说清了") == 303
    db.session.refresh(to_call)
    assert not to_call.calling
    assert "说清了" in desk.get(page_of(to_call)).text
    (event,) = audited("complaint_called_back")
    assert (event.actor_id, event.detail) == (officer.id, {"nth": 1, "reached": True})


def test_who_is_not_reached_is_called_three_times_in_all(desk: Person, to_call: Complaint) -> None:
    for seen in range(3):
        assert numbers(desk, "/complaints/desk?state=calling") == [to_call.number]
        assert call(desk, to_call, seen, "no") == 303
    assert numbers(desk, "/complaints/desk?state=calling") == []
    assert call(desk, to_call, 3, "no") == 422


@pytest.mark.parametrize(("reached", "note"), [("", ""), ("perhaps", ""), ("yes", "字" * 201)])
def test_a_wrong_call_comes_back(desk: Person, to_call: Complaint, reached: str, note: str) -> None:
    assert call(desk, to_call, 0, reached, note) == 422
    assert queries.calls_about(to_call.id) == []


def test_of_two_people_who_called_the_second_is_told(desk: Person, to_call: Complaint) -> None:
    call(desk, to_call, 0, "no", "没人接")
    page = desk.post(f"{page_of(to_call)}/call", {"seen": 0, "reached": "no", "note": "占线"})
    assert page.status_code == 409
    assert "刚才已经有人登记了回电" in page.text
    assert "占线" in page.text
    assert len(queries.calls_about(to_call.id)) == 1


def test_whoever_wishes_no_call_gets_none(desk: Person) -> None:
    complaint = make_complaint(phone=PHONE)
    assert "登记回电" not in desk.get(page_of(complaint)).text
    assert call(desk, complaint, 0, "yes") == 422


def test_what_a_resident_files_is_on_the_desk_at_once(filer: Filer, desk: Person) -> None:
    receipt = filer.file()
    assert numbers(desk) == [receipt.number]
