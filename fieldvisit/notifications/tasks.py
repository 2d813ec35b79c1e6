"""The worker's queue: one round a minute, and one at once when there is something to send.

What is to be sent lies in the database. The queue only wakes the worker, so it may be lost at any time.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from flask import Flask, current_app

from fieldvisit.config import Settings
from fieldvisit.extensions import db
from fieldvisit.notifications import daily, outbox

log = logging.getLogger(__name__)
NAME, EXTENSION = "fieldvisit", "fieldvisit.queue"
_building = threading.Lock()


def soon() -> None:
    """Wake the worker; to be called after the commit. Never fails: the minute's round finds what this one misses."""
    try:
        queue = queue_of(current_app._get_current_object())  # type: ignore[attr-defined]  # flask's own proxy
        # One that is still to begin will see what has just been committed.
        if not queue.pending_count():
            queue.wake()
    except Exception:
        # A message that goes out a minute later must not fail the work that it tells of.
        log.exception("The worker can't be woken.")


def queue_of(app: Flask) -> Any:
    """Return the application's queue (a Huey), made when it is first asked for."""
    with _building:
        if EXTENSION not in app.extensions:
            app.extensions[EXTENSION] = _build(app)
        return app.extensions[EXTENSION]


def _build(app: Flask) -> Any:
    # Loaded here, and so only by processes that have something to send.
    from huey import RedisHuey, SqliteHuey, crontab
    from huey.serializer import SignedSerializer

    settings: Settings = app.extensions["fieldvisit"]
    # Whoever can write to the queue must not run programs here: tasks are pickles.
    serializer = SignedSerializer(settings.secret_key, salt=NAME)
    if settings.redis_url:
        queue = RedisHuey(NAME, results=False, serializer=serializer, url=settings.redis_url)
    else:
        file = settings.data_dir / "queue.db"
        queue = SqliteHuey(NAME, results=False, serializer=serializer, filename=str(file), fsync=False, cache_mb=1)

    @queue.periodic_task(crontab(), name="minutely")  # type: ignore[untyped-decorator]  # huey has no types
    def minutely() -> None:
        work_once(app)

    @queue.task(name="wake")  # type: ignore[untyped-decorator]
    def wake() -> None:
        work_once(app, is_woken=True)

    queue.wake = wake
    return queue


def work_once(app: Flask, *, is_woken: bool = False) -> None:
    """Send what waits and, in the round of each minute, run the daily jobs that are due."""
    with app.app_context():
        try:
            outbox.drain(app.extensions["fieldvisit"])
            if not is_woken:
                daily.run_due()
        finally:
            db.session.remove()
