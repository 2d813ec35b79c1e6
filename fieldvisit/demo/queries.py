"""Reading what is there before the demonstration is made."""

from __future__ import annotations

import sqlalchemy as sa

from fieldvisit.accounts.models import Cadre
from fieldvisit.extensions import db
from fieldvisit.organisation.models import ContactPoint


def anybody_there() -> bool:
    """Say whether the database has an account: then it is in use and stays as it is."""
    return db.session.execute(sa.select(Cadre.id).limit(1)).first() is not None


def user_names() -> set[str]:
    """Return all user names."""
    return set(db.session.scalars(sa.select(Cadre.user_name)))


def cadre_named(user_name: str) -> Cadre:
    """Return the account with this user name."""
    return db.session.scalars(sa.select(Cadre).where(Cadre.user_name == user_name)).one()


def villages_of_units() -> dict[int, list[str]]:
    """Map unit ids to the codes of their contact points."""
    found: dict[int, list[str]] = {}
    rows = db.session.execute(sa.select(ContactPoint.unit_id, ContactPoint.village_code).order_by(ContactPoint.id))
    for unit_id, code in rows:
        found.setdefault(unit_id, []).append(code)
    return found
