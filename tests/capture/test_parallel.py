"""Facts about writes that arrive side by side."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from fieldvisit import clock
from fieldvisit.capture.models import DurableWrite
from fieldvisit.extensions import db
from fieldvisit.followups.models import FollowUp
from fieldvisit.visits.models import Answer, Commitment, Photo, Visit
from tests import photos_factory
from tests.factories import Factory
from tests.visits.phone import Phone

AT_ONCE = 5
SMALL = photos_factory.phone_jpeg(width=320, height=240)


def count(model: type) -> int:
    """Count a table's rows."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def at_once(tries: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    """Do all tries side by side."""
    with ThreadPoolExecutor(len(tries)) as pool:
        return [future.result() for future in [pool.submit(attempt) for attempt in tries]]


@pytest.fixture
def phones(app: Flask, make: Factory) -> list[Phone]:
    """The same phone on five lines at once: one device, one visit, one running number."""
    cadre = make.cadre()
    household = make.household(paired=cadre)
    visit_id, device = uuid4(), str(uuid4())
    return [Phone(app, cadre, household, visit_id, device) for _ in range(AT_ONCE)]


def test_the_same_first_save_five_times_makes_one_visit(phones: list[Phone]) -> None:
    key = str(uuid4())
    answers = at_once([partial(phone.save, "kitchen", "good", seq=1, key=key) for phone in phones])
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert (count(Visit), count(Answer), count(DurableWrite)) == (1, 1, 1)


def test_the_same_commitment_five_times_is_one(phones: list[Phone]) -> None:
    phones[0].save("kitchen", "good", seq=1)
    key, same, day = str(uuid4()), UUID(int=9), (clock.today() + timedelta(days=3)).isoformat()
    answers = at_once([partial(phone.promise, "修路", day, same, seq=2, key=key) for phone in phones])
    assert {answer.status_code for answer in answers} == {200}
    assert count(Commitment) == 1


def test_finishing_five_times_finishes_once_and_schedules_once(phones: list[Phone]) -> None:
    phones[0].promise("修路", clock.today().isoformat())
    key = str(uuid4())
    answers = at_once([partial(phone.finish, key) for phone in phones])
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["HX-Redirect"] for answer in answers} == {f"/visits/{phones[0].visit_id}"}
    assert count(FollowUp) == 1


def test_the_same_photo_five_times_is_one(phones: list[Phone]) -> None:
    phones[0].save("photo_consent", "agreed", seq=1)
    key, same = str(uuid4()), uuid4()
    answers = at_once([partial(phone.photo, SMALL, id=same, key=key) for phone in phones])
    assert {answer.status_code for answer in answers} == {200}
    assert count(Photo) == 1


def test_different_cards_of_a_new_visit_side_by_side_all_arrive(phones: list[Phone]) -> None:
    cards = ("kitchen", "bedroom", "toilet", "living", "work")
    values = ("good", "fair", "poor", "fine", "concern")
    answers = at_once(
        [
            partial(phone.save, card, value, seq=seq)
            for seq, (phone, card, value) in enumerate(zip(phones, cards, values, strict=True), 1)
        ]
    )
    assert {answer.status_code for answer in answers} == {200}
    assert (count(Visit), count(Answer)) == (1, 5)


def test_two_writes_with_one_key_side_by_side_never_both_take_effect(phones: list[Phone]) -> None:
    phones[0].save("kitchen", "good", seq=1)
    key = str(uuid4())
    answers = at_once(
        [partial(phone.save, "living", "concern", note=str(n), seq=2, key=key) for n, phone in enumerate(phones)]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
