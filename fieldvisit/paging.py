"""Keyset paging: a page starts after the last row of the one before, however deep."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

Row = TypeVar("Row")
Column: TypeAlias = sa.ColumnElement[Any] | InstrumentedAttribute[Any]
PAGE_SIZE = 50


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows and, when there are more, the cursor of the next page."""

    rows: Sequence[Row]
    next: str | None


def encode_cursor(values: Sequence[str]) -> str:
    """Pack the last row's sort values into a word that is safe in a URL."""
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, length: int) -> list[str] | None:
    """Unpack a cursor; a damaged or foreign one gives None, that is, the first page."""
    if not cursor:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(values, list) or len(values) != length:
        return None
    return values if all(isinstance(value, str) and _is_text(value) for value in values) else None


def read_moment_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Unpack the cursor of a list by an instant (ISO) and an id; a damaged one gives None, that is, the first page."""
    values = decode_cursor(cursor, 2)
    if values is None:
        return None
    try:
        return datetime.fromisoformat(values[0]).astimezone(UTC), UUID(values[1])
    except (ValueError, OverflowError):
        return None


def _is_text(value: str) -> bool:
    """Say whether databases take it: no NUL, no half of a surrogate pair."""
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)


def after(columns: Sequence[Column], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Build the condition "row comes after these values" for ascending columns."""
    return sa.tuple_(*columns) > sa.tuple_(*(sa.literal(v, c.type) for c, v in zip(columns, values, strict=True)))


def before(columns: Sequence[Column], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Build the condition "row comes before these values", for lists with the newest first."""
    return sa.tuple_(*columns) < sa.tuple_(*(sa.literal(v, c.type) for c, v in zip(columns, values, strict=True)))


def cut(rows: Sequence[Row], key: Callable[[Row], Sequence[str]], size: int = PAGE_SIZE) -> Page[Row]:
    """Cut a page out of `size + 1` fetched rows; `key` gives a row's sort values as text."""
    if len(rows) <= size:
        return Page(rows, None)
    return Page(rows[:size], encode_cursor(key(rows[size - 1])))
