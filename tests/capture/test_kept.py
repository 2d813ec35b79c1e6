"""Writes that lay in a phone's outbox: whose they are, how old they are, and what the phone may take for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, Role
from fieldvisit.extensions import db
from fieldvisit.visits.models import Answer, Commitment, Visit
from tests.factories import Factory
from tests.person import Person
from tests.visits.phone import Phone

FRIDAY = datetime(2026, 9, 18, 9, 0, tzinfo=clock.CHINA)
DAY_S = 24 * 3600


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """The cadre whose phone it is."""
    return make.cadre()


@pytest.fixture
def phone(app: Flask, make: Factory, cadre: Cadre) -> Phone:
    """That phone, in a household."""
    with time_machine.travel(FRIDAY, tick=False):
        return Phone(app, cadre, make.household(paired=cadre))


def kitchen(phone: Phone, **headers: str) -> tuple[int, str]:
    """Send a save of the kitchen as an outbox does; return status and text of the answer."""
    answer = phone.person.post(
        f"{phone.base}/cards/kitchen{phone.write}",
        {"value": "good", "seq": "1"},
        fragment=True,
        headers=phone.headers("") | headers,
    )
    return answer.status_code, answer.text


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with time_machine.travel(FRIDAY, tick=False):
        yield


def visits() -> int:
    """Count the visits."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Visit)) or 0


def test_a_visit_was_made_on_the_day_on_which_it_was_captured(phone: Phone) -> None:
    with time_machine.travel(FRIDAY + timedelta(days=3), tick=False):
        kitchen(phone, **{"X-Age": str(3 * DAY_S)})
    visit = db.session.scalars(sa.select(Visit)).one()
    assert visit.visited_on == FRIDAY.date()
    assert visit.started_at == FRIDAY


@pytest.mark.parametrize("age", ["", "-5", "x", "1e9", "٣", "9" * 30])
def test_an_age_that_is_none_counts_as_fresh(phone: Phone, age: str) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        assert kitchen(phone, **{"X-Age": age})[0] == 200
    assert db.session.scalars(sa.select(Visit)).one().visited_on == FRIDAY.date()


def test_nothing_is_older_than_its_key_would_be_kept(phone: Phone) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        kitchen(phone, **{"X-Age": str(400 * DAY_S)})
    assert db.session.scalars(sa.select(Visit)).one().visited_on == FRIDAY.date() - timedelta(days=90)


def test_a_promise_for_monday_may_arrive_on_thursday(phone: Phone) -> None:
    phone.save("kitchen", "good")
    monday = date(2026, 9, 21)
    with time_machine.travel(FRIDAY + timedelta(days=6), tick=False):
        fresh = phone.promise("问清政策", monday.isoformat())
        headers = phone.headers("") | {"X-Age": str(6 * DAY_S)}
        late = phone.person.post(
            f"{phone.base}/commitments/{uuid4()}{phone.write}",
            {"text": "问清政策", "due_on": monday.isoformat(), "seq": "2"},
            fragment=True,
            headers=headers,
        )
    assert (fresh.status_code, late.status_code) == (422, 200)
    assert db.session.scalars(sa.select(Commitment)).one().due_on == monday


def test_the_same_write_a_week_later_has_no_second_effect(phone: Phone) -> None:
    key = str(uuid4())
    with time_machine.travel(FRIDAY, tick=False):
        first = phone.save("kitchen", "good", seq=1, key=key)
    # Somebody is signed in for longer than that.
    with time_machine.travel(FRIDAY + timedelta(days=7), tick=False):
        later = phone.save("kitchen", "good", seq=1, key=key)
    assert first.text == later.text
    assert [row.revision for row in db.session.scalars(sa.select(Answer))] == [1]


def test_another_person_s_write_is_kept_for_that_person(phone: Phone, make: Factory) -> None:
    other = make.cadre()
    assert kitchen(phone, **{"X-Cadre": str(other.id)})[0] == 401
    assert visits() == 0


def test_one_s_own_write_arrives(phone: Phone, cadre: Cadre) -> None:
    assert kitchen(phone, **{"X-Cadre": str(cadre.id)})[0] == 200


