"""When what comes from one town about one domain has become more than chance explains. Plain counts, no model.

Under "nothing has changed" each concern of the past year and of the present period is equally likely to fall on any
of these days. Then, of all of them together, the number in the present period is binomial; how likely at least so
many are is the exact conditional Poisson test for two rates (Przyborowski & Wilenski, 1940), which needs no estimate
of the usual rate and so raises no more false alarms than stated, however few the past ones are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

# Below these it is no matter of a place, however rare.
LEAST_CONCERNS, LEAST_HOUSEHOLDS = 3, 3
# Together, all towns and domains of a county cause so many false alarms in a period, at most: one in twenty.
FALSE_ALARMS = 0.05


@dataclass(frozen=True)
class Cell:
    """What one town says of one domain: how many concerns now and in the time before, from how many households."""

    town_code: str
    domain: str
    now: int
    before: int
    households: int


@dataclass(frozen=True)
class Hotspot:
    """A cell that stands out: how many were to be expected, and how likely at least so many are by chance."""

    cell: Cell
    expected: float
    chance: float

    @property
    def one_in(self) -> int:
        """Return the chance as one in so many, in two digits: 2300."""
        return two_digits(1 / self.chance) if self.chance > 0 else MOST


MOST = 1_000_000


def two_digits(value: float) -> int:
    """Round a number from 1 on to two digits, and to a million at most."""
    if value >= MOST:
        return MOST
    step: int = 10 ** max(0, math.floor(math.log10(value)) - 1)
    return round(value / step) * step


def chance(now: int, before: int, days_now: int, days_before: int) -> float:
    """Return how likely at least `now` of all `now + before` concerns fall into the present days by chance."""
    share, total = days_now / (days_now + days_before), now + before
    if now == 0:
        return 1.0
    # From the first term on, each next one is the one before times a ratio.
    term = math.exp(
        math.lgamma(total + 1)
        - math.lgamma(now + 1)
        - math.lgamma(before + 1)
        + now * math.log(share)
        + before * math.log1p(-share)
    )
    found = 0.0
    for k in range(now, total + 1):
        found += term
        term *= (total - k) / (k + 1) * share / (1 - share)
    return min(1.0, found)


def hotspots(cells: Iterable[Cell], tested: int, days_now: int, days_before: int) -> list[Hotspot]:
    """Return the cells that stand out, the least likely first; `tested` is how many could have, hot or not.

    A chance counts as many times as there are places to look at: of 1,000 cells some are always rare.
    """
    found = []
    for cell in cells:
        if cell.now < LEAST_CONCERNS or cell.households < LEAST_HOUSEHOLDS:
            continue
        by_chance = chance(cell.now, cell.before, days_now, days_before)
        if by_chance * tested <= FALSE_ALARMS:
            found.append(Hotspot(cell, cell.before * days_now / days_before, by_chance))
    return sorted(found, key=lambda spot: (spot.chance, spot.cell.town_code, spot.cell.domain))
