"""Facts about the worker as real processes: it dies, it is stopped, and there is one at a time."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.config import Settings
from fieldvisit.extensions import db
from fieldvisit.notifications import tasks
from fieldvisit.notifications.models import OutgoingMessage, State
from fieldvisit.notifications.rules import Kind
from fieldvisit.organisation.models import Unit
from tests.browser.serving import ROOT, environ_of, serving
from tests.notifications.making import announced, channel_of, states
from tests.notifications.standing_in import MailServer

PATIENCE_S = 90


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(PATIENCE_S * 20):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come about")


@contextmanager
def working(settings: Settings, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `fieldvisit worker` for an installation."""
    environ = environ_of(settings) | {
        "FIELDVISIT_SMTP_URL": settings.smtp_url,
        "FIELDVISIT_MAIL_FROM": settings.mail_from,
        **more,
    }
    command = [sys.executable, "-m", "fieldvisit", "worker"]
    log = (settings.data_dir / "worker.log").open("ab")
    with log, subprocess.Popen(command, env=environ, cwd=settings.data_dir, stdout=log, stderr=log) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()


@pytest.fixture
def told(unit: Unit, officer: Cadre) -> None:
    """A unit with an e-mail address and one message that waits for it."""
    channel_of(unit, officer, Kind.MAIL)
    announced(unit)


def test_a_worker_killed_between_sending_and_noting_it_loses_nothing(
    told: None, sending: Settings, mail_server: MailServer
) -> None:
    mail_server.acknowledge.clear()
    with working(sending) as process:
        assert mail_server.arrived.wait(PATIENCE_S)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert states() == [State.WAITING]
    mail_server.acknowledge.set()
    # Time goes by: its claim lapses.
    db.session.execute(sa.update(OutgoingMessage).values(leased_until=clock.now() - timedelta(seconds=1)))
    db.session.commit()
    with working(sending):
        wait_for(lambda: states() == [State.SENT])
    assert len(mail_server.letters) == 2


def test_a_worker_told_to_stop_ends_its_sending_and_goes(
    told: None, sending: Settings, mail_server: MailServer
) -> None:
    mail_server.acknowledge.clear()
    with working(sending) as process:
        assert mail_server.arrived.wait(PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        mail_server.acknowledge.set()
        assert process.wait(30) == 0
    assert states() == [State.SENT]


def test_of_two_workers_one_works_and_the_other_takes_over_when_it_dies(
    told: None, app: Flask, unit: Unit, sending: Settings, mail_server: MailServer
) -> None:
    with working(sending) as first:
        wait_for(lambda: states() == [State.SENT])
        with working(sending) as second:
            wait_for(lambda: _says(sending, "stands by") == 2)
            announced(unit, "another")
            first.kill()
            first.wait(10)
            wait_for(lambda: states() == [State.SENT] * 2)
            second.send_signal(signal.SIGTERM)
            assert second.wait(30) == 0


def _says(settings: Settings, words: str) -> int:
    return (settings.data_dir / "worker.log").read_text().count(words)


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_server_sends_by_itself_and_stops_when_told(
    told: None, sending: Settings, mail_server: MailServer, processes: str
) -> None:
    more = {
        "FIELDVISIT_SMTP_URL": sending.smtp_url,
        "FIELDVISIT_MAIL_FROM": sending.mail_from,
        "FIELDVISIT_WORKER": "inside",
        "FIELDVISIT_WORKERS": processes,
    }
    with serving(sending, more=more) as server:
        wait_for(lambda: states() == [State.SENT])
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(40) == 0
    assert len(mail_server.letters) == 1


def test_what_is_sent_soon_does_not_wait_for_the_minute(
    app: Flask, unit: Unit, officer: Cadre, sending: Settings, mail_server: MailServer
) -> None:
    app.extensions["fieldvisit"] = sending
    channel_of(unit, officer, Kind.MAIL)
    announced(unit)
    tasks.soon()
    queue = tasks.queue_of(app)
    queue.execute(queue.dequeue())
    assert states() == [State.SENT]


def test_waking_twice_is_waking_once(app: Flask) -> None:
    tasks.soon()
    tasks.soon()
    assert tasks.queue_of(app).pending_count() == 1


def test_a_queue_that_can_not_be_written_fails_no_work(
    app: Flask, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    (settings.data_dir / "queue.db").mkdir()
    tasks.soon()
    assert "can't be woken" in caplog.text


def test_a_task_that_somebody_else_put_into_the_queue_is_not_run(app: Flask) -> None:
    queue = tasks.queue_of(app)
    queue.storage.enqueue(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(ValueError, match="Separator"):
        queue.dequeue()


def test_neither_the_queue_nor_the_senders_are_loaded_before_they_are_needed() -> None:
    code = (
        "import sys, fieldvisit.app, fieldvisit.server; "
        "sys.exit(bool({'huey', 'apprise', 'requests', 'redis'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
