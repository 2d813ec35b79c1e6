"""Administrators' pages of people."""

import contextlib
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit.accounts import administration
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.audit.models import AuditEvent
from fieldvisit.extensions import db
from fieldvisit.paging import encode_cursor
from tests.accounts.conftest import PASSWORD
from tests.factories import Factory
from tests.person import Person

MakeCadre = Callable[..., Cadre]


@pytest.fixture
def administrator(app: Flask, make: Factory) -> Person:
    return Person(app, make.cadre(Role.ADMINISTRATOR, name="何晓", user_name="admin"))


def entry(make: Factory, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": "王敏",
        "user_name": "wangmin",
        "phone": "138 0553 0001",
        "unit_id": make.unit().id,
        "roles": ["cadre"],
    }
    return fields | changes


def entry_of(cadre: Cadre, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": cadre.name,
        "user_name": cadre.user_name,
        "phone": cadre.phone,
        "unit_id": cadre.unit_id,
        "roles": list(cadre.roles),
        "active": "y",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def one_time_password(page: str) -> str:
    found = re.search(r'<code class="secret">(.*?)</code>', page)
    assert found
    return found[1]


PAGES = ["GET /people", "GET /people/new", "POST /people/new", "GET /people/{}", "POST /people/{}"]
STEPS = [f"POST /people/{{}}/{step}" for step in ("reset-password", "reset-two-step", "unlock")]


@pytest.mark.parametrize("role", [Role.CADRE, Role.SUPERVISOR, Role.HANDLER, Role.OFFICE])
def test_to_everybody_but_administrators_the_pages_do_not_exist(app: Flask, make: Factory, role: Role) -> None:
    person, other = Person(app, make.cadre(role)), make.cadre()
    for page in PAGES + STEPS:
        method, url = page.split()
        answer = person.get(url.format(other.id)) if method == "GET" else person.post(url.format(other.id))
        assert answer.status_code == 404, page


def test_an_unknown_person_is_not_found(administrator: Person) -> None:
    for page in PAGES[3:] + STEPS:
        method, url = page.split()
        answer = administrator.get(url.format(999)) if method == "GET" else administrator.post(url.format(999))
        assert answer.status_code == 404, page


def test_a_new_person_signs_in_with_the_one_time_password(
    administrator: Person, anonymous: Person, make: Factory
) -> None:
    page = administrator.post("/people/new", entry(make)).get_data(as_text=True)
    anonymous.post("/sign-in", {"login": "13805530001", "password": one_time_password(page)})
    assert anonymous.get("/me").location == "/me/password"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"name": "长" * 41}, "最多 40"),
        ({"user_name": "1wang"}, "用户名用小写字母开头"),
        ({"user_name": "admin"}, "用户名已经有人用了"),
        ({"phone": ""}, "干部要有电话"),
        ({"phone": "12345"}, "电话号码不对"),
        ({"phone": "13800000001"}, "电话号码已经有人用了"),
        ({"roles": []}, "至少选一个角色"),
        ({"roles": ["emperor"]}, "至少选一个角色"),
        ({"unit_id": "999"}, "请选择单位"),
        ({"unit_id": "x"}, "请选择单位"),
    ],
)
def test_a_wrong_entry_is_told_beside_its_field_and_nothing_typed_is_lost(
    administrator: Person, make: Factory, changes: dict[str, Any], words: str
) -> None:
    answer = administrator.post("/people/new", entry(make, note="x", **changes))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    kept = {"name": "王敏", "user_name": "wangmin"} | changes
    assert f'value="{kept["user_name"]}"' in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Cadre)) == 1


@pytest.mark.parametrize("name", ["䶮㛃堃", "阿卜杜热依木·买买提", "<b>王</b>", "😀"])
def test_rare_characters_are_kept_and_markup_is_text(administrator: Person, make: Factory, name: str) -> None:
    administrator.post("/people/new", entry(make, name=name))
    assert db.session.scalars(sa.select(Cadre.name).where(Cadre.user_name == "wangmin")).one() == name
    assert "<b>" not in administrator.get("/people").get_data(as_text=True)


