"""Making, trying out and ending the addresses of units. The audit never holds an address."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.audit.actions import record
from fieldvisit.errors import NotYours, Refused
from fieldvisit.extensions import db
from fieldvisit.notifications import rules
from fieldvisit.notifications.actions import insert_new, write_messages
from fieldvisit.notifications.models import NotificationChannel, OutgoingMessage, State
from fieldvisit.organisation.models import Unit

TRIAL_WORDS = "这是一条试发的消息。收到它，说明这里能收到工作提醒。"


def add(who: Cadre, unit: Unit, kind: rules.Kind, address: str) -> None:
    """Give a unit an address (as `rules.address_of` returns it); raise Refused when it has it already."""
    row = {"unit_id": unit.id, "kind": kind, "address": address, "made_by": who.id, "made_at": clock.now()}
    if not insert_new(NotificationChannel, [row | {"failures": 0, "error": ""}]):
        raise Refused("这个单位已经登记过这个地址了。")
    record(who.id, "channel_added", "unit", unit.id, kind=kind.value)


def end(who: Cadre, channel: NotificationChannel) -> None:
    """End an address; what waits for it is dropped, and what has been sent stays until the sweep."""
    # The secret goes with its use.
    channel.ended_at, channel.address = clock.now(), ""
    waiting = sa.and_(OutgoingMessage.channel_id == channel.id, OutgoingMessage.state == State.WAITING)
    db.session.execute(sa.delete(OutgoingMessage).where(waiting))
    record(who.id, "channel_ended", "unit", channel.unit_id, kind=channel.kind.value)


def try_out(who: Cadre, channel: NotificationChannel) -> None:
    """Send a first message to an address; it is tried once, and at once."""
    now = clock.now()
    channel.retry_at = None
    # Whoever presses twice within a minute has one.
    key = f"trial-{now:%Y%m%d%H%M}"
    write_messages([channel.id], TRIAL_WORDS, "/", key, tried=timedelta(0), is_trial=True)
    record(who.id, "channel_tried", "unit", channel.unit_id, kind=channel.kind.value)


def send_again(who: Cadre, message: OutgoingMessage, channel: NotificationChannel) -> None:
    """Let a message that did not arrive be tried again for three days, beginning now."""
    if message.state is not State.UNDELIVERED:
        raise NotYours
    now = clock.now()
    message.state, message.at, message.give_up_at = State.WAITING, now, now + rules.TRIED
    channel.retry_at = None
    record(who.id, "message_sent_again", "unit", channel.unit_id, kind=channel.kind.value)
