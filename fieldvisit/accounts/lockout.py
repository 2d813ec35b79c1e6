"""Counting failed sign-ins and locking, alike for people and for names that nobody has."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts import queries, rules
from fieldvisit.accounts.models import Cadre, UnknownName
from fieldvisit.audit.actions import record
from fieldvisit.extensions import db

# An unknown name must stay locked as long as a known one would; afterwards its row has no use.
FORGET_UNKNOWN = timedelta(days=30)


def name_digest(login: str) -> str:
    """Return the SHA-256 by which an unknown name is kept: people type passwords into the wrong field."""
    return hashlib.sha256(login.encode()).hexdigest()


def is_locked(holder: Cadre | UnknownName | None) -> bool:
    """Say whether no sign-in is taken at the moment."""
    return holder is not None and holder.locked_until is not None and holder.locked_until > clock.now()


def count_failure(holder: Cadre | UnknownName) -> None:
    """Count a wrong password or code; every fifth locks."""
    lock = add_failure(holder)
    who = holder.id if isinstance(holder, Cadre) else "unknown"
    record(None, "sign_in_failed" if lock is None else "sign_in_locked", "cadre", who, failures=holder.failures)


def add_failure(holder: Cadre | UnknownName) -> timedelta | None:
    """Count a failure of whatever is guessed; return how long it locks, None when it does not yet."""
    holder.failures += 1
    lock = rules.lock_after(holder.failures)
    if lock is not None:
        holder.locked_until = clock.now() + lock
    return lock


def forgive(cadre: Cadre) -> None:
    """Forget the failures, after a complete sign-in or by an administrator."""
    cadre.failures = 0
    cadre.locked_until = None


def unknown_name(login: str) -> UnknownName:
    """Return the row of a name that nobody has, made when it is tried for the first time."""
    now = clock.now()
    digest = name_digest(login)
    found = queries.hold_unknown(digest)
    if found is None:
        db.session.execute(sa.delete(UnknownName).where(UnknownName.first_tried_at < now - FORGET_UNKNOWN))
        found = _add_unknown(UnknownName(digest=digest, failures=0, locked_until=None, first_tried_at=now))
    return found


def _add_unknown(row: UnknownName) -> UnknownName:
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except sa.exc.IntegrityError:
        # Another attempt with the same name came first.
        held = queries.hold_unknown(row.digest)
        assert held is not None
        return held
    return row
