"""Reading the addresses of units and what is to be sent to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from fieldvisit.accounts.access import scope_of
from fieldvisit.accounts.models import Cadre
from fieldvisit.errors import NotYours
from fieldvisit.extensions import db
from fieldvisit.notifications.models import DailyRun, NotificationChannel, OutgoingMessage, State
from fieldvisit.notifications.rules import Kind
from fieldvisit.numbers import small_number
from fieldvisit.organisation.models import Unit
from fieldvisit.paging import PAGE_SIZE, Page, after, cut, decode_cursor

UNDELIVERED_SHOWN = 20
# How long the page looks by itself for what became of a message that has just been written.
WATCHED = timedelta(minutes=2)
KEY = (Unit.position, Unit.id, NotificationChannel.id)


@dataclass(frozen=True)
class Row:
    """One address for the list: with its unit's name, what waits for it, and whether that has only just come."""

    channel: NotificationChannel
    unit_name: str
    waiting: int
    is_new: bool


def _mine(who: Cadre) -> sa.ColumnElement[bool]:
    """Build the condition "this unit is one that `who` looks after": under their own, or governing in their area."""
    scope = scope_of(who)
    return sa.or_(Unit.id.in_(scope.unit_ids), scope.within(Unit.division_code))


def units(who: Cadre) -> Sequence[Unit]:
    """Return the active units that an office or administrator looks after, in the organisation's order."""
    statement = sa.select(Unit).where(_mine(who), Unit.active).order_by(Unit.position, Unit.id)
    return db.session.scalars(statement).all()


def page(who: Cadre, cursor: str | None, now: datetime) -> Page[Row]:
    """Return a page of the live addresses of these units, by unit."""
    statement = _rows(who, now).order_by(*KEY).limit(PAGE_SIZE + 1)
    last = decode_cursor(cursor, 3)
    numbers = [small_number(text) for text in last or ()]
    if numbers and None not in numbers:
        statement = statement.where(after(KEY, numbers))
    found = [(Row(row[0], row[1], row[2], bool(row[3])), row[4]) for row in db.session.execute(statement)]
    cut_page = cut(found, lambda row: (str(row[1]), str(row[0].channel.unit_id), str(row[0].channel.id)))
    return Page([row for row, _ in cut_page.rows], cut_page.next)


def row(who: Cadre, channel_id: int, now: datetime) -> Row:
    """Return one of these addresses as the list shows it, or raise NotYours."""
    found = db.session.execute(_rows(who, now).where(NotificationChannel.id == channel_id)).one_or_none()
    if found is None:
        raise NotYours
    return Row(found[0], found[1], found[2], bool(found[3]))


def _rows(who: Cadre, now: datetime) -> sa.Select[NotificationChannel, str, int, int, int]:
    waiting = sa.and_(OutgoingMessage.channel_id == NotificationChannel.id, OutgoingMessage.state == State.WAITING)
    count = sa.select(sa.func.count()).where(waiting).scalar_subquery()
    new = sa.select(sa.func.count()).where(waiting, OutgoingMessage.at > now - WATCHED).scalar_subquery()
    return (
        sa.select(NotificationChannel, Unit.name, count, new, Unit.position)
        .join(Unit, Unit.id == NotificationChannel.unit_id)
        .where(NotificationChannel.ended_at.is_(None), _mine(who))
    )


def channel(who: Cadre, channel_id: int) -> NotificationChannel:
    """Return a live address of these units, locked until the transaction ends, or raise NotYours."""
    found: NotificationChannel | None = db.session.scalar(
        sa.select(NotificationChannel)
        .join(Unit, Unit.id == NotificationChannel.unit_id)
        .where(NotificationChannel.id == channel_id, NotificationChannel.ended_at.is_(None), _mine(who))
        .with_for_update(of=NotificationChannel)
    )
    if found is None:
        raise NotYours
    return found


def live_ids(unit_id: int) -> Sequence[int]:
    """Return the ids of a unit's live addresses."""
    live = sa.and_(NotificationChannel.unit_id == unit_id, NotificationChannel.ended_at.is_(None))
    return db.session.scalars(sa.select(NotificationChannel.id).where(live)).all()


def undelivered(who: Cadre) -> Sequence[tuple[OutgoingMessage, NotificationChannel, str]]:
    """Return the newest messages that did not arrive, with their addresses and units' names."""
    rows = db.session.execute(
        sa.select(OutgoingMessage, NotificationChannel, Unit.name)
        .join(NotificationChannel, NotificationChannel.id == OutgoingMessage.channel_id)
        .join(Unit, Unit.id == NotificationChannel.unit_id)
        .where(OutgoingMessage.state == State.UNDELIVERED, NotificationChannel.ended_at.is_(None), _mine(who))
        .order_by(OutgoingMessage.at.desc(), OutgoingMessage.id)
        .limit(UNDELIVERED_SHOWN)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def undelivered_one(who: Cadre, message_id: UUID) -> tuple[OutgoingMessage, NotificationChannel]:
    """Return a message of these units and its address, locked until the transaction ends, or raise NotYours."""
    found = db.session.get(OutgoingMessage, message_id, populate_existing=True, with_for_update=True)
    if found is None:
        raise NotYours
    return found, channel(who, found.channel_id)


def next_to_send(now: datetime, kinds: Collection[Kind]) -> tuple[OutgoingMessage, NotificationChannel] | None:
    """Return the oldest message that nobody is sending and whose address may be tried; for a worker.

    It is locked until the transaction ends, and what another worker has locked is passed over.
    """
    is_free = sa.or_(OutgoingMessage.leased_until.is_(None), OutgoingMessage.leased_until <= now)
    may_be_tried = sa.or_(NotificationChannel.retry_at.is_(None), NotificationChannel.retry_at <= now)
    row = db.session.execute(
        sa.select(OutgoingMessage, NotificationChannel)
        .join(NotificationChannel, NotificationChannel.id == OutgoingMessage.channel_id)
        .where(OutgoingMessage.state == State.WAITING, is_free)
        .where(NotificationChannel.ended_at.is_(None), NotificationChannel.kind.in_(kinds), may_be_tried)
        .order_by(OutgoingMessage.at, OutgoingMessage.id)
        .limit(1)
        .with_for_update(of=OutgoingMessage, skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def held(message_id: UUID) -> tuple[OutgoingMessage, NotificationChannel] | None:
    """Return a message and its address, both locked until the transaction ends; None when it is gone."""
    row = db.session.execute(
        sa.select(OutgoingMessage, NotificationChannel)
        .join(NotificationChannel, NotificationChannel.id == OutgoingMessage.channel_id)
        .where(OutgoingMessage.id == message_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def ids_of_kind(kind: Kind) -> sa.Select[int]:
    """Select the ids of the addresses of a kind."""
    return sa.select(NotificationChannel.id).where(NotificationChannel.kind == kind)


def has_over(now: datetime, kind: Kind) -> bool:
    """Say whether a message to an address of this kind has waited for long enough."""
    waiting = sa.and_(OutgoingMessage.state == State.WAITING, OutgoingMessage.give_up_at <= now)
    found = sa.select(OutgoingMessage.id).where(waiting, OutgoingMessage.channel_id.in_(ids_of_kind(kind)))
    return db.session.scalar(found.limit(1)) is not None


def settled_runs(day: date, now: datetime) -> set[str]:
    """Return the names of the daily jobs that ran on a day or are running now."""
    settled = sa.or_(DailyRun.done_at.is_not(None), DailyRun.leased_until > now)
    return set(db.session.scalars(sa.select(DailyRun.name).where(DailyRun.day == day, settled)))
