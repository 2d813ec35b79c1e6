"""Sending what waits: claimed for a while, sent outside of any transaction, then marked; each commits by itself.

A worker that dies in between leaves its claim to lapse, and the message is sent again: at least once, never lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.config import Settings
from fieldvisit.database import write_transactions
from fieldvisit.extensions import db
from fieldvisit.notifications import channel_queries, delivery, rules
from fieldvisit.notifications.models import OutgoingMessage, State
from fieldvisit.notifications.rules import Kind

# Far longer than the slowest sending.
LEASE = timedelta(minutes=10)


@dataclass(frozen=True)
class Claimed:
    """A message that this worker may send, as plain values."""

    id: UUID
    lease: UUID
    kind: Kind
    address: str
    words: str
    path: str


def drain(settings: Settings) -> None:
    """Send what may be sent now. An address that fails is left alone for a while, with all that waits for it."""
    kinds = set(Kind) - set(delivery.missing(settings))
    _give_up_unsendable(settings)
    while (claimed := _claim(kinds)) is not None:
        link = settings.public_url + claimed.path if settings.public_url else ""
        text = rules.text_of(settings.site_name, claimed.words, link)
        try:
            delivery.send(settings, claimed.kind, claimed.address, claimed.id, claimed.words, text)
        except delivery.Undelivered as reason:
            _note_failure(claimed, str(reason))
        else:
            _note_sent(claimed)


def _claim(kinds: set[Kind]) -> Claimed | None:
    now = clock.now()
    with write_transactions():
        found = channel_queries.next_to_send(now, kinds)
        if found is None:
            db.session.rollback()
            return None
        message, channel = found
        message.lease, message.leased_until = uuid4(), now + LEASE
        db.session.commit()
    return Claimed(message.id, message.lease, channel.kind, channel.address, message.words, message.path)


def _note_sent(claimed: Claimed) -> None:
    with write_transactions():
        found = channel_queries.held(claimed.id)
        if found is not None:
            message, channel = found
            # Also when the claim has lapsed meanwhile: it did arrive.
            message.state, message.sent_at, message.error = State.SENT, clock.now(), ""
            message.lease = message.leased_until = None
            channel.failures, channel.retry_at, channel.error = 0, None, ""
            channel.delivered_at = message.sent_at
        db.session.commit()


def _note_failure(claimed: Claimed, reason: str) -> None:
    now = clock.now()
    with write_transactions():
        found = channel_queries.held(claimed.id)
        # A claim that has lapsed is another worker's, who will say for themselves.
        if found is not None and found[0].lease == claimed.lease:
            message, channel = found
            message.lease = message.leased_until = None
            channel.failures += 1
            channel.retry_at, channel.error = now + rules.wait_after(channel.failures), reason
            db.session.flush()
            _give_up(OutgoingMessage.channel_id == channel.id, reason)
        db.session.commit()


def _give_up(which: sa.ColumnElement[bool], reason: str) -> None:
    """End what has been tried for long enough; a trial is not kept."""
    over = sa.and_(which, OutgoingMessage.state == State.WAITING, OutgoingMessage.give_up_at <= clock.now())
    db.session.execute(sa.delete(OutgoingMessage).where(over, OutgoingMessage.is_trial))
    ended = {"state": State.UNDELIVERED, "error": reason}
    db.session.execute(sa.update(OutgoingMessage).where(over).values(ended))


def _give_up_unsendable(settings: Settings) -> None:
    """Let nothing wait for ever for an extra or a setting that does not come."""
    for kind, reason in delivery.missing(settings).items():
        if channel_queries.has_over(clock.now(), kind):
            with write_transactions():
                of_kind = channel_queries.ids_of_kind(kind)
                _give_up(OutgoingMessage.channel_id.in_(of_kind), reason)
                db.session.commit()
