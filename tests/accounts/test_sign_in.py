"""Signing in and out."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts import lockout, passwords
from fieldvisit.accounts.models import Cadre, Role, SignIn, UnknownName
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from tests.accounts.conftest import PASSWORD
from tests.factories import Factory
from tests.person import Person

MakeCadre = Callable[..., Cadre]


def sign_in(person: Person, login: str, password: str = PASSWORD, url: str = "/sign-in") -> str:
    """Try to sign in and return where it led, or the page that answered."""
    answer = person.post(url, {"login": login, "password": password})
    return answer.location or answer.get_data(as_text=True)


def fail(person: Person, login: str, times: int) -> str:
    for _ in range(times):
        page = sign_in(person, login, "Wrong-password-1")
    return page


def current(cadre: Cadre) -> Cadre:
    db.session.rollback()
    return db.session.get_one(Cadre, cadre.id, populate_existing=True)


@pytest.mark.parametrize("login", ["wangmin", "WangMin", "13805530001", "138 0553 0001"])
def test_one_signs_in_by_user_name_or_phone_number(anonymous: Person, with_password: MakeCadre, login: str) -> None:
    with_password(user_name="wangmin", phone="13805530001")
    sign_in(anonymous, login)
    assert anonymous.get("/me").status_code == 200


def test_a_wrong_password_signs_nobody_in(anonymous: Person, with_password: MakeCadre) -> None:
    with_password(user_name="wangmin")
    page = sign_in(anonymous, "wangmin", "Wrong-password-1")
    assert "密码不对" in page
    assert 'value="wangmin"' in page
    assert "Wrong-password-1" not in page
    assert anonymous.get("/me").status_code == 302


def test_an_unknown_name_a_deactivated_one_and_a_wrong_password_get_the_same_answer(
    anonymous: Person, with_password: MakeCadre
) -> None:
    with_password(user_name="known1")
    with_password(user_name="gone01", active=False)
    pages = {
        tuple(sign_in(anonymous, login, "Wrong-password-1").replace(login, "") for _ in range(7))
        for login in ("known1", "gone01", "nobody")
    }
    assert len(pages) == 1
    assert "已锁定到" in pages.pop()[-1]


def test_an_unknown_name_is_kept_only_as_a_digest(anonymous: Person, make: Factory) -> None:
    fail(anonymous, "My-secret-password-9", 1)
    kept = db.session.scalars(sa.select(UnknownName)).one()
    assert "secret" not in kept.digest
    assert all("ecret" not in str(e.detail) + e.subject_id for e in db.session.scalars(sa.select(AuditEvent)))


def test_an_unknown_name_costs_a_password_check_too(
    anonymous: Person, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str | None] = []

    def check(kept: str | None, _typed: str) -> bool:
        checked.append(kept)
        return False

    monkeypatch.setattr(passwords, "is_password", check)
    sign_in(anonymous, "nobody")
    assert checked == [None]


def test_the_password_is_checked_with_no_transaction_open(
    anonymous: Person, with_password: MakeCadre, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_password(user_name="wangmin")
    open_then: list[bool] = []

    def check(*_: object) -> bool:
        open_then.append(db.session().in_transaction())
        return True

    monkeypatch.setattr(passwords, "is_password", check)
    sign_in(anonymous, "wangmin")
    assert open_then == [False]


def test_after_five_failures_the_right_password_is_refused_until_the_lock_ends(
    anonymous: Person, with_password: MakeCadre
) -> None:
    with_password(user_name="wangmin")
    with time_machine.travel("2026-09-12T02:00:00Z", tick=False) as travel:
        assert "已锁定到今天 10:15" in fail(anonymous, "wangmin", 5)
        assert "已锁定到今天 10:15" in sign_in(anonymous, "wangmin")
        travel.shift(timedelta(minutes=15))
        sign_in(anonymous, "wangmin")
        assert anonymous.get("/me").status_code == 200


def test_the_next_round_of_failures_locks_twice_as_long(anonymous: Person, with_password: MakeCadre) -> None:
    with_password(user_name="wangmin")
    with time_machine.travel("2026-09-12T02:00:00Z", tick=False) as travel:
        fail(anonymous, "wangmin", 5)
        travel.shift(timedelta(minutes=15))
        assert "已锁定到今天 10:45" in fail(anonymous, "wangmin", 5)


def test_a_sign_in_forgives_the_failures_before_it(anonymous: Person, with_password: MakeCadre) -> None:
    cadre = with_password(user_name="wangmin")
    fail(anonymous, "wangmin", 4)
    sign_in(anonymous, "wangmin")
    assert current(cadre).failures == 0


def test_failures_at_the_same_moment_are_all_counted(app: Flask, with_password: MakeCadre) -> None:
    cadre = with_password(user_name="wangmin")
    threads = [Thread(target=fail, args=(Person(app), "wangmin", 1)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert current(cadre).failures == 5
    assert lockout.is_locked(current(cadre))


def test_a_lock_that_came_during_the_check_refuses_even_the_right_password(
    anonymous: Person, with_password: MakeCadre, monkeypatch: pytest.MonkeyPatch
) -> None:
    cadre = with_password(user_name="wangmin")

    def lock_meanwhile(*_: object) -> bool:
        with db.engine.begin() as connection:
            connection.execute(sa.update(Cadre).values(locked_until=clock.now() + timedelta(minutes=1), failures=5))
        return True

    monkeypatch.setattr(passwords, "is_password", lock_meanwhile)
    assert "已锁定到" in sign_in(anonymous, "wangmin")
    assert current(cadre).failures == 5


def test_a_browser_never_keeps_the_session_it_had_before(anonymous: Person, with_password: MakeCadre) -> None:
    with_password(user_name="wangmin")
    with anonymous.client.session_transaction() as planted:
        planted["token"] = "planted-by-somebody"
        planted["anything"] = "else"
    sign_in(anonymous, "wangmin")
    with anonymous.client.session_transaction() as held:
        assert held["token"] != "planted-by-somebody"
        assert "anything" not in held


def test_signing_out_makes_a_kept_cookie_worthless(app: Flask, make: Factory) -> None:
    person = Person(app, make.cadre())
    with person.client.session_transaction() as held:
        token = held["token"]
    assert person.post("/sign-out").location == "/sign-in"
    with person.client.session_transaction() as held:
        held["token"] = token
    assert person.get("/me").status_code == 302


def test_after_signing_in_one_comes_back_to_the_page_one_wanted(anonymous: Person, with_password: MakeCadre) -> None:
    with_password(user_name="wangmin")
    asked = anonymous.get("/me?x=1").location
    assert asked == "/sign-in?next=/me?x%3D1"
    assert sign_in(anonymous, "wangmin", url=asked) == "/me?x=1"


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/%5Cevil.example", "/%09/evil.example"])
def test_nobody_is_sent_to_another_site_after_signing_in(
    anonymous: Person, with_password: MakeCadre, address: str
) -> None:
    with_password(user_name="wangmin")
    assert "evil" not in anonymous.get(f"/sign-in?next={address}").get_data(as_text=True)
    assert "evil" not in sign_in(anonymous, "wangmin", url=f"/sign-in?next={address}")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "请填写手机号或用户名"),
        ({"login": "wangmin"}, "请填写密码"),
        ({"login": "x" * 65, "password": "y"}, "太长"),
        ({"login": "wangmin", "password": "y" * 129}, "最多 128"),
        ({"login": "<b>😀䶮㛃堃\x00", "password": "<script>"}, "密码不对"),
    ],
)
def test_odd_entries_get_a_sentence(anonymous: Person, make: Factory, data: dict[str, str], words: str) -> None:
    answer = anonymous.post("/sign-in", data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert "<b>" not in answer.get_data(as_text=True)


def test_a_person_without_desk_work_stays_signed_in_on_the_phone(app: Flask, make: Factory) -> None:
    with time_machine.travel("2026-09-12T02:00:00Z", tick=False) as travel:
        person = Person(app, make.cadre(Role.CADRE))
        travel.shift(timedelta(days=29))
        assert person.get("/me").status_code == 200
        travel.shift(timedelta(days=1))
        assert person.get("/me").status_code == 302


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.HANDLER, Role.OFFICE, Role.ADMINISTRATOR])
def test_desk_roles_are_signed_out_after_half_an_hour_without_use(app: Flask, make: Factory, role: Role) -> None:
    with time_machine.travel("2026-09-12T02:00:00Z", tick=False) as travel:
        person = Person(app, make.cadre(Role.CADRE, role))
        for _ in range(3):
            travel.shift(timedelta(minutes=29))
            assert person.get("/me").status_code == 200
        travel.shift(timedelta(minutes=30))
        assert person.get("/me").status_code == 302


def test_use_is_noted_at_most_every_five_minutes(app: Flask, make: Factory) -> None:
    with time_machine.travel("2026-09-12T02:00:00Z", tick=False) as travel:
        person = Person(app, make.cadre())
        start = clock.now()
        travel.shift(timedelta(minutes=4))
        person.get("/me")
        assert seen_at() == start
        travel.shift(timedelta(minutes=1))
        person.get("/me")
        assert seen_at() == clock.now()


def seen_at() -> object:
    db.session.rollback()
    return db.session.scalars(sa.select(SignIn.seen_at)).one()


def test_reading_while_others_write_never_fails(app: Flask, make: Factory) -> None:
    with time_machine.travel("2026-09-12T02:00:00Z", tick=False) as travel:
        person = Person(app, make.cadre(Role.OFFICE))
        travel.shift(timedelta(minutes=6))

        @sa.event.listens_for(db.engine, "after_cursor_execute")
        def write_in_between(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            if "JOIN sign_in" in statement:
                with db.engine.begin() as other:
                    other.execute(sa.update(Cadre).values(failures=1))

        assert person.get("/me").status_code == 200
        assert seen_at() == clock.now()


def test_a_page_costs_one_query_to_know_who_asks(app: Flask, make: Factory) -> None:
    person = Person(app, make.cadre())
    statements: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    person.get("/me")
    assert sum("cadre.user_name" in statement for statement in statements) == 1


def test_every_step_of_a_sign_in_is_in_the_audit_without_secrets(anonymous: Person, with_password: MakeCadre) -> None:
    with_password(user_name="wangmin")
    fail(anonymous, "wangmin", 1)
    sign_in(anonymous, "wangmin")
    anonymous.post("/sign-out")
    events = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [event.action for event in events] == ["sign_in_failed", "signed_in", "signed_out"]
    assert "assword" not in "".join(str(event.detail) for event in events)
