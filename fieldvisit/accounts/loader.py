"""Who is signed in: the person behind the session's token, by one query a request."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask, Request, current_app, g, session

from fieldvisit import clock
from fieldvisit.accounts import queries, rules
from fieldvisit.accounts.access import DESK_ROLES
from fieldvisit.accounts.actions import token_digest
from fieldvisit.accounts.models import Cadre, SignIn
from fieldvisit.database import write_transactions
from fieldvisit.extensions import db, login_manager

# Seldom, so that reading pages stays reading.
NOTE_SEEN_EVERY = timedelta(minutes=5)


def init_loader(app: Flask) -> None:
    """Let flask-login find people by the session's token."""
    app.config["PERMANENT_SESSION_LIFETIME"] = rules.SIGN_IN_LASTS
    # The token is the proof; flask-login's own mark of address and browser would only sign out moving phones.
    login_manager.session_protection = None
    login_manager.request_loader(load_cadre)


# Set by `fieldvisit import-outbox` beside a request that it makes itself; no header can set it.
IMPORTED_FOR = "fieldvisit.imported_for"


def load_cadre(request: Request) -> Cadre | None:
    """Return the person whose sign-in this browser holds, unless it has ended or gone stale."""
    if IMPORTED_FOR in request.environ:
        return queries.active_cadre(request.environ[IMPORTED_FOR])
    token_sha256 = token_digest(session.get("token", ""))
    found = queries.signed_in_cadre(token_sha256) if "token" in session else None
    if found is None:
        return None
    cadre, started_at, seen_at = found
    idle_limit = rules.IDLE_AT_DESK if cadre.has(*DESK_ROLES) else None
    now = clock.now()
    if rules.has_ended(started_at, seen_at, now, idle_limit):
        return None
    if now - seen_at >= NOTE_SEEN_EVERY:
        _note_seen(token_sha256, now)
    return cadre


def _note_seen(token_sha256: str, now: datetime) -> None:
    statement = sa.update(SignIn).where(SignIn.token_sha256 == token_sha256).values(seen_at=now)
    if g.get("writing"):
        db.session.execute(statement)
        return
    # While reading, a transaction of its own: SQLite refuses to turn one that has read into one that writes
    # when another has written in between. If the database stays busy, the page matters more than the note.
    try:
        with write_transactions(), db.engine.begin() as connection:
            connection.execute(statement)
    except sa.exc.OperationalError:
        current_app.logger.warning("the database was too busy to note that a sign-in is in use")
