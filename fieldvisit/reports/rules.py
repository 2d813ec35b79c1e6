"""What a month's report counts: every concern stands in exactly one place, and every figure is a rule about places."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

# Rates of fewer judgements say more about single households than about the work.
LEAST_FOR_A_RATE = 5


class Came(enum.StrEnum):
    """How a concern came into the month."""

    RECEIVED = "received"
    CARRIED_IN = "carried_in"


class Standing(enum.StrEnum):
    """Where a concern stands when the month ends."""

    RESOLVED = "resolved"
    PARTLY_RESOLVED = "partly_resolved"
    EXPLAINED = "explained"
    NOT_SUPPORTED = "not_supported"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    OPEN = "open"
    OVERDUE = "overdue"


UNRESOLVED = frozenset({Standing.OPEN, Standing.OVERDUE})
# Neither for a unit nor against it; they are listed by themselves.
LEFT_OUT = frozenset(
    {Standing.EXPLAINED, Standing.NOT_SUPPORTED, Standing.REDIRECTED, Standing.WITHDRAWN, Standing.MERGED}
)


class Basis(enum.StrEnum):
    """Which unresolved concerns count against a unit."""

    UNRESOLVED = "unresolved"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Weights:
    """How outcomes become a score, in tenths of a point."""

    resolved: int = 10
    partly_resolved: int = 0
    unresolved: int = -3
    basis: Basis = Basis.UNRESOLVED


class Shape(NamedTuple):
    """What figures ask of a concern."""

    came: Came
    level: str
    standing: Standing


class Item(NamedTuple):
    """One concern in one month. Units are ids (0: none); `mark` is what the residents said, or ""."""

    id: int
    number: str
    shape: Shape
    channel: str
    nature: str
    domain: str
    village_code: str
    locality_unit: int
    lead_unit: int
    contact_unit: int
    handling_unit: int
    mark: str


Counted = Callable[[Shape], bool]


# --- figures: each is one named function ---------------------------------------------------------------------------


def all_items(_shape: Shape) -> bool:
    """本月在办: received or carried in."""
    return True


def received(shape: Shape) -> bool:
    """本月受理: registered within the month."""
    return shape.came is Came.RECEIVED


def carried_in(shape: Shape) -> bool:
    """上月结转: registered before the month and open when it began."""
    return shape.came is Came.CARRIED_IN


def closed(shape: Shape) -> bool:
    """本月办结: came to an end within the month, whichever."""
    return shape.standing not in UNRESOLVED


def resolved(shape: Shape) -> bool:
    """本月化解: closed as resolved within the month."""
    return shape.standing is Standing.RESOLVED


def partly_resolved(shape: Shape) -> bool:
    """部分化解."""
    return shape.standing is Standing.PARTLY_RESOLVED


def unresolved(shape: Shape) -> bool:
    """月底未办结: open when the month ended."""
    return shape.standing in UNRESOLVED


def overdue(shape: Shape) -> bool:
    """超期: open when the month ended, with the deadline passed."""
    return shape.standing is Standing.OVERDUE


def left_out(shape: Shape) -> bool:
    """不计分: explained, not supported, redirected, withdrawn or merged within the month."""
    return shape.standing in LEFT_OUT


def scored(shape: Shape) -> bool:
    """计入成效: what counts for or against a unit."""
    return shape.standing not in LEFT_OUT


def of_level(level: str, counted: Counted) -> Counted:
    """Return a figure narrowed to one level."""
    return lambda shape: shape.level == level and counted(shape)


def both(first: Counted, second: Counted) -> Counted:
    """Return what counts by two figures."""
    return lambda shape: first(shape) and second(shape)


def score(shapes: Mapping[Shape, int], weights: Weights) -> int:
    """Return 化解成效 in tenths, of how many concerns have which shape."""
    against = overdue if weights.basis is Basis.OVERDUE else unresolved
    return (
        count(shapes, resolved) * weights.resolved
        + count(shapes, partly_resolved) * weights.partly_resolved
        + count(shapes, against) * weights.unresolved
    )


def count(shapes: Mapping[Shape, int], counted: Counted) -> int:
    """Return how many concerns a figure counts."""
    return sum(number for shape, number in shapes.items() if counted(shape))


def shapes_by(items: Iterable[Item], row_of: Callable[[Item], str]) -> dict[str, Counter[Shape]]:
    """Group concerns by a row's key; within it count them by shape."""
    rows: dict[str, Counter[Shape]] = {}
    for (row, shape), number in Counter((row_of(item), item.shape) for item in items).items():
        rows.setdefault(row, Counter())[shape] += number
    return rows


def standing(closed_on: date | None, outcome: str | None, is_merged: bool, due_on: date | None, last: date) -> Standing:
    """Return where a concern stands at the end of `last`; `closed_on` and `outcome` are as of then."""
    if closed_on is None or closed_on > last:
        return Standing.OVERDUE if due_on is not None and due_on <= last else Standing.OPEN
    if is_merged:
        return Standing.MERGED
    return Standing(outcome) if outcome else Standing.EXPLAINED


def rate(part: int, whole: int) -> int | None:
    """Return a share in tenths of a per cent; None when there are too few to tell without telling on somebody."""
    return None if whole < LEAST_FOR_A_RATE else round(part * 1000 / whole)


def change(now: int, before: int | None) -> int | None:
    """Return by how many tenths of a per cent a number grew (negative: fell); None without enough to compare."""
    return None if not before or before < LEAST_FOR_A_RATE else round((now - before) * 1000 / before)
