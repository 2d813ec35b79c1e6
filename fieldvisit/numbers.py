"""Whole numbers out of addresses and forms, none larger than a column of either database takes."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


def small_number(text: str | None) -> int | None:
    """Return the number from 0 to 2^31 - 1 that a text says, or None."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    return int(text) if int(text) <= LARGEST else None


class SmallInteger(IntegerConverter):
    """The `int` of our addresses: a larger number is no row's, so that it is not found without asking."""

    def __init__(self, map: Map, *args: object) -> None:
        super().__init__(map, max=LARGEST)
