"""Facts about importing what a phone has exported."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.households.models import Household
from fieldvisit.offline.importing import ExportError, Imported, read_export, replay
from fieldvisit.visits.checklist import DEFAULT_VERSION
from fieldvisit.visits.models import Answer, Photo, Visit
from tests import photos_factory
from tests.factories import Factory
from tests.person import Person

Save = Callable[..., Path]
YESTERDAY = clock.now() - timedelta(days=1)


@pytest.fixture
def cadre(make: Factory) -> Cadre:
    """The cadre whose phone it is."""
    return make.cadre()


@pytest.fixture
def household(make: Factory, cadre: Cadre) -> Household:
    """The household visited."""
    return make.household(paired=cadre)


def line(household: Household, path: str, body: bytes, kind: str = "", **changes: Any) -> dict[str, Any]:
    """Make one line of a file as waiting.js writes it."""
    return {
        "version": "1",
        "key": str(uuid4()),
        "url": f"{path}?household={household.id}&checklist={DEFAULT_VERSION}",
        "headers": [["content-type", kind or "application/x-www-form-urlencoded"], ["hx-request", "true"]],
        "at": YESTERDAY.isoformat().replace("+00:00", "Z"),
        "what": "李桂英 · 看厨房",
        "body": base64.b64encode(body).decode(),
    } | changes


@pytest.fixture
def saved(tmp_path: Path, cadre: Cadre) -> Save:
    """The function saved(*lines, **head): writes a file as a phone exports it."""

    def save(*lines: dict[str, Any], **head: Any) -> Path:
        first = {"format": "fieldvisit-outbox", "version": 1, "cadre": str(cadre.id)} | head
        path = tmp_path / "export.jsonl"
        path.write_text("\n".join(json.dumps(row) for row in (first, *lines)), encoding="utf-8")
        return path

    return save


def imported(app: Flask, path: Path) -> list[Imported]:
    results = list(replay(app, read_export(path)))
    db.session.rollback()
    return results


def test_a_visit_is_taken_over_with_its_photo_as_of_the_day_it_was_made(
    app: Flask, saved: Save, household: Household, cadre: Cadre
) -> None:
    visit_id = uuid4()
    picture = photos_factory.phone_jpeg(width=640, height=480)
    photo = (
        b'--cut\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
        + picture
        + b"\r\n--cut--\r\n"
    )
    path = saved(
        line(household, f"/visits/{visit_id}/cards/photo_consent", b"value=agreed&seq=1"),
        line(household, f"/visits/{visit_id}/cards/kitchen", "value=poor&note=灶台塌了&seq=2".encode()),
        line(
            household, f"/visits/{visit_id}/cards/kitchen/photos/{uuid4()}", photo, "multipart/form-data; boundary=cut"
        ),
        line(household, f"/visits/{visit_id}/finish", b"seq="),
    )
    assert all(result.arrived for result in imported(app, path))
    visit = db.session.scalars(sa.select(Visit)).one()
    assert (visit.id, visit.cadre_id, visit.visited_on) == (visit_id, cadre.id, clock.local(YESTERDAY).date())
    assert db.session.get_one(Answer, (visit_id, "kitchen")).note == "灶台塌了"
    assert db.session.scalars(sa.select(Photo.card)).all() == ["kitchen"]


def test_a_second_import_changes_nothing(app: Flask, saved: Save, household: Household) -> None:
    path = saved(line(household, f"/visits/{uuid4()}/cards/kitchen", b"value=good&seq=1"))
    for _ in range(2):
        assert [result.status for result in imported(app, path)] == [200]
    assert [row.revision for row in db.session.scalars(sa.select(Answer))] == [1]


def test_what_the_phone_has_sent_after_all_is_not_doubled(
    app: Flask, saved: Save, household: Household, cadre: Cadre
) -> None:
    path = f"/visits/{uuid4()}/cards/"
    before, row = (line(household, path + card, b"value=good&seq=1") for card in ("bedroom", "kitchen"))
    headers = {"Idempotency-Key": row["key"]}
    kind = "application/x-www-form-urlencoded"
    Person(app, cadre).post(row["url"], b"value=good&seq=1", fragment=True, headers=headers, content_type=kind)
    assert [result.status for result in imported(app, saved(before, row))] == [200, 200]
    assert [answer.revision for answer in db.session.scalars(sa.select(Answer))] == [1, 1]


def test_what_was_imported_is_not_doubled_by_the_phone(
    app: Flask, saved: Save, household: Household, cadre: Cadre
) -> None:
    path = f"/visits/{uuid4()}/cards/"
    rows = [line(household, path + card, b"value=good&seq=1") for card in ("bedroom", "kitchen")]
    imported(app, saved(*rows))
    for row in rows:
        headers = {"Idempotency-Key": row["key"]}
        kind = "application/x-www-form-urlencoded"
        answer = Person(app, cadre).post(
            row["url"], b"value=good&seq=1", fragment=True, headers=headers, content_type=kind
        )
        assert answer.status_code == 200
    assert [answer.revision for answer in db.session.scalars(sa.select(Answer))] == [1, 1]


def test_one_refused_write_does_not_hold_up_the_others(app: Flask, saved: Save, household: Household) -> None:
    visit_id = uuid4()
    results = imported(
        app,
        saved(
            line(household, f"/visits/{visit_id}/cards/kitchen", b"value=nonsense&seq=1"),
            line(household, f"/visits/{visit_id}/cards/bedroom", b"value=good&seq=2"),
        ),
    )
    assert [result.status for result in results] == [422, 200]
    assert "没有收下" in results[0].words


def test_writes_of_somebody_who_has_left_are_refused(
    app: Flask, saved: Save, household: Household, cadre: Cadre
) -> None:
    path = saved(line(household, f"/visits/{uuid4()}/cards/kitchen", b"value=good&seq=1"))
    cadre.active = False
    db.session.commit()
    assert [result.status for result in imported(app, path)] == [401]


def test_a_visit_of_another_cadre_is_not_found(app: Flask, saved: Save, household: Household, make: Factory) -> None:
    url = f"/visits/{uuid4()}/cards/kitchen"
    imported(app, saved(line(household, url, b"value=good&seq=1")))
    other = make.cadre()
    make.pairing(other, household)
    path = saved(line(household, url, b"value=poor&seq=1"), cadre=str(other.id))
    assert [result.status for result in imported(app, path)] == [404]
    assert db.session.scalars(sa.select(Answer.value)).one() == "good"


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "/people/1"},
        {"url": "https://example.org/visits/1"},
        {"key": "x"},
        {"at": "2026-07-01T10:00:00"},
        {"at": "gestern"},
        {"body": "%%%"},
        {"headers": None},
        {"body": None},
    ],
)
def test_a_file_with_a_line_that_is_none_is_imported_by_nobody(
    saved: Save, household: Household, changes: dict[str, Any]
) -> None:
    good = line(household, f"/visits/{UUID(int=1)}/cards/kitchen", b"value=good&seq=1")
    with pytest.raises(ExportError):
        read_export(saved(good, good | changes))


@pytest.mark.parametrize("head", [{"format": "other"}, {"version": 2}, {"cadre": "x"}, {"cadre": None}])
def test_a_file_of_another_kind_is_refused(saved: Save, head: dict[str, Any]) -> None:
    with pytest.raises(ExportError):
        read_export(saved(**head))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{", b'{"format": "fieldvisit-outbox", "version": 1'])
def test_half_a_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "half.jsonl"
    path.write_bytes(content)
    with pytest.raises(ExportError):
        read_export(path)


def test_a_visit_is_not_finished_over_a_write_of_it_that_was_refused(
    app: Flask, saved: Save, household: Household
) -> None:
    visit_id = uuid4()
    bad = line(household, f"/visits/{visit_id}/cards/kitchen", b"value=nonsense&seq=1")
    good = line(household, f"/visits/{visit_id}/cards/bedroom", b"value=good&seq=2")
    finish = line(household, f"/visits/{visit_id}/finish", b"seq=")
    assert [result.status for result in imported(app, saved(bad, good, finish))] == [422, 200, 424]
    assert [result.status for result in imported(app, saved(good, finish))] == [200, 200]