def test_who_must_change_the_password_first_keeps_the_write(phone: Phone, cadre: Cadre) -> None:
    cadre.must_change_password = True
    db.session.commit()
    assert kitchen(phone)[0] == 401
    assert visits() == 0


def test_a_person_who_is_no_cadre_any_more_is_told_nothing(phone: Phone, cadre: Cadre) -> None:
    cadre.roles = frozenset({Role.HANDLER})
    db.session.commit()
    assert kitchen(phone)[0] == 404


def test_a_write_of_an_unknown_version_is_refused_with_a_sentence(phone: Phone) -> None:
    status, text = kitchen(phone, **{"X-Outbox-Version": "2"})
    assert (status, visits()) == (400, 0)
    assert "程序和服务器对不上" in text


def test_a_number_far_in_the_future_is_refused(phone: Phone) -> None:
    answer = phone.save("kitchen", "good", seq=3_000_000_000)
    assert answer.status_code == 422
    assert "没有收下" in answer.text


@pytest.mark.parametrize("status", [200, 401, 404, 409, 422])
def test_every_answer_to_a_write_names_it(phone: Phone, make: Factory, status: int) -> None:
    headers = phone.headers("")
    send = {"value": "good"}
    if status == 401:
        headers["X-Cadre"] = "0"
    elif status == 404:
        phone.base = "/visits/none"
    elif status == 409:
        phone.save("kitchen", "fair", key=headers["Idempotency-Key"])
    elif status == 422:
        send = {"value": "nonsense"}
    answer = phone.person.post(f"{phone.base}/cards/kitchen{phone.write}", send, fragment=True, headers=headers)
    assert answer.status_code == status
    assert answer.headers["Idempotency-Key"] == headers["Idempotency-Key"]


PAGES = ["/", "/visits/blank", "/offline", "/waiting", "/households", "/households/new", "/visits", "/followups"]


@pytest.mark.parametrize("page", PAGES)
def test_a_cadre_s_phone_may_keep_the_pages_of_the_work(phone: Phone, cadre: Cadre, page: str) -> None:
    answer = phone.person.get(page)
    assert answer.status_code == 200
    assert answer.headers["X-Keep-Offline"] == str(cadre.id)


@pytest.mark.parametrize("page", ["/me", "/sign-in", "/sw.js", "/none"])
def test_no_phone_keeps_other_pages(phone: Phone, page: str) -> None:
    assert "X-Keep-Offline" not in phone.person.get(page).headers


def test_the_list_of_what_to_keep_holds_one_s_own_households_and_no_others(
    phone: Phone, make: Factory, cadre: Cadre
) -> None:
    make.household("别家")
    page = phone.person.get("/offline").text
    assert f'href="/households/{phone.household.id}" data-keep="' in page
    assert f'href="/households/{phone.household.id}/visit" data-keep="' in page
    assert "别家" not in page


@pytest.mark.parametrize("page", ["/offline", "/waiting"])
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.OFFICE, Role.HANDLER, Role.ADMINISTRATOR])
def test_who_makes_no_visits_has_no_outbox(app: Flask, make: Factory, role: Role, page: str) -> None:
    assert Person(app, make.cadre(role)).get(page).status_code == 404


def test_the_worker_is_never_taken_from_a_cache(anonymous: Person) -> None:
    answer = anonymous.get("/sw.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.content_type.startswith("text/javascript")


@pytest.mark.parametrize("missing", [1, 10, 4000])
def test_a_body_that_was_cut_on_the_way_has_no_effect(phone: Phone, missing: int) -> None:
    body = b"value=good&seq=1"
    answer = phone.person.post(
        f"{phone.base}/cards/kitchen{phone.write}",
        body,
        fragment=True,
        headers=phone.headers(""),
        content_type="application/x-www-form-urlencoded",
        # As gunicorn hands it on: what came before the line was cut, and then its end.
        environ_overrides={"CONTENT_LENGTH": str(len(body) + missing), "wsgi.input_terminated": True},
    )
    assert (answer.status_code, visits()) == (400, 0)
    assert "不完整" in answer.text
