"""`fieldvisit fingerprint-photos`: look once at photos that came before photos had fingerprints."""

from __future__ import annotations

import click

# So that each transaction is short: whoever saves a visit meanwhile hardly waits.
AT_ONCE = 100


@click.command("fingerprint-photos")
def fingerprint_photos() -> None:
    """Let photos that an earlier version took in be compared by what they show, too.

    \b
    Run it once after the upgrade. It may be stopped and started again, and run while the site is used. New photos
    need nothing.
    """
    from fieldvisit.cli import application
    from fieldvisit.extensions import db
    from fieldvisit.visits import photo_actions, photo_queries
    from fieldvisit.visits.photo_store import PhotoStore

    done = without_file = 0
    with application() as app:
        store = PhotoStore(app.extensions["fieldvisit"].photo_dir)
        last = None
        while photos := photo_queries.without_fingerprint(last, AT_ONCE):
            read = sum(photo_actions.add_fingerprint(photo, store) for photo in photos)
            done, without_file, last = done + read, without_file + len(photos) - read, photos[-1].id
            db.session.commit()
            db.session.expunge_all()
    click.echo(f"{done} photos can be compared now; of {without_file} there is no readable file.")
