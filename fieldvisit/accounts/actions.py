"""Signing in and out."""

from __future__ import annotations

import hashlib
import secrets

import sqlalchemy as sa
from flask import session
from flask_login import login_user, logout_user

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre, SignIn
from fieldvisit.audit.actions import record
from fieldvisit.extensions import db


def token_digest(token: str) -> str:
    """Return the SHA-256 by which a sign-in's token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def start_sign_in(cadre: Cadre) -> None:
    """Sign a person in on this device, with a fresh session."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(SignIn(token_sha256=token_digest(token), cadre_id=cadre.id, started_at=now, seen_at=now))
    record(cadre.id, "signed_in", "cadre", cadre.id)
    # A session from before the sign-in may have been planted there: nothing of it is kept.
    session.clear()
    session.permanent = True
    session["token"] = token
    login_user(cadre)


def end_sign_in(cadre: Cadre) -> None:
    """Sign a person out on this device; the cookie is worthless afterwards even if somebody kept it."""
    digest = token_digest(session.get("token", ""))
    db.session.execute(sa.update(SignIn).where(SignIn.token_sha256 == digest).values(ended_at=clock.now()))
    record(cadre.id, "signed_out", "cadre", cadre.id)
    logout_user()
    session.clear()


def end_all_sign_ins(cadre: Cadre) -> None:
    """Sign a person out everywhere."""
    db.session.execute(
        sa.update(SignIn)
        .where(SignIn.cadre_id == cadre.id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
