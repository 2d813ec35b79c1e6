"""Telling people and units that there is work. Nothing here knows which work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from fieldvisit import clock
from fieldvisit.accounts.models import Cadre
from fieldvisit.database import Base
from fieldvisit.extensions import db
from fieldvisit.notifications import channel_queries, rules
from fieldvisit.notifications.models import DailyRun, Notice, OutgoingMessage, State
from fieldvisit.organisation.models import Unit


def notify(people: Iterable[Cadre | int], words: str, path: str, *, subject: tuple[str, object], key: str) -> None:
    """Tell each of these people once: the same `key` never tells a person twice.

    `path` is the page of ours where it waits; `subject` is the type and id of what it is about, for `withdraw`.
    """
    rules.check_path(path)
    ids = {person if isinstance(person, int) else person.id for person in people}
    row = {
        "words": words,
        "path": path,
        "subject_type": subject[0],
        "subject_id": str(subject[1]),
        "key": key,
        "at": clock.now(),
    }
    insert_new(Notice, [row | {"cadre_id": cadre_id} for cadre_id in sorted(ids)])


def withdraw(subject: tuple[str, object], people: Iterable[Cadre | int] | None = None) -> None:
    """Delete the notices about a subject: everybody's, or those of people who may no longer see it."""
    about = sa.and_(Notice.subject_type == subject[0], Notice.subject_id == str(subject[1]))
    statement = sa.delete(Notice).where(about)
    if people is not None:
        ids = [person if isinstance(person, int) else person.id for person in people]
        statement = statement.where(Notice.cadre_id.in_(ids))
    db.session.execute(statement)


def mark_seen(who: Cadre, notice_ids: Sequence[int]) -> None:
    """Note that a person has seen these notices of theirs; others' are left alone."""
    theirs = sa.and_(Notice.cadre_id == who.id, Notice.id.in_(notice_ids), Notice.seen_at.is_(None))
    db.session.execute(sa.update(Notice).where(theirs).values(seen_at=clock.now()))


def announce(unit: Unit, words: str, path: str, key: str) -> int:
    """Write a message to each address of a unit, once by `key`; return how many addresses it has.

    The words leave the house: what happened in general words, the matter's number, a count; no name, no phone, no
    address of a resident. Call `tasks.soon()` after the commit, so that it goes out at once and not within a minute.
    """
    channels = channel_queries.live_ids(unit.id)
    write_messages(channels, words, path, key, tried=rules.TRIED)
    return len(channels)


def write_messages(
    channel_ids: Iterable[int], words: str, path: str, key: str, *, tried: timedelta, is_trial: bool = False
) -> None:
    """Write a message to each of these addresses, once by `key`, to be tried for so long."""
    rules.check_words(words)
    rules.check_path(path)
    now = clock.now()
    row = {"words": words, "path": path, "key": key, "is_trial": is_trial, "state": State.WAITING, "error": ""}
    row |= {"at": now, "give_up_at": now + tried}
    insert_new(OutgoingMessage, [row | {"id": uuid4(), "channel_id": channel_id} for channel_id in channel_ids])


def sweep() -> None:
    """Delete what is older than 180 days; what waits still waits."""
    old = clock.now() - rules.KEPT
    db.session.execute(sa.delete(Notice).where(Notice.at < old))
    done = sa.and_(OutgoingMessage.at < old, OutgoingMessage.state != State.WAITING)
    db.session.execute(sa.delete(OutgoingMessage).where(done))
    db.session.execute(sa.delete(DailyRun).where(DailyRun.day < clock.local(old).date()))


def insert_new(model: type[Base], rows: list[dict[str, Any]]) -> int:
    """Insert the rows that break no unique constraint, in one go; return how many those were."""
    if not rows:
        return 0
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    table = model.metadata.tables[model.__tablename__]
    statement = dialect.insert(table).on_conflict_do_nothing().returning(*table.primary_key)
    return len(db.session.connection().execute(statement, rows).all())