def test_a_change_is_kept_and_told_in_the_audit_without_the_phone_number(administrator: Person, make: Factory) -> None:
    cadre, other = make.cadre(), make.unit("区住建局")
    administrator.post(f"/people/{cadre.id}", entry_of(cadre, unit_id=other.id, phone="13900001111"))
    assert (cadre.unit_id, cadre.phone) == (other.id, "13900001111")
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "cadre_changed")).one()
    assert event.detail == {"fields": ["phone", "unit_id"], "unit_id": other.id}


def test_a_deactivated_person_is_signed_out_and_stays_out(
    app: Flask, administrator: Person, anonymous: Person, with_password: MakeCadre
) -> None:
    cadre = with_password(user_name="wangmin")
    person = Person(app, cadre)
    administrator.post(f"/people/{cadre.id}", entry_of(cadre, active=None))
    assert person.get("/me").status_code == 302
    anonymous.post("/sign-in", {"login": "wangmin", "password": PASSWORD})
    assert anonymous.get("/me").status_code == 302
    administrator.post(f"/people/{cadre.id}", entry_of(cadre))
    assert person.get("/me").status_code == 302


@pytest.mark.parametrize("changes", [{"active": None}, {"roles": ["cadre"]}])
def test_administrators_cannot_take_their_own_key_away(administrator: Person, changes: dict[str, Any]) -> None:
    assert administrator.cadre is not None
    answer = administrator.post(f"/people/{administrator.cadre.id}", entry_of(administrator.cadre, **changes))
    assert answer.status_code == 422
    assert "请让另一位管理员" in answer.get_data(as_text=True)
    assert administrator.cadre.active
    assert administrator.cadre.has(Role.ADMINISTRATOR)


def test_a_reset_password_ends_the_old_one_the_lock_and_all_sign_ins(
    app: Flask, administrator: Person, anonymous: Person, with_password: MakeCadre
) -> None:
    cadre = with_password(user_name="wangmin", failures=4)
    person = Person(app, cadre)
    page = administrator.post(f"/people/{cadre.id}/reset-password").get_data(as_text=True)
    assert person.get("/me").status_code == 302
    anonymous.post("/sign-in", {"login": "wangmin", "password": PASSWORD})
    assert anonymous.get("/me").status_code == 302
    anonymous.post("/sign-in", {"login": "wangmin", "password": one_time_password(page)})
    assert anonymous.get("/me").location == "/me/password"
    told = "".join(str(event.detail) for event in db.session.scalars(sa.select(AuditEvent)))
    assert one_time_password(page) not in told


def test_a_locked_person_is_let_in_again(administrator: Person, anonymous: Person, with_password: MakeCadre) -> None:
    cadre = with_password(user_name="wangmin")
    for _ in range(5):
        anonymous.post("/sign-in", {"login": "wangmin", "password": "Wrong-password-1"})
    assert "现在解锁" in administrator.get(f"/people/{cadre.id}").get_data(as_text=True)
    administrator.post(f"/people/{cadre.id}/unlock")
    anonymous.post("/sign-in", {"login": "wangmin", "password": PASSWORD})
    assert anonymous.get("/me").status_code == 200


def test_a_lost_second_step_is_switched_off(administrator: Person, make: Factory) -> None:
    cadre = make.cadre(Role.OFFICE, totp_secret="A" * 32)
    administrator.post(f"/people/{cadre.id}/reset-two-step")
    assert cadre.totp_secret is None


@pytest.mark.parametrize("words", ["王敏", "angmi", "0553", "住建"])
def test_people_are_found_by_name_user_name_phone_and_unit(administrator: Person, make: Factory, words: str) -> None:
    make.cadre(name="王敏", user_name="wangmin", phone="13805530001", unit=make.unit("区住建局"))
    make.cadre(name="别人", user_name="other1")
    page = administrator.get(f"/people?q={words}", fragment=True).get_data(as_text=True)
    assert "王敏" in page
    assert "别人" not in page
    assert "<html" not in page


