"""The worker: one consumer of the queue for an installation, in a process of its own or inside a server's."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from fieldvisit.config import Settings
from fieldvisit.notifications import tasks

# A server answers its first visitors before it loads what the worker needs.
LATER_S = 3
STANDBY_S, HEALTH_S = 5, 10
# How rarely an idle queue is looked into, and how long a sending may take to its end when all is to stop.
LONGEST_IDLE_S, GRACE_S = 5, 20


def work(app: Flask, stop: threading.Event) -> None:
    """Be the installation's one worker until told to stop; stand by while another process is."""
    settings: Settings = app.extensions["fieldvisit"]
    with _turn(settings.data_dir / "worker.lock", stop) as is_mine:
        if is_mine:
            _consume(app, stop)


@contextmanager
def _turn(path: Path, stop: threading.Event) -> Iterator[bool]:
    """Wait until no other process holds the lock; the system frees it when a process ends, however that ends."""
    with path.open("a") as file:
        while not stop.is_set():
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                stop.wait(STANDBY_S)
            else:
                yield True
                return
        yield False


def _consume(app: Flask, stop: threading.Event) -> None:
    from huey.consumer import Consumer

    queue = tasks.queue_of(app)
    consumer = Consumer(queue, workers=1, max_delay=LONGEST_IDLE_S, shutdown_timeout=GRACE_S)
    # Signals are the server's and the command's; in a thread they can't be set at all.
    consumer._set_signal_handlers = lambda: None
    consumer.start()
    while not stop.wait(HEALTH_S):
        consumer.check_worker_health()
    consumer.stop(graceful=True)


class Inside:
    """The worker as a thread of a server's process. With several processes, one of them has it."""

    def __init__(self, app: Flask) -> None:
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(app,), name="worker", daemon=True)

    def start(self) -> None:
        """Begin, a little later."""
        self.thread.start()

    def end(self) -> None:
        """Let a sending come to its end, then stop."""
        self.stop.set()
        self.thread.join(GRACE_S)

    def _run(self, app: Flask) -> None:
        if not self.stop.wait(LATER_S):
            work(app, self.stop)
