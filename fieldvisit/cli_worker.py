"""`fieldvisit worker`: sending what waits, in a process of its own."""

from __future__ import annotations

import signal
import threading

import click


@click.command()
def worker() -> None:
    """Send what waits to e-mail and group chats, and run the daily jobs, until told to stop.

    `fieldvisit serve` does this itself, unless FIELDVISIT_WORKER=apart. One worker works at a time;
    another one stands by until it ends.

    \b
    Example:
      FIELDVISIT_WORKER=apart fieldvisit worker
    """
    from fieldvisit.cli import build, require_current_schema
    from fieldvisit.extensions import db
    from fieldvisit.notifications.worker import work

    app, stop = build(), threading.Event()
    with app.app_context():
        require_current_schema()
        db.session.remove()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    click.echo("The worker works or stands by (Ctrl+C ends it).")
    work(app, stop)
