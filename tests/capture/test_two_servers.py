"""Facts about two server processes on one database."""

from __future__ import annotations

import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from fieldvisit.config import Settings
from fieldvisit.extensions import db
from fieldvisit.visits.checklist import DEFAULT_VERSION
from fieldvisit.visits.models import Answer, Visit
from tests.browser.serving import serving
from tests.factories import Factory
from tests.person import Person

AT_ONCE = 10


def test_the_same_write_at_both_at_once_has_one_effect_and_one_answer(
    app: Flask, settings: Settings, make: Factory
) -> None:
    cadre = make.cadre()
    household = make.household(paired=cadre)
    cookie = Person(app, cadre).client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    headers = {
        "Cookie": f"{cookie.key}={cookie.value}",
        "Idempotency-Key": str(uuid4()),
        "Sec-Fetch-Site": "same-origin",
        "HX-Request": "true",
    }
    path = f"/visits/{uuid4()}/cards/kitchen?household={household.id}&checklist={DEFAULT_VERSION}"
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(settings)) for _ in range(2)]

        def send(number: int) -> tuple[int, bytes]:
            request = urllib.request.Request(servers[number % 2].url + path, b"value=good&seq=1", headers)
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = set(pool.map(send, range(AT_ONCE)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 200
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Visit)) == 1
    assert [row.revision for row in db.session.scalars(sa.select(Answer))] == [1]
