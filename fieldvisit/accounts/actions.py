"""Signing in and out, and changing one's own password, second step and calendar link."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date

import sqlalchemy as sa
from flask import session
from flask_login import login_user, logout_user

from fieldvisit import clock
from fieldvisit.accounts import lockout, queries, two_step
from fieldvisit.accounts.models import Cadre, SignIn
from fieldvisit.audit.actions import record
from fieldvisit.extensions import db


def token_digest(token: str) -> str:
    """Return the SHA-256 by which the token of a sign-in or of a calendar link is stored."""
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
    _end_sign_ins(SignIn.cadre_id == cadre.id)


def end_other_sign_ins(cadre: Cadre) -> None:
    """Sign a person out everywhere but on this device."""
    here = token_digest(session.get("token", ""))
    _end_sign_ins(sa.and_(SignIn.cadre_id == cadre.id, SignIn.token_sha256 != here))
    record(cadre.id, "other_devices_signed_out", "cadre", cadre.id)


def _end_sign_ins(which: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.update(SignIn).where(which, SignIn.ended_at.is_(None)).values(ended_at=clock.now()))


def settle_attempt(login: str, proven_hash: str | None) -> Cadre | None:
    """Return the person who proved their password, or count a failure and return None.

    `proven_hash` is the hash that the typed password fits, None when it fits none. The person is read anew,
    so that of many attempts at once no more count than the lock allows.
    """
    found = queries.cadre_by_login(login)
    holder = queries.hold(found.id) if found and found.active else lockout.unknown_name(login)
    if lockout.is_locked(holder):
        return None
    if isinstance(holder, Cadre) and holder.password_hash == proven_hash:
        return holder
    lockout.count_failure(holder)
    return None


def complete_sign_in(cadre: Cadre) -> None:
    """Sign in a person who has proven everything that was asked."""
    lockout.forgive(cadre)
    start_sign_in(cadre)


def use_code(cadre: Cadre, code: str) -> bool:
    """Say whether the code of the second step is right, and use it up; count a failure when it is not."""
    step = two_step.step_of(cadre.totp_secret or "", code, cadre.totp_step, clock.now())
    if step is None:
        lockout.count_failure(cadre)
        return False
    cadre.totp_step = step
    return True


def change_password(cadre: Cadre, password_hash: str) -> None:
    """Give a person the password of their choice: every sign-in ends, this device is signed in anew."""
    cadre.password_hash = password_hash
    cadre.must_change_password = False
    record(cadre.id, "password_changed", "cadre", cadre.id)
    end_all_sign_ins(cadre)
    complete_sign_in(cadre)


def switch_two_step_on(cadre: Cadre, secret: str, code: str) -> bool:
    """Ask for codes of this secret from now on, if the code shows that the person's device has it."""
    step = two_step.step_of(secret, code, 0, clock.now())
    if step is None:
        return False
    cadre.totp_secret, cadre.totp_step = secret, step
    record(cadre.id, "two_step_switched_on", "cadre", cadre.id)
    return True


def switch_two_step_off(cadre: Cadre) -> None:
    """Ask for no codes any more."""
    cadre.totp_secret, cadre.totp_step = None, 0
    record(cadre.id, "two_step_switched_off", "cadre", cadre.id)


def make_calendar_link(cadre: Cadre) -> str:
    """Return the token of a new secret link to the person's calendar; an earlier link ends."""
    # 160 bits: nobody finds a link by trying.
    token = secrets.token_hex(20)
    record(cadre.id, "calendar_link_renewed" if cadre.calendar_sha256 else "calendar_link_made", "cadre", cadre.id)
    cadre.calendar_sha256 = token_digest(token)
    return token


def revoke_calendar_link(cadre: Cadre) -> None:
    """End the person's calendar link, if there is one."""
    if cadre.calendar_sha256 is not None:
        cadre.calendar_sha256 = None
        record(cadre.id, "calendar_link_revoked", "cadre", cadre.id)


def note_reminded(cadre: Cadre, day: date) -> None:
    """Note that the person has had the day's reminder. Not in the audit: when people look is nobody's business."""
    cadre.reminded_on = day


def mute_reminders(cadre: Cadre) -> None:
    """Show the person no reminders any more."""
    cadre.reminders_muted = True


def unmute_reminders(cadre: Cadre) -> None:
    """Show the person reminders again."""
    cadre.reminders_muted = False
