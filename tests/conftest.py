"""What every test may ask for: an application on a fresh database, and people's browsers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from fieldvisit import create_app
from fieldvisit.config import Settings, read_settings
from fieldvisit.extensions import db
from tests.databases import (
    ADDRESS,
    ON_POSTGRESQL,
    close_connections,
    drop_database,
    fresh_database_url,
    postgresql_address,
)
from tests.factories import Factory
from tests.person import Person


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Start one PostgreSQL server for all parallel workers, which inherit its address."""
    if ON_POSTGRESQL:
        os.environ[ADDRESS] = postgresql_address()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run of the continuous integration that skipped anything."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("FIELDVISIT_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _no_connections_left() -> Iterator[None]:
    """End every test without open connections."""
    yield
    close_connections()


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings of an installation of this test's own."""
    url = fresh_database_url(tmp_path)
    yield read_settings(
        {"FIELDVISIT_MODE": "demo", "FIELDVISIT_DATA_DIR": str(tmp_path), "FIELDVISIT_DATABASE_URL": url}
    )
    drop_database(url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on a fresh, migrated database; unexpected errors reach the test."""
    app = create_app(settings)
    app.config.update(PROPAGATE_UNEXPECTED=True, PROPAGATE_EXCEPTIONS=True)
    app.teardown_request(_refuse_uncommitted)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _refuse_uncommitted(error: BaseException | None) -> None:
    if error is None:
        left = [*db.session.new, *db.session.dirty, *db.session.deleted]
        assert not left, "the view left changes uncommitted: db.session.commit() once, last, in the view"


@pytest.fixture
def public_url(app: Flask) -> str:
    """Where phones find the site, set as a setting."""
    url = "https://slx.example.org"
    app.extensions["fieldvisit"] = replace(app.extensions["fieldvisit"], public_url=url)
    return url


@pytest.fixture
def make(app: Flask) -> Factory:
    """Makes rows: make.cadre(), make.household(), ..."""
    return Factory()


@pytest.fixture
def anonymous(app: Flask) -> Person:
    """A browser in which nobody is signed in."""
    return Person(app)
