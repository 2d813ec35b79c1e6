"""The concerns behind a frozen report, packed small, so that its figures can be traced for ever."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence

from fieldvisit.reports.rules import Came, Item, Shape, Standing


def packed(items: Sequence[Item]) -> bytes:
    """Pack items; no words, names or places of people are in them."""
    rows = [[item.id, item.number, *item.shape, *item[3:]] for item in items]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode())


def unpacked(data: bytes) -> list[Item]:
    """Unpack what `packed` made."""
    rows = json.loads(zlib.decompress(data))
    return [
        Item(number_id, number, Shape(Came(came), level, Standing(standing)), *facts)
        for number_id, number, came, level, standing, *facts in rows
    ]