def test_odd_search_words_find_nobody_and_break_nothing(administrator: Person) -> None:
    for words in ("%", "_", "'", '"><b>', "\\", "😀" * 40, "x\0y"):
        answer = administrator.get("/people", query_string={"q": words})
        assert answer.status_code == 200
        assert "没有找到" in answer.get_data(as_text=True), words


def test_phone_numbers_are_masked_in_the_list(administrator: Person, make: Factory) -> None:
    make.cadre(phone="13805531234")
    page = administrator.get("/people").get_data(as_text=True)
    assert "138****1234" in page
    assert "13805531234" not in page


def test_paging_shows_everybody_once_by_as_many_queries_as_one_page(administrator: Person, make: Factory) -> None:
    for number in range(120):
        make.cadre(name=f"同名{number % 3}")
    counts, names, url = [], [], "/people"
    while url:
        statements: list[str] = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *a, s=statements: s.append(a[2]))
        page = administrator.get(url).get_data(as_text=True)
        counts.append(len(statements))
        names += re.findall(r'href="/people/(\d+)"', page)
        more = re.search(r'href="(/people\?cursor=[^"]+)"', page)
        url = more[1] if more else ""
    assert len(names) == len(set(names)) == 121
    assert len(set(counts)) == 1
    assert counts[0] <= 5


def test_a_damaged_cursor_shows_the_first_page(administrator: Person) -> None:
    foreign = [
        encode_cursor(values)
        for values in (["a"], ["0", "x", "a", "1"], ["0", "1", "\0", "1"], ["0", "1", "\ud800", "1"])
    ]
    for cursor in ["x", "W10", "\0", *foreign]:
        page = administrator.get("/people", query_string={"cursor": cursor}).get_data(as_text=True)
        assert "何晓" in page, cursor


@pytest.mark.parametrize(("step", "held"), [("reset-two-step", {"totp_secret": "A" * 32}), ("unlock", {"failures": 4})])
def test_nobody_lifts_their_own_second_step_or_lock(app: Flask, make: Factory, step: str, held: dict[str, Any]) -> None:
    cadre = make.cadre(Role.ADMINISTRATOR, **held)
    answer = Person(app, cadre).post(f"/people/{cadre.id}/{step}")
    assert answer.status_code == 422
    assert "另一位管理员" in answer.text
    assert {name: getattr(cadre, name) for name in held} == held


def test_of_two_administrators_who_remove_each_other_at_once_one_stays(
    app: Flask, make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    cadres = [make.cadre(Role.ADMINISTRATOR) for _ in range(2)]
    requests = [
        (Person(app, by), f"/people/{other.id}", entry_of(other, active=None))
        for by, other in (cadres, reversed(cadres))
    ]
    # Both are past the guard, which reads who they are, before either goes on.
    both_there = threading.Barrier(2)

    def meet() -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both_there.wait(1)

    change = administration.change_cadre

    def changed_together(*values: Any) -> None:
        meet()
        change(*values)

    monkeypatch.setattr(administration, "change_cadre", changed_together)
    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(lambda asked: asked[0].post(*asked[1:]).status_code, requests))
    assert statuses.count(303) == 1
    db.session.expire_all()
    assert sorted(cadre.active for cadre in cadres) == [False, True]


def test_people_stand_in_the_order_of_their_units(administrator: Person, make: Factory) -> None:
    last, first = make.unit("水利局", position=9), make.unit("民政局", position=3)
    for name, unit in (("安娜", last), ("周明", first), ("白露", first)):
        make.cadre(name=name, unit=unit)
    page = administrator.get("/people").get_data(as_text=True)
    places = [page.index(f"<strong>{name}") for name in ("周明", "白露", "安娜")]
    assert places == sorted(places)


def test_a_new_person_has_no_unit_until_one_is_chosen(administrator: Person) -> None:
    assert '<option value="0">请选择' in administrator.get("/people/new").get_data(as_text=True)
    assert administrator.post("/people/new", {"name": "王敏", "unit_id": "0"}).status_code == 422
