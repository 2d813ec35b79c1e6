"""Facts about the daily sweep."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner
from flask import Flask

from fieldvisit import clock
from fieldvisit.cli import main
from fieldvisit.config import Settings
from fieldvisit.extensions import db
from fieldvisit.visits.models import Photo
from tests import photos_factory
from tests.factories import Factory
from tests.visits.phone import Phone

LONG_AGO = time.time() - 2 * 24 * 3600


@pytest.fixture
def phone(app: Flask, make: Factory) -> Phone:
    """A phone in a home where photos are agreed to."""
    cadre = make.cadre()
    phone = Phone(app, cadre, make.household(paired=cadre))
    phone.save("photo_consent", "agreed")
    return phone


def sweep(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the command as the shell does."""
    monkeypatch.setenv("FIELDVISIT_MODE", "demo")
    monkeypatch.setenv("FIELDVISIT_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("FIELDVISIT_DATABASE_URL", settings.database_url)
    result = CliRunner().invoke(main, ["sweep"])
    assert result.exit_code == 0, result.output
    return result.output


def age(settings: Settings) -> None:
    """Make all photo files two days old."""
    for path in settings.photo_dir.rglob("*.jpg"):
        os.utime(path, (LONG_AGO, LONG_AGO))


def test_files_of_a_removed_photo_go_and_others_stay(
    phone: Phone, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.photo(photos_factory.phone_jpeg(width=320, height=240))
    phone.photo(photos_factory.phone_jpeg(width=480, height=320))
    gone, kept = db.session.scalars(sa.select(Photo).order_by(Photo.added_at))
    phone.post(f"/photos/{gone.id}/remove", {})
    age(settings)
    assert "Removed 2 photo files" in sweep(settings, monkeypatch)
    assert {path.name.split(".")[0] for path in settings.photo_dir.rglob("*.jpg")} == {kept.sha256}


def test_files_of_a_draft_that_was_thrown_away_go_too(
    phone: Phone, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.photo(photos_factory.phone_jpeg(width=320, height=240))
    phone.post("/discard", {})
    age(settings)
    assert "Removed 2 photo files" in sweep(settings, monkeypatch)


def test_a_fresh_file_stays_since_its_row_may_be_on_its_way(
    phone: Phone, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.photo(photos_factory.phone_jpeg(width=320, height=240))
    photo = db.session.scalars(sa.select(Photo)).one()
    phone.post(f"/photos/{photo.id}/remove", {})
    assert "Removed 0 photo files" in sweep(settings, monkeypatch)


def test_keys_of_writes_are_kept_for_90_days(phone: Phone, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    db.session.rollback()
    with time_machine.travel(clock.now() + timedelta(days=89)):
        assert "0 old write keys" in sweep(settings, monkeypatch)
    with time_machine.travel(clock.now() + timedelta(days=91)):
        assert "1 old write keys" in sweep(settings, monkeypatch)
