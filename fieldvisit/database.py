"""What every table shares, and how SQLite is made as safe as PostgreSQL."""

from __future__ import annotations

import enum
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from flask import g, has_app_context
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry

# How long a write waits for another one before it gives up.
PATIENCE_S = 10
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware instant, stored as UTC on both databases; refuses naive values."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: take it from fieldvisit.clock")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn naive UTC into an aware instant."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Parent of every model."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        UUID: sa.Uuid(),
        dict[str, Any]: sa.JSON(),
        list[str]: sa.JSON(),
        # Words, not a database enum: adding a word needs no migration of a type.
        enum.Enum: sa.Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=False,
            length=24,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }


def ordered_text(length: int) -> sa.types.TypeEngine[str]:
    """Text that both databases order by code point, so that paging and ranges of prefixes agree."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def prepare_engine(engine: Engine) -> None:
    """Make an SQLite engine durable (WAL, synchronous=FULL), strict (foreign keys) and patient (busy timeout)."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        turns = _Turns()
        event.listen(engine, "begin", turns.begin)
        event.listen(engine, "checkin", turns.end)


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions by itself: _begin chooses how.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={PATIENCE_S * 1000}",
        "foreign_keys=ON",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


class _Turns:
    """One writer of this process at a time, the next one woken at once.

    SQLite alone lets a writer wait by sleeping ever longer and asking again: most of a busy server's time, and
    nobody's turn ever comes for certain. Other processes still wait that way.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def begin(self, connection: Connection) -> None:
        """Begin a transaction; one that will write takes the write lock first."""
        # A transaction that reads first and writes later fails at once in WAL mode when another one has written in
        # between, whatever the busy timeout. One that takes the write lock at its beginning waits instead.
        writing = has_app_context() and g.get("writing", False)
        if writing and not connection.info.get("turn"):
            connection.info["turn"] = self._turn.acquire(timeout=PATIENCE_S)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    def end(self, _connection: sqlite3.Connection | None, record: ConnectionPoolEntry) -> None:
        """Let the next one write: the connection is back, its transaction over."""
        if record.info.pop("turn", False):
            self._turn.release()


@contextmanager
def write_transactions() -> Iterator[None]:
    """Within it, every transaction of this app context takes SQLite's write lock when it begins."""
    before = g.get("writing", False)
    g.writing = True
    try:
        yield
    finally:
        g.writing = before


@contextmanager
def read_transactions() -> Iterator[None]:
    """Within it, transactions leave SQLite's write lock to others, also while a write is answered."""
    before = g.get("writing", False)
    g.writing = False
    try:
        yield
    finally:
        g.writing = before
