"""The only place that asks for the time: instants are stored in UTC, days are days in China."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone

# China has kept one time without summer time since 1991, so a fixed offset is exact and needs no zone data.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")


_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _told.get() or datetime.now(UTC)


@contextmanager
def as_of(instant: datetime) -> Iterator[None]:
    """Let it be another instant for what is done inside: the demonstration's past is made by the real actions."""
    before = _told.set(instant)
    try:
        yield
    finally:
        _told.reset(before)


def today() -> date:
    """Return the present day in China."""
    return local(now()).date()


def local(instant: datetime) -> datetime:
    """Return an aware instant as Chinese wall-clock time."""
    return instant.astimezone(CHINA)


def day_start(day: date) -> datetime:
    """Return the instant (UTC) at which a Chinese day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)
