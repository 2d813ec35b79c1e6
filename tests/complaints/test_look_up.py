"""Looking up what has become of a complaint, and how guessing ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.complaints import rules
from fieldvisit.complaints.models import AddressUse
from fieldvisit.demo import prepare
from fieldvisit.extensions import db
from tests.complaints.filing import PHONE, WORDS, Filer, complaints, make_complaint, the_one
from tests.person import Person

WRONG = "AAAA2222"
NOBODYS = "投-202611-9999"


def answered(desk: Person, words: str, seen: int = 0) -> None:
    """Answer the only complaint."""
    answer = desk.post(f"/complaints/desk/{the_one().id}/answer", {"words": words, "seen": seen})
    assert answer.status_code == 303


def test_number_and_code_show_what_was_written_and_that_it_waits(filer: Filer) -> None:
    page = filer.look_up(*filer.file())
    assert page.status_code == 200
    assert WORDS in page.text
    assert "待答复" in page.text


def test_any_spelling_of_number_and_code_is_understood(filer: Filer) -> None:
    receipt = filer.file()
    typed = receipt.number.removeprefix("投-").replace("-", " ")
    assert WORDS in filer.look_up(typed, receipt.code.replace(" ", "").lower()).text


def test_the_answer_shows_and_a_corrected_one_with_the_one_before(filer: Filer, desk: Person) -> None:
    receipt = filer.file()
    answered(desk, "周五修好。")
    answered(desk, "周三修好。", seen=1)
    page = filer.look_up(*receipt).text
    assert page.index("更正后的答复") < page.index("周三修好。") < page.index("此前的答复") < page.index("周五修好。")
    assert "区委群众工作部" in page
    assert "孙丽" not in page


def test_the_call_back_shows_without_the_offices_note(filer: Filer, desk: Person) -> None:
    receipt = filer.file(call_back="y", phone=PHONE)
    assert "还没有打" in filer.look_up(*receipt).text
    desk.post(f"/complaints/desk/{the_one().id}/call", {"seen": 0, "reached": "no", "note": "语气不好"})
    page = filer.look_up(*receipt).text
    assert "打过 1 次没有打通" in page
    assert "语气不好" not in page
    desk.post(f"/complaints/desk/{the_one().id}/call", {"seen": 1, "reached": "yes"})
    assert "已接通" in filer.look_up(*receipt).text


def test_a_late_answer_is_said_to_be_late(filer: Filer) -> None:
    complaint = make_complaint(days_ago=20)
    page = filer.look_up(complaint.number, "ABCD2345").text
    assert "超期 5 天" in page
    assert "12345" in page


def test_a_wrong_code_and_an_unknown_number_are_answered_alike(filer: Filer) -> None:
    receipt = filer.file()
    real, unknown = (filer.look_up(number, WRONG) for number in (receipt.number, NOBODYS))
    assert real.status_code == unknown.status_code == 422
    assert real.text.replace(receipt.number, "") == unknown.text.replace(NOBODYS, "")
    assert "编号或查询码不对" in real.text


def test_however_often_others_guess_its_code_a_number_stays_open_to_whoever_has_it(app: Flask, filer: Filer) -> None:
    receipt = filer.file()
    for host in range(12):
        filer.look_up(receipt.number, WRONG, environ_base={"REMOTE_ADDR": f"203.0.113.{host}"})
    assert WORDS in Filer(Person(app)).look_up(*receipt).text


def test_guessing_locks_nobody_out_of_signing_in(filer: Filer) -> None:
    for _ in range(5):
        filer.look_up(NOBODYS, WRONG)
    page = filer.person.post("/sign-in", {"login": NOBODYS, "password": "x"})
    assert "已锁定" not in page.text


def test_an_address_guesses_so_often_an_hour(filer: Filer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_GUESSES", 4)
    receipt = filer.file()
    for running in range(1, 5):
        assert filer.look_up(rules.number_of("202001", running), WRONG).status_code == 422
    refused = filer.look_up(*receipt)
    assert refused.status_code == 429
    assert "改用手机流量" in refused.text
    assert receipt.number in refused.text
    other = filer.look_up(*receipt, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert WORDS in other.text


def test_after_an_hour_the_address_looks_up_again(filer: Filer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_GUESSES", 1)
    receipt = filer.file()
    with time_machine.travel(clock.now(), tick=False) as time:
        filer.look_up(receipt.number, WRONG)
        time.shift(timedelta(minutes=59))
        assert filer.look_up(*receipt).status_code == 429
        time.shift(timedelta(minutes=1))
        assert WORDS in filer.look_up(*receipt).text


def test_looking_up_with_the_right_code_is_not_bounded(filer: Filer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_GUESSES", 2)
    receipt = filer.file()
    for _ in range(5):
        assert filer.look_up(*receipt).status_code == 200


@pytest.mark.parametrize(("number", "code"), [("", ""), ("abc", WRONG), ("投-202611-0007", ""), ("x" * 50, "y" * 50)])
def test_what_is_no_number_or_code_comes_back_with_a_sentence_and_counts_for_nothing(
    filer: Filer, number: str, code: str
) -> None:
    answer = filer.look_up(number, code)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert db.session.scalars(sa.select(AddressUse)).all() == []


def test_the_demonstrations_complaints_can_be_looked_up(app: Flask, anonymous: Person) -> None:
    prepare(app)
    number = max(found.number for found in complaints())
    assert Filer(anonymous).look_up(number, "FANCHANG").status_code == 200
