"""Filling an empty database, in one transaction: all of the demonstration or nothing."""

from __future__ import annotations

import random

from flask import Flask

from fieldvisit import clock, schema
from fieldvisit.accounts.passwords import hash_password
from fieldvisit.database import write_transactions
from fieldvisit.demo import (
    complaints,
    concerns,
    households,
    judgements,
    notices,
    people,
    photos,
    places,
    queries,
    reports,
)
from fieldvisit.demo.history import History
from fieldvisit.extensions import db


def prepare_app(app: Flask) -> list[people.DemoSignIn]:
    """Do what `fieldvisit.demo.prepare` promises."""
    with app.app_context():
        schema.upgrade(db.engine)
        if not queries.anybody_there():
            # Slow work comes before the transaction.
            password_hash = hash_password(people.DEMO_PASSWORD)
            drawn = photos.draw_photos(app.extensions["fieldvisit"].photo_dir)
            with write_transactions():
                _fill(password_hash, drawn)
        present = queries.user_names()
        db.session.remove()
    return [sign_in for sign_in in people.demo_sign_ins() if sign_in.user_name in present]


def _fill(password_hash: str, drawn: photos.Drawn) -> None:
    # The same people and words every time; days are counted from today.
    dice = random.Random(20260901)  # noqa: S311  (not for secrets)
    places.add_places()
    units = places.add_units()
    cadres = people.add_cadres(units, password_hash)
    homes = households.add_households(dice, cadres, clock.today())
    history = History(dice, cadres, clock.today())
    visits = history.add(homes)
    photos.add_photos(dice, drawn, visits)
    judgements.add_judgements(dice, history.looked_after, clock.today())
    judgements.add_checks(dice, history.looked_after, cadres["wangmin"], clock.today())
    complaints.add_complaints(cadres, clock.today())
    notices.add_address(cadres, units)
    concerns.add_concerns(cadres, units, visits, drawn, clock.today())
    reports.add_reports(cadres, clock.today())
    notices.read_old_notices(clock.today())
    db.session.commit()
