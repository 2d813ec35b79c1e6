"""One's own account."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from tests.accounts.conftest import PASSWORD
from tests.factories import Factory
from tests.person import Person

MakeCadre = Callable[..., Cadre]
NEW = "Yin-shui-2027"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def change(person: Person, current: str = PASSWORD, new: str = NEW, again: str | None = None) -> str:
    answer = person.post("/me/password", {"current": current, "new": new, "again": again or new})
    return answer.get_data(as_text=True) if answer.status_code == 422 else answer.location or ""


def sign_in(person: Person, login: str, password: str = PASSWORD) -> str:
    answer = person.post("/sign-in", {"login": login, "password": password})
    return answer.location or answer.get_data(as_text=True)


def code_at(offset: timedelta = timedelta()) -> str:
    from fieldvisit import clock

    return pyotp.TOTP(SECRET).at(clock.now() + offset)


def test_a_one_time_password_opens_nothing_but_the_page_that_changes_it(app: Flask, with_password: MakeCadre) -> None:
    person = Person(app, with_password(Role.CADRE, Role.ADMINISTRATOR, must_change_password=True))
    for page in ("/me", "/people", "/people/new", "/organisation", "/households", "/me/two-step"):
        assert person.get(page).location == "/me/password"
    assert person.get("/me/password").status_code == 200
    change(person)
    assert person.get("/me").status_code == 200


def test_changing_the_password_signs_out_every_other_device(app: Flask, with_password: MakeCadre) -> None:
    cadre = with_password(user_name="wangmin")
    here, elsewhere = Person(app, cadre), Person(app, cadre)
    with here.client.session_transaction() as held:
        token = held["token"]
    change(here)
    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 302
    with here.client.session_transaction() as held:
        assert held["token"] != token
    assert "密码不对" in sign_in(elsewhere, "wangmin")
    sign_in(elsewhere, "wangmin", NEW)
    assert elsewhere.get("/me").status_code == 200


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (("Wrong-password-1", NEW, NEW), "当前密码不对"),
        ((PASSWORD, "short", "short"), "至少要 10"),
        ((PASSWORD, "Wangmin-2027", "Wangmin-2027"), "不能包含用户名"),
        ((PASSWORD, PASSWORD, PASSWORD), "要和当前密码不同"),
        ((PASSWORD, NEW, "Yin-shui-2028"), "不一样"),
    ],
)
def test_a_password_that_will_not_do_is_refused_beside_its_field(
    app: Flask, with_password: MakeCadre, entries: tuple[str, str, str], words: str
) -> None:
    person = Person(app, with_password(user_name="wangmin"))
    page = change(person, *entries)
    assert words in page
    assert PASSWORD not in page
    assert person.get("/me").status_code == 200


def test_guessing_the_present_password_locks_too(app: Flask, with_password: MakeCadre) -> None:
    person = Person(app, with_password(user_name="wangmin"))
    for _ in range(5):
        change(person, "Wrong-password-1")
    assert "不能再试" in change(person)


def test_other_devices_are_signed_out_and_this_one_stays(app: Flask, make: Factory) -> None:
    cadre = make.cadre()
    here, elsewhere, colleague = Person(app, cadre), Person(app, cadre), Person(app, make.cadre())
    here.post("/me/other-devices/sign-out")
    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 302
    assert colleague.get("/me").status_code == 200


def test_the_second_step_is_for_desk_roles(app: Flask, make: Factory) -> None:
    assert Person(app, make.cadre(Role.CADRE)).get("/me/two-step").status_code == 404
    assert Person(app, make.cadre(Role.OFFICE)).get("/me/two-step").status_code == 200


def test_the_second_step_is_switched_on_by_a_code(app: Flask, make: Factory) -> None:
    cadre = make.cadre(Role.OFFICE)
    person = Person(app, cadre)
    assert "验证码不对" in person.post("/me/two-step", {"secret": SECRET, "code": "000000"}).get_data(as_text=True)
    assert cadre.totp_secret is None
    code = code_at()
    person.post("/me/two-step", {"secret": SECRET, "code": f"{code[:3]} {code[3:]}"})
    assert cadre.totp_secret == SECRET


def test_a_secret_that_is_none_of_ours_is_replaced(app: Flask, make: Factory) -> None:
    page = Person(app, make.cadre(Role.OFFICE)).post("/me/two-step", {"secret": "short", "code": "1"})
    assert page.status_code == 422
    assert 'value="short"' not in page.get_data(as_text=True)


def test_with_a_second_step_the_password_alone_signs_nobody_in(anonymous: Person, with_password: MakeCadre) -> None:
    with_password(Role.OFFICE, user_name="sunli", totp_secret=SECRET)
    assert sign_in(anonymous, "sunli") == "/sign-in/code"
    assert anonymous.get("/me").status_code == 302
    anonymous.post("/sign-in/code", {"code": code_at()})
    assert anonymous.get("/me").status_code == 200


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_code_of_the_neighbouring_half_minute_is_taken(
    anonymous: Person, with_password: MakeCadre, seconds: int
) -> None:
    with_password(Role.OFFICE, user_name="sunli", totp_secret=SECRET)
    with time_machine.travel("2026-09-12T02:00:10Z", tick=False):
        sign_in(anonymous, "sunli")
        anonymous.post("/sign-in/code", {"code": code_at(timedelta(seconds=seconds))})
        assert anonymous.get("/me").status_code == 200


@pytest.mark.parametrize("seconds", [-60, 60])
def test_an_older_or_later_code_is_refused(anonymous: Person, with_password: MakeCadre, seconds: int) -> None:
    with_password(Role.OFFICE, user_name="sunli", totp_secret=SECRET)
    with time_machine.travel("2026-09-12T02:00:10Z", tick=False):
        sign_in(anonymous, "sunli")
        anonymous.post("/sign-in/code", {"code": code_at(timedelta(seconds=seconds))})
        assert anonymous.get("/me").status_code == 302


def test_a_code_works_once(app: Flask, with_password: MakeCadre) -> None:
    with_password(Role.OFFICE, user_name="sunli", totp_secret=SECRET)
    with time_machine.travel("2026-09-12T02:00:10Z", tick=False):
        for expected in (200, 302):
            person = Person(app)
            sign_in(person, "sunli")
            person.post("/sign-in/code", {"code": code_at()})
            assert person.get("/me").status_code == expected


def test_wrong_codes_lock_although_the_password_is_right_each_time(anonymous: Person, with_password: MakeCadre) -> None:
    with_password(Role.OFFICE, user_name="sunli", totp_secret=SECRET)
    for _ in range(5):
        sign_in(anonymous, "sunli")
        page = anonymous.post("/sign-in/code", {"code": "000000"}).get_data(as_text=True)
    assert "已锁定到" in page
    assert "已锁定到" in anonymous.post("/sign-in/code", {"code": code_at()}).get_data(as_text=True)
    assert "已锁定到" in sign_in(anonymous, "sunli")


def test_the_first_step_is_worth_nothing_after_five_minutes_or_a_new_password(
    anonymous: Person, with_password: MakeCadre
) -> None:
    cadre = with_password(Role.OFFICE, user_name="sunli", totp_secret=SECRET)
    with time_machine.travel("2026-09-12T02:00:00Z", tick=False) as travel:
        sign_in(anonymous, "sunli")
        travel.shift(timedelta(minutes=6))
        assert anonymous.post("/sign-in/code", {"code": code_at()}).location == "/sign-in"
        sign_in(anonymous, "sunli")
        cadre.password_hash = "another"
        db.session.commit()
        assert anonymous.post("/sign-in/code", {"code": code_at()}).location == "/sign-in"


def test_the_page_for_the_code_needs_the_first_step(anonymous: Person) -> None:
    assert anonymous.get("/sign-in/code").location == "/sign-in"


def test_the_second_step_is_switched_off_with_the_password_only(app: Flask, with_password: MakeCadre) -> None:
    cadre = with_password(Role.OFFICE, totp_secret=SECRET)
    person = Person(app, cadre)
    assert "密码不对" in person.post("/me/two-step/off", {"password": "wrong"}).get_data(as_text=True)
    assert cadre.totp_secret == SECRET
    person.post("/me/two-step/off", {"password": PASSWORD})
    assert cadre.totp_secret is None


def test_no_secret_of_ones_account_is_in_the_audit(app: Flask, with_password: MakeCadre) -> None:
    person = Person(app, with_password(Role.OFFICE, user_name="sunli"))
    change(person)
    person.post("/me/two-step", {"secret": SECRET, "code": code_at()})
    person.post("/me/two-step/off", {"password": NEW})
    events = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
    told = [event.action for event in events]
    assert told[-4:] == ["password_changed", "signed_in", "two_step_switched_on", "two_step_switched_off"]
    everything = "".join(str(event.detail) for event in events)
    assert not any(secret in everything for secret in (PASSWORD, NEW, SECRET, "scrypt", "pbkdf2"))
