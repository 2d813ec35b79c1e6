"""Corrections of a draft: one fact of one concern, counted otherwise than the ledger says."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from fieldvisit.reports.rules import Item, Standing


class Field(enum.StrEnum):
    """What can be put right in a draft."""

    LEVEL = "level"
    DOMAIN = "domain"
    HANDLING_UNIT = "handling_unit"
    STANDING = "standing"


@dataclass(frozen=True)
class Correction:
    """One correction: of which concern, what, into what, and why."""

    concern_id: int
    field: Field
    value: str
    reason: str


def corrected(items: Iterable[Item], corrections: Iterable[Correction]) -> list[Item]:
    """Return the items as corrected; none is lost or doubled."""
    by_concern: dict[int, list[Correction]] = {}
    for correction in corrections:
        by_concern.setdefault(correction.concern_id, []).append(correction)
    return [_with(item, by_concern[item.id]) if item.id in by_concern else item for item in items]


def _with(item: Item, corrections: Iterable[Correction]) -> Item:
    for correction in corrections:
        if correction.field is Field.LEVEL:
            item = item._replace(shape=item.shape._replace(level=correction.value))
        elif correction.field is Field.STANDING:
            item = item._replace(shape=item.shape._replace(standing=Standing(correction.value)))
        elif correction.field is Field.DOMAIN:
            item = item._replace(domain=correction.value)
        else:
            item = item._replace(handling_unit=int(correction.value))
    return item


def value_of(item: Item, field: Field) -> str:
    """Return what an item says of a field, as a correction would write it."""
    if field is Field.LEVEL:
        return item.shape.level
    if field is Field.STANDING:
        return item.shape.standing.value
    return item.domain if field is Field.DOMAIN else str(item.handling_unit)
