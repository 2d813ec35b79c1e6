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
from fieldvisit.rows import get_or_make

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
    holder.failures += 1
    lock = rules.lock_after(holder.failures)
    if lock is not None:
        holder.locked_until = clock.now() + lock
    who = holder.id if isinstance(holder, Cadre) else "unknown"
    record(None, "sign_in_failed" if lock is None else "sign_in_locked", "cadre", who, failures=holder.failures)


def forgive(cadre: Cadre) -> None:
    """Forget the failures, after a complete sign-in or by an administrator."""
    cadre.failures = 0
    cadre.locked_until = None


def unknown_name(login: str) -> UnknownName:
    """Return the row of a name that nobody has, made when it is tried for the first time."""
    digest = name_digest(login)
    row, _is_new = get_or_make(lambda: queries.hold_unknown(digest), lambda: _new_unknown(digest))
    return row


def _new_unknown(digest: str) -> UnknownName:
    now = clock.now()
    db.session.execute(sa.delete(UnknownName).where(UnknownName.first_tried_at < now - FORGET_UNKNOWN))
    return UnknownName(digest=digest, failures=0, locked_until=None, first_tried_at=now)
