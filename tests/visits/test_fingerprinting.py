"""`fieldvisit fingerprint-photos`: photos of earlier versions can be compared afterwards."""

from __future__ import annotations

from uuid import UUID

import pytest
from click.testing import CliRunner

from fieldvisit.accounts.models import Cadre
from fieldvisit.cli import main
from fieldvisit.config import Settings
from fieldvisit.extensions import db
from fieldvisit.visits import photo_queries
from fieldvisit.visits.models import Photo, Visit
from fieldvisit.visits.photos import prepare
from tests.factories import Factory
from tests.photos_factory import shrunk_jpeg
from tests.visits.making import make_visit, photograph, store_files

PREPARED = prepare(shrunk_jpeg(320, 240))


@pytest.fixture
def visit(make: Factory) -> Visit:
    cadre: Cadre = make.cadre()
    return make_visit(cadre, make.household())


def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("FIELDVISIT_MODE", "demo")
    monkeypatch.setenv("FIELDVISIT_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("FIELDVISIT_DATABASE_URL", settings.database_url)
    result = CliRunner().invoke(main, ["fingerprint-photos"])
    assert result.exit_code == 0, result.output
    db.session.rollback()
    db.session.expire_all()
    return result.output


def dhash(photo_id: UUID) -> int | None:
    return db.session.get_one(Photo, photo_id).dhash


def test_photos_without_a_fingerprint_get_theirs(
    visit: Visit, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = [photograph(visit), photograph(visit), photograph(visit, dhash=7)]
    for photo in photos:
        store_files(photo, PREPARED.full, PREPARED.thumb)
    ids = [photo.id for photo in photos]
    monkeypatch.setattr("fieldvisit.cli_photos.AT_ONCE", 1)
    assert "2 photos can be compared now; of 0 " in run(settings, monkeypatch)
    assert dhash(ids[0]) == dhash(ids[1]) == PREPARED.dhash
    assert dhash(ids[2]) == 7
    assert "0 photos can be compared now" in run(settings, monkeypatch)


def test_a_photo_without_a_readable_file_is_passed_over(
    visit: Visit, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, broken, good = (photograph(visit).id for _ in range(3))
    store_files(db.session.get_one(Photo, broken))
    store_files(db.session.get_one(Photo, good), PREPARED.full, PREPARED.thumb)
    assert "1 photos can be compared now; of 2 " in run(settings, monkeypatch)
    assert (dhash(gone), dhash(broken), dhash(good)) == (None, None, PREPARED.dhash)
    assert [photo.id for photo in photo_queries.without_fingerprint(None, 9)] == sorted([gone, broken])
